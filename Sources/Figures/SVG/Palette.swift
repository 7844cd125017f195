/// The colours of series: twelve hues in the order of the set by Okabe and Ito, optimized so that any two differ by at
/// least 18 in CIE Lab for normal, protan and deutan vision (Machado, Oliveira and Fernandes, 2009), with a contrast of
/// at least 3 to 1 against the background (WCAG 2.2, 1.4.11).
package enum Palette {
  package struct Color: Equatable, Sendable {
    package var light: String
    package var dark: String
    /// The closest of the 256 terminal colours.
    var terminal: Int
  }

  package static let colors: [Color] = [
    Color(light: "#1459b7", dark: "#63acfc", terminal: 33),
    Color(light: "#bb4413", dark: "#e89828", terminal: 208),
    Color(light: "#11a784", dark: "#14b2b4", terminal: 36),
    Color(light: "#cf8500", dark: "#fee534", terminal: 220),
    Color(light: "#90207d", dark: "#d65c8a", terminal: 168),
    Color(light: "#3498f2", dark: "#89caf8", terminal: 117),
    Color(light: "#ca76bd", dark: "#ddd0c6", terminal: 182),
    Color(light: "#6d1404", dark: "#c69b4d", terminal: 130),
    Color(light: "#2b7344", dark: "#879662", terminal: 71),
    Color(light: "#7260fc", dark: "#ca54c6", terminal: 135),
    Color(light: "#51484e", dark: "#caca96", terminal: 187),
    Color(light: "#3212a2", dark: "#8572ff", terminal: 99),
  ]

  package static let background = (light: "#ffffff", dark: "#0f141a")

  /// The colour for `slot`, repeating after the last one.
  static func color(_ slot: Int) -> Color { colors[Int(UInt(bitPattern: slot) % UInt(colors.count))] }

  /// A slot for each series: the requested one, otherwise the first that no series requests.
  static func slots(for series: [Drawing.Series]) -> [Int] {
    let asked = Set(series.compactMap(\.color))
    var next = 0
    return series.map { entry in
      if let color = entry.color { return max(0, color) }
      while asked.contains(next) { next += 1 }
      next += 1
      return next - 1
    }
  }

  /// Lines beyond the last colour have another dash, so that lines of one colour remain distinguishable.
  static func dash(_ dash: LineDash, slot: Int) -> LineDash {
    guard dash == .solid else { return dash }
    return LineDash.allCases[slot / colors.count % LineDash.allCases.count]
  }
}
