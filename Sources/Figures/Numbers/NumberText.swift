#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers as text, the one place that decides their digits: for charts, tables, sentences and progress.
///
/// In the C locale, through the C library so that this room needs no Foundation.
package enum NumberText {
  /// The decimals that show two digits of `uncertainty`.
  package static func places(uncertainty: Double) -> Int {
    guard uncertainty != 0, uncertainty.isFinite else { return 0 }
    return max(0, 1 - Int(uncertainty.magnitude.decimalLogarithm.rounded(.down)))
  }

  /// Whether so many decimals show two digits of a number or more; 0 has none to show.
  package static func shows(_ value: Double, places: Int) -> Bool {
    value == 0 || !value.isFinite || Self.places(uncertainty: value) <= places
  }

  /// With so many decimals and a typographic minus, or as a power of ten where that would be a row of zeros.
  package static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let isPlain = places <= 6 && value.magnitude < 1e10
    return typeset(isPlain ? fixed(value, places: places) : general(value, digits: 3))
  }

  /// As ``decimal(_:places:)``, with a plus or a minus, unless it rounds to zero.
  package static func signed(_ value: Double, places: Int) -> String {
    let text = decimal(value, places: places)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Up to six digits without trailing zeros.
  package static func shortest(_ value: Double) -> String { general(value, digits: 6) }

  /// So many significant digits without trailing zeros: `0.06764`, `1.235e-05`. Whole numbers keep all of theirs.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let isLarge = value.magnitude >= .power(10, Double(digits)) && value.magnitude < 1e15
    return isLarge ? fixed(value, places: 0) : general(value == 0 ? 0 : value, digits: digits)
  }

  /// As Keras writes a metric: four decimals, or as a power of ten where they would hide what is small.
  package static func metric(_ value: Double) -> String {
    abs(value) > 1e-3 || !value.isFinite ? fixed(value, places: 4) : exponential(value, places: 4)
  }

  /// `%.<places>f`; what rounds to zero has no sign.
  package static func fixed(_ value: Double, places: Int) -> String {
    let text = printed("%.\(bounded(places))f", value)
    return text.hasPrefix("-") && !text.contains(where: { ("1"..."9").contains($0) }) && value.isFinite
      ? String(text.dropFirst()) : text
  }

  /// `%.<places>e`.
  static func exponential(_ value: Double, places: Int) -> String {
    printed("%.\(bounded(places))e", value)
  }

  /// `%.<digits>g`.
  static func general(_ value: Double, digits: Int) -> String {
    printed("%.\(bounded(digits))g", value)
  }

  /// The integer part of a fixed number in groups of three: `12,345.6`. Four digits stay together.
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

  /// An integer in Unicode superscripts: `⁻³`.
  static func superscript(_ exponent: Int) -> String {
    let raised = String(exponent.magnitude).compactMap { $0.wholeNumberValue.map { superscripts[$0] } }
    return (exponent < 0 ? "⁻" : "") + String(raised)
  }

  private static let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

  /// Undoes ``superscript(_:)`` at the end of `text`: `10⁻³` is `10` to the power of `−3`.
  static func splitPower(_ text: String) -> (base: String, power: String) {
    let raised = text.reversed().prefix { $0 == "⁻" || superscripts.contains($0) }
    let power = raised.reversed().map { character in
      superscripts.firstIndex(of: character).map(String.init) ?? "−"
    }
    return (String(text.dropLast(raised.count)), power.joined())
  }

  /// A typographic minus in place of the hyphen at the start.
  static func typeset(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  private static func bounded(_ places: Int) -> Int { min(max(places, 0), 20) }

  private static func printed(_ format: String, _ value: Double) -> String {
    // C writes a NaN's sign, which means nothing.
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

  /// This number as an integer, or nil where none fits: the plain conversion traps.
  var integer: Int? { Int(exactly: rounded()) }
}
