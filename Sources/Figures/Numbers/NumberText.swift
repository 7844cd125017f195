#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Numbers as text in the C locale, through the C library so that this room needs no Foundation.
enum NumberText {
  /// `%.<places>f`.
  static func fixed(_ value: Double, places: Int) -> String {
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

  /// A typographic minus in place of the hyphen.
  static func typeset(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  private static func bounded(_ places: Int) -> Int { min(max(places, 0), 20) }

  private static func printed(_ format: String, _ value: Double) -> String {
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
