/// The range of the values on an axis.
struct Extent: Equatable {
  var lower = Double.infinity
  var upper = -Double.infinity
  /// Whether every value is a whole number.
  var isIntegral = true

  var isEmpty: Bool { lower > upper }

  mutating func include(_ value: Double, on scale: AxisScale) {
    guard scale.accepts(value) else { return }
    lower = min(lower, value)
    upper = max(upper, value)
    if isIntegral { isIntegral = value == value.rounded() && abs(value) < 1e15 }
  }

  mutating func formUnion(_ other: Extent) {
    guard !other.isEmpty else { return }
    lower = min(lower, other.lower)
    upper = max(upper, other.upper)
    isIntegral = isIntegral && other.isIntegral
  }

  /// The ends of an axis that shows these values, upcast by the fraction `padding`. They always differ.
  func limits(for axis: ChartAxis, padding: Double) -> (lower: Double, upper: Double) {
    var (low, high) = isEmpty ? (axis.scale == .linear ? (0, 1) : (1, 10)) : (lower, upper)
    let (fixedLow, fixedHigh) = (accepted(axis.range?.lowerBound, axis), accepted(axis.range?.upperBound, axis))
    low = fixedLow ?? low
    high = fixedHigh ?? high
    if low > high { if fixedLow != nil { high = low } else { low = high } }
    let span = axis.scale.position(high) - axis.scale.position(low)
    if axis.scale == .linear {
      // Below this, the values between the ends are indistinguishable in a drawing.
      if span <= max(abs(low), abs(high)) * 1e-12 { return Self.around(low) }
      let pad = span * 2 * padding
      if fixedLow == nil { low = low >= 0 && low - pad < 0 ? 0 : max(low - pad, -.greatestFiniteMagnitude) }
      if fixedHigh == nil {
        let padded = min(high + pad, .greatestFiniteMagnitude)
        high = axis.format == .percent && high <= 1 ? min(padded, 1) : high <= 0 && padded > 0 ? 0 : padded
      }
      return (low, high)
    }
    if span <= 1e-9 {
      low = max(low / 2, .leastNormalMagnitude)
      return (low, max(min(high, .greatestFiniteMagnitude / 2) * 2, min(low * 4, .greatestFiniteMagnitude)))
    }
    let factor = Double.power(2, min(span * padding, 1000))
    if fixedLow == nil { low = max(low / factor, .leastNormalMagnitude) }
    if fixedHigh == nil { high = high > .greatestFiniteMagnitude / factor ? .greatestFiniteMagnitude : high * factor }
    return low < high ? (low, high) : (low, low * 2)
  }

  private func accepted(_ bound: Double?, _ axis: ChartAxis) -> Double? {
    bound.flatMap { axis.scale.accepts($0) ? $0 : nil }
  }

  /// An interval around a single value.
  private static func around(_ value: Double) -> (Double, Double) {
    guard value != 0 else { return (-1, 1) }
    let margin = max(abs(value) * 0.1, .leastNormalMagnitude)
    let bound = Double.greatestFiniteMagnitude
    return (max(value - margin, -bound), min(value + margin, bound))
  }
}

/// The mapping from values to pixels.
struct Projection {
  let scale: AxisScale
  let lower: Double
  let upper: Double
  /// The positions of `lower` and `upper`, in pixels.
  let start: Double
  let end: Double

  /// Far outside any page, yet exact in single precision, which renderers use.
  private static let farthest = 100_000.0

  /// The position of `value`; `nil` for values outside the domain of the scale.
  func callAsFunction(_ value: Double) -> Double? {
    guard scale.accepts(value) else { return nil }
    let (low, high) = (scale.position(lower), scale.position(upper))
    guard high > low else { return (start + end) / 2 }
    let place = start + (scale.position(value) - low) / (high - low) * (end - start)
    guard place.isFinite else { return value < lower ? start : end }
    return min(max(place, -Self.farthest), Self.farthest)
  }
}
