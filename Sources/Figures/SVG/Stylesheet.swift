/// The one style sheet of all figures. Its rules are scoped to the root's class, so that many figures
/// can stand in one HTML page without touching it or each other.
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
