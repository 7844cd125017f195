#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one place that decides how numbers, counts, durations and sizes are written: in charts, tables, sentences and
/// progress lines.
///
/// Two families share it. ``fixed(_:places:)``, ``significant(_:digits:)``, ``shortest(_:)`` and ``metric(_:)`` write
/// plain ASCII. ``decimal(_:places:)``, ``signed(_:places:)``, ``count(_:)`` and ``duration(_:)`` write for readers,
/// with a typographic minus sign and grouped thousands.
///
/// Everything uses the C locale through the C library, so that this module needs no Foundation.
package enum NumberText {
  // MARK: Precision

  /// The number of decimals that shows two digits of `uncertainty`.
  package static func places(uncertainty: Double) -> Int {
    guard uncertainty != 0, uncertainty.isFinite else { return 0 }
    return max(0, 1 - Int(uncertainty.magnitude.decimalLogarithm.rounded(.down)))
  }

  /// Whether `places` decimals show at least two digits of `value`. Zero has no digits to show.
  package static func shows(_ value: Double, places: Int) -> Bool {
    value == 0 || !value.isFinite || Self.places(uncertainty: value) <= places
  }

  // MARK: Numbers for readers

  /// `value` with a fixed number of decimals, or in scientific notation where that would be a row of zeros.
  package static func decimal(_ value: Double, places: Int) -> String {
    let isPlain = places <= 6 && value.magnitude < 1e10
    return typeset(isPlain ? fixed(value, places: places) : general(value, digits: 3))
  }

  /// As ``decimal(_:places:)``, with a leading plus or minus unless the number rounds to zero.
  package static func signed(_ value: Double, places: Int) -> String {
    let text = decimal(value, places: places)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// A whole number with its thousands separated: `30,000`. Four digits stay together: `1200`.
  package static func count(_ number: Int) -> String { typeset(grouped(String(number))) }

  /// As ``count(_:)-(Int)``; a number with a fraction keeps up to six digits.
  package static func count(_ number: Double) -> String {
    number.integer.map { Double($0) == number ? count($0) : shortest(number) } ?? typeset(shortest(number))
  }

  /// A count with its noun: `1 seed`, `12,000 runs`.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// A duration with three significant digits or whole seconds: `12.3 ms`, `0.84 s`, `41 s`, `1 min 33 s`,
  /// `2 h 05 min`, `3 d 4 h`. Zero parts are left out: `12 min`. What is no duration is a dash.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
    if seconds < 0.0995, seconds > 0 {
      return decimal(seconds * 1000, places: seconds < 0.00995 ? 2 : 1) + " ms"
    }
    if seconds < 9.95 { return seconds == 0 ? "0 s" : decimal(seconds, places: seconds < 0.995 ? 2 : 1) + " s" }
    return clock(Int(seconds.rounded()))
  }

  /// A whole number of seconds in its two largest units.
  static func clock(_ seconds: Int) -> String {
    func parts(_ large: Int, _ unit: String, _ small: Int, _ rest: String) -> String {
      "\(count(large)) \(unit)" + (small > 0 ? " \(small < 10 && rest != "h" ? "0" : "")\(small) \(rest)" : "")
    }
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return parts(seconds / 60, "min", seconds % 60, "s")
    case ..<172_800: return parts(seconds / 3600, "h", seconds / 60 % 60, "min")
    default: return parts(seconds / 86_400, "d", seconds / 3600 % 24, "h")
    }
  }

  /// How many times as large as `reference` a quantity is: `1.98×`. `nil` without a positive reference.
  package static func ratio(_ value: Double, to reference: Double?) -> String? {
    guard let reference, reference > 0, value.isFinite else { return nil }
    return decimal(value / reference, places: 2) + "×"
  }

  /// A size in decimal units: `512 B`, `9.9 MB`.
  package static func bytes(_ count: Int) -> String {
    var value = Double(count)
    var unit = "B"
    for larger in ["kB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, larger) }
    return trimmed(fixed(value, places: unit == "B" ? 0 : 1)) + " " + unit
  }

  // MARK: Plain numbers

  /// Up to six significant digits without trailing zeros.
  package static func shortest(_ value: Double) -> String { general(value, digits: 6) }

  /// Up to `digits` significant digits without trailing zeros: `0.06764`, `1.235e-05`. Whole numbers keep all digits.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    let isLarge = value.magnitude >= .power(10, Double(digits)) && value.magnitude < 1e15
    return isLarge ? fixed(value, places: 0) : general(value == 0 ? 0 : value, digits: digits)
  }

  /// A metric as Keras writes it: four decimals, or scientific notation where they would hide a small value.
  package static func metric(_ value: Double) -> String {
    abs(value) > 1e-3 || !value.isFinite ? fixed(value, places: 4) : exponential(value, places: 4)
  }

  /// A length in pixels with up to two decimals, as SVG takes it.
  static func pixels(_ value: Double) -> String {
    value.isFinite && value.magnitude < 1e9 ? trimmed(fixed(value, places: 2)) : "0"
  }

  /// `%.<places>f`. A number that rounds to zero has no sign.
  package static func fixed(_ value: Double, places: Int) -> String {
    let text = formatted("%.\(bounded(places))f", value)
    return text.hasPrefix("-") && value.isFinite && !text.contains(where: { ("1"..."9").contains($0) })
      ? String(text.dropFirst()) : text
  }

  /// `%.<places>e`.
  static func exponential(_ value: Double, places: Int) -> String {
    formatted("%.\(bounded(places))e", value)
  }

  /// `%.<digits>g`.
  static func general(_ value: Double, digits: Int) -> String {
    formatted("%.\(bounded(digits))g", value)
  }

  // MARK: Parts of numbers

  /// `text` with the integer part of its number in groups of three: `12,345.6`. Four digits stay together.
  static func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let body = text.dropFirst(sign.count)
    let whole = body.prefix(while: { $0 != "." })
    guard whole.count > 4, whole.allSatisfy(\.isNumber) else { return text }
    var groups = ""
    for (offset, digit) in whole.enumerated() {
      if offset > 0, (whole.count - offset) % 3 == 0 { groups.append(",") }
      groups.append(digit)
    }
    return sign + groups + body.dropFirst(whole.count)
  }

  /// `text` without the zeros at the end of its fraction; what follows the fraction stays.
  static func trimmed(_ text: String) -> String {
    guard let point = text.firstIndex(of: ".") else { return text }
    let digits = text[text.index(after: point)...].prefix(while: \.isNumber)
    var kept = digits
    while kept.last == "0" { kept.removeLast() }
    return text[..<point] + (kept.isEmpty ? "" : "." + kept) + text[digits.endIndex...]
  }

  /// An integer in Unicode superscripts: `⁻³`.
  static func superscript(_ exponent: Int) -> String {
    let raised = String(exponent.magnitude).compactMap { $0.wholeNumberValue.map { superscripts[$0] } }
    return (exponent < 0 ? "⁻" : "") + String(raised)
  }

  private static let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  /// Undoes ``superscript(_:)`` at the end of `text`: `10⁻³` splits into `10` and `−3`.
  static func splitPower(_ text: String) -> (base: String, power: String) {
    let raised = text.reversed().prefix { $0 == "⁻" || superscripts.contains($0) }
    let power = raised.reversed().map { character in
      superscripts.firstIndex(of: character).map(String.init) ?? "−"
    }
    return (String(text.dropLast(raised.count)), power.joined())
  }

  /// A plain number with a typographic minus sign and infinity.
  package static func typeset(_ text: String) -> String {
    switch text {
    case "nan": "NaN"
    case "inf": "∞"
    case "-inf": "−∞"
    default: text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
  }

  private static func bounded(_ places: Int) -> Int { min(max(places, 0), 20) }

  private static func formatted(_ format: String, _ value: Double) -> String {
    // C writes the sign of a NaN, which carries no meaning.
    if value.isNaN { return "nan" }
    // 309 digits before the point, 20 after it, sign, point and terminator.
    var buffer = [CChar](repeating: 0, count: 352)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1))).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Double {
  package static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  package var decimalLogarithm: Double { log10(self) }
  var binaryLogarithm: Double { log2(self) }

  /// The nearest integer, or `nil` where none fits: the plain conversion would trap.
  var integer: Int? { Int(exactly: rounded()) }
}
