import Foundation

/// Numbers as people read them.
package enum DecimalText {
  /// The decimals that show two digits of `uncertainty`.
  package static func places(uncertainty: Double) -> Int {
    guard uncertainty != 0, uncertainty.isFinite else { return 0 }
    return Swift.max(0, 1 - Int(log10(uncertainty.magnitude).rounded(.down)))
  }

  /// With so many decimals, or as a power of ten where that would be a row of zeros.
  package static func text(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let isPlain = places <= 8 && value.magnitude < 1e10
    let text = isPlain ? String(format: "%.\(places)f", value) : String(format: "%.3g", value)
    // A value that rounds to zero has no sign.
    let isZero = isPlain && !text.contains { ("1"..."9").contains($0) }
    return text.hasPrefix("-") ? (isZero ? "" : "−") + text.dropFirst() : text
  }

  /// With a plus or a minus, unless it rounds to zero.
  package static func signed(_ value: Double, places: Int) -> String {
    let text = text(value, places: places)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Up to six digits without trailing zeros.
  package static func shortest(_ value: Double) -> String { String(format: "%.6g", value) }
}
