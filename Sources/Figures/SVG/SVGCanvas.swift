/// Collects the elements of an SVG document.
struct SVGCanvas {
  enum Anchor: String {
    case start, middle, end
  }

  private var body: [String] = []
  private var slots: Set<Int> = []

  /// The class of a stroke in the colour of a series.
  mutating func stroke(_ slot: Int) -> String {
    slots.insert(slot)
    return "s\(slot)"
  }

  /// The class of a fill in the colour of a series.
  mutating func fill(_ slot: Int) -> String {
    slots.insert(slot)
    return "f\(slot)"
  }

  mutating func line(from: Pixel, to: Pixel, style: String, extra: String = "") {
    let n = Markup.number
    body.append(
      "<line class=\"\(style)\" x1=\"\(n(from.x))\" y1=\"\(n(from.y))\" x2=\"\(n(to.x))\" y2=\"\(n(to.y))\"\(extra)/>")
  }

  mutating func path(_ data: String, style: String, extra: String = "", title: String = "") {
    body.append("<path class=\"\(style)\" d=\"\(data)\"\(extra)" + closing("path", title))
  }

  mutating func rectangle(_ rect: Rect, style: String, radius: Double = 0, extra: String = "", title: String = "") {
    let n = Markup.number
    let rounding = radius > 0 ? " rx=\"\(n(radius))\"" : ""
    body.append(
      "<rect class=\"\(style)\" x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" "
        + "height=\"\(n(rect.height))\"\(rounding)\(extra)" + closing("rect", title))
  }

  mutating func circle(_ center: Pixel, radius: Double, style: String, extra: String = "", title: String = "") {
    let n = Markup.number
    body.append(
      "<circle class=\"\(style)\" cx=\"\(n(center.x))\" cy=\"\(n(center.y))\" r=\"\(n(radius))\"\(extra)"
        + closing("circle", title))
  }

  mutating func text(
    _ text: String, at place: Pixel, style: String, anchor: Anchor = .start, extra: String = "", title: String = ""
  ) {
    guard !text.isEmpty else { return }
    let anchoring = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let tooltip = title.isEmpty || title == text ? "" : "<title>\(Markup.escaped(title))</title>"
    body.append(
      "<text class=\"\(style)\" x=\"\(Markup.number(place.x))\" y=\"\(Markup.number(place.y))\"\(anchoring)\(extra)>"
        + tooltip + Markup.escaped(text) + "</text>")
  }

  /// A number that may end in a power, which is raised by the renderer: fonts rarely have all superscripts of one make.
  mutating func number(_ text: String, at place: Pixel, style: String, anchor: Anchor) {
    guard !text.isEmpty else { return }
    let (base, power) = NumberText.splitPower(text)
    let raised = power.isEmpty ? "" : "<tspan dy=\"-4.5\" font-size=\"8.5px\">\(Markup.escaped(power))</tspan>"
    body.append(
      "<text class=\"\(style)\" x=\"\(Markup.number(place.x))\" y=\"\(Markup.number(place.y))\" "
        + "text-anchor=\"\(anchor.rawValue)\">\(Markup.escaped(base))\(raised)</text>")
  }

  /// Everything drawn by `draw` is cut at the edges of `rect`. A nested `svg` element clips without
  /// an id, so that two figures in one page can't take each other's.
  mutating func clipped(to rect: Rect, _ draw: (inout SVGCanvas) -> Void) {
    let n = Markup.number
    let area = "\(n(rect.x)) \(n(rect.y)) \(n(rect.width)) \(n(rect.height))"
    body.append(
      "<svg x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" height=\"\(n(rect.height))\" "
        + "viewBox=\"\(area)\" overflow=\"hidden\">")
    draw(&self)
    body.append("</svg>")
  }

  func document(size: FigureSize, title: String) -> String {
    let (width, height) = (Markup.number(size.width), Markup.number(size.height))
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
