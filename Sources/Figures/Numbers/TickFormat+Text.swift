extension TickFormat {
  /// `value` with so many decimals (of the percentage for `.percent`, of the mantissa for `.scientific`).
  func text(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    // Digits that nobody counts.
    if abs(value) >= 1e13, self != .duration { return Self.scientific(value, places: self == .scientific ? places : 2) }
    switch self {
    case .percent:
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value * 100, places: places))) + "%"
    case .fixed(let places):
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value, places: places)))
    case .scientific: return Self.scientific(value, places: places)
    case .duration: return Self.duration(value, places: places)
    case .automatic:
      let plain = abs(value) < 1e6 && (value == 0 || abs(value) >= 1e-4 || places < 5)
      guard plain else { return Self.scientific(value, places: places) }
      return NumberText.typeset(NumberText.grouped(NumberText.fixed(value, places: places)))
    }
  }

  /// `value` alone, with about four significant digits and no trailing zeros.
  func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return text(value, places: 0) }
    let shown = self == .percent ? value * 100 : value
    let magnitude = Int(abs(shown).decimalLogarithm.rounded(.down).integer ?? 0)
    let scientific = self == .scientific || (self == .automatic && !(-4...5).contains(magnitude))
    let places = scientific ? 3 : max(0, 3 - magnitude)
    if case .fixed = self { return text(value, places: places) }
    return Self.trimmed(text(value, places: min(places, 12)))
  }

  /// `1.50×10⁷`, `10⁷` where the mantissa is one and no decimals are asked.
  static func scientific(_ value: Double, places: Int) -> String {
    guard value != 0 else { return "0" }
    let parts = NumberText.exponential(value, places: places).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return NumberText.general(value, digits: 6) }
    let power = "10" + NumberText.superscript(exponent)
    switch parts[0] {
    case "1": return power
    case "-1": return "−" + power
    default: return NumberText.typeset(String(parts[0])) + "×" + power
    }
  }

  static func duration(_ seconds: Double, places: Int) -> String {
    let sign = seconds < 0 ? "−" : ""
    let magnitude = abs(seconds)
    if magnitude == 0 { return "0s" }
    if magnitude < 1e-3 { return sign + NumberText.fixed(magnitude * 1e6, places: max(0, places - 6)) + "µs" }
    if magnitude < 1 { return sign + NumberText.fixed(magnitude * 1e3, places: max(0, places - 3)) + "ms" }
    guard magnitude >= 60, let whole = magnitude.integer else {
      return magnitude < 60
        ? sign + NumberText.fixed(magnitude, places: places) + "s" : scientific(seconds, places: 1) + "s"
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if hours > 0 { return sign + NumberText.grouped("\(hours)") + "h" + (minutes > 0 ? " \(two(minutes))m" : "") }
    return sign + "\(minutes)m" + (rest > 0 ? " \(two(rest))s" : "")
  }

  /// Without the zeros after the last digit that counts.
  private static func trimmed(_ text: String) -> String {
    guard let point = text.firstIndex(of: ".") else { return text }
    let digits = text[text.index(after: point)...].prefix(while: \.isNumber)
    let rest = text[digits.endIndex...]
    var kept = digits
    while kept.last == "0" { kept.removeLast() }
    return text[..<point] + (kept.isEmpty ? "" : "." + kept) + rest
  }
}
