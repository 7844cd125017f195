/// Collects the elements of an SVG document.
struct SVGCanvas {
  enum Anchor: String {
    case start, middle, end
  }

  private var body: [String] = []
  private var slots: Set<Int> = []

  /// The CSS class of a stroke in the colour of a series.
  mutating func stroke(_ slot: Int) -> String {
    slots.insert(slot)
    return "s\(slot)"
  }

  /// The CSS class of a fill in the colour of a series.
  mutating func fill(_ slot: Int) -> String {
    slots.insert(slot)
    return "f\(slot)"
  }

  mutating func line(from: Pixel, to: Pixel, style: String, extra: String = "") {
    let n = NumberText.pixels
    body.append(
      "<line class=\"\(style)\" x1=\"\(n(from.x))\" y1=\"\(n(from.y))\" x2=\"\(n(to.x))\" y2=\"\(n(to.y))\"\(extra)/>")
  }

  mutating func path(_ data: String, style: String, extra: String = "", title: String = "") {
    body.append("<path class=\"\(style)\" d=\"\(data)\"\(extra)" + closing("path", title))
  }

  mutating func rectangle(_ rect: Rect, style: String, radius: Double = 0, extra: String = "", title: String = "") {
    let n = NumberText.pixels
    let rounding = radius > 0 ? " rx=\"\(n(radius))\"" : ""
    body.append(
      "<rect class=\"\(style)\" x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" "
        + "height=\"\(n(rect.height))\"\(rounding)\(extra)" + closing("rect", title))
  }

  mutating func circle(_ center: Pixel, radius: Double, style: String, extra: String = "", title: String = "") {
    let n = NumberText.pixels
    body.append(
      "<circle class=\"\(style)\" cx=\"\(n(center.x))\" cy=\"\(n(center.y))\" r=\"\(n(radius))\"\(extra)"
        + closing("circle", title))
  }

  mutating func text(
    _ text: String, at place: Pixel, style: String, anchor: Anchor = .start, extra: String = "", title: String = ""
  ) {
    guard !text.isEmpty else { return }
    let (x, y) = (NumberText.pixels(place.x), NumberText.pixels(place.y))
    let anchoring = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let tooltip = title.isEmpty || title == text ? "" : "<title>\(Markup.escaped(title))</title>"
    body.append(
      "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\"\(anchoring)\(extra)>" + tooltip + Markup.escaped(text)
        + "</text>")
  }

  /// A number that may end in a power. The power is raised by markup, since fonts rarely have matching superscripts.
  mutating func number(_ text: String, at place: Pixel, style: String, anchor: Anchor) {
    guard !text.isEmpty else { return }
    let (base, power) = NumberText.splitPower(text)
    let raised = power.isEmpty ? "" : "<tspan dy=\"-4.5\" font-size=\"8.5px\">\(Markup.escaped(power))</tspan>"
    body.append(
      "<text class=\"\(style)\" x=\"\(NumberText.pixels(place.x))\" y=\"\(NumberText.pixels(place.y))\" "
        + "text-anchor=\"\(anchor.rawValue)\">\(Markup.escaped(base))\(raised)</text>")
  }

  /// Clips everything that `draw` adds to `rect`. A nested `svg` element clips without an id, which could collide with
  /// that of another figure in the same page.
  mutating func clipped(to rect: Rect, _ draw: (inout SVGCanvas) -> Void) {
    let n = NumberText.pixels
    let area = "\(n(rect.x)) \(n(rect.y)) \(n(rect.width)) \(n(rect.height))"
    body.append(
      "<svg x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" height=\"\(n(rect.height))\" "
        + "viewBox=\"\(area)\" overflow=\"hidden\">")
    draw(&self)
    body.append("</svg>")
  }

  func document(size: FigureSize, title: String) -> String {
    let (width, height) = (NumberText.pixels(size.width), NumberText.pixels(size.height))
    let heading = Markup.escaped(title)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="\(Stylesheet.rootClass)" role="img" aria-label="\(heading)" \
      width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
      <title>\(heading)</title>
      <style>
      \(Stylesheet.text(slots: slots.sorted()))
      </style>
      <rect class="page" width="\(width)" height="\(height)"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private func closing(_ element: String, _ title: String) -> String {
    title.isEmpty ? "/>" : "><title>\(Markup.escaped(title))</title></\(element)>"
  }
}

/// The style sheet of all figures. Its rules are scoped to the class of the root element, so that figures in an HTML
/// page affect neither the page nor each other.
enum Stylesheet {
  static let rootClass = "tanren-figure"

  static func text(slots: [Int]) -> String {
    let fonts =
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',"
      + "'Hiragino Sans','Noto Sans CJK JP','Yu Gothic',sans-serif"
    let light = Theme(
      background: Palette.background.light, ink: "#1b1f24", soft: "#57606a", grid: "#e3e7eb", axis: "#8c959f")
    let dark = Theme(
      background: Palette.background.dark, ink: "#e6edf3", soft: "#9aa5b1", grid: "#262d36", axis: "#6e7781")
    return """
      .\(rootClass){font-family:\(fonts);font-size:12px;font-variant-numeric:tabular-nums;color-scheme:light dark}
      .\(rootClass) .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
      .\(rootClass) .title{font-size:16px;font-weight:600}
      .\(rootClass) .panel{font-size:13px;font-weight:600}
      .\(rootClass) .tick{font-size:11.5px}
      .\(rootClass) .name{font-weight:500}
      .\(rootClass) .halo{paint-order:stroke;stroke-width:3.5px;stroke-linejoin:round}
      .\(rootClass) .rule{fill:none;stroke-width:1.2;stroke-dasharray:5 3.5}
      \(light.rules(slots: slots, color: \.light))
      @media (prefers-color-scheme:dark){
      \(dark.rules(slots: slots, color: \.dark))
      }
      """
  }

  private struct Theme {
    var background, ink, soft, grid, axis: String

    func rules(slots: [Int], color: KeyPath<Palette.Color, String>) -> String {
      let root = ".\(Stylesheet.rootClass)"
      var rules = [
        "\(root) .page,\(root) .open{fill:\(background)}",
        "\(root) .rim,\(root) .halo{stroke:\(background)}",
        "\(root) .ink{fill:\(ink)}",
        "\(root) .soft{fill:\(soft)}",
        "\(root) .grid{stroke:\(grid);stroke-width:1}",
        "\(root) .axis{stroke:\(axis);stroke-width:1}",
        "\(root) .inkline{stroke:\(soft)}",
      ]
      for slot in slots {
        let value = Palette.color(slot)[keyPath: color]
        rules.append("\(root) .s\(slot){stroke:\(value)}")
        rules.append("\(root) .f\(slot){fill:\(value)}")
      }
      return rules.joined(separator: "\n")
    }
  }
}
