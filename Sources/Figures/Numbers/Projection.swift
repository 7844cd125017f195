/// From values to places on paper.
struct Projection {
  let scale: AxisScale
  let lower: Double
  let upper: Double
  /// Where `lower` and `upper` stand, in pixels.
  let start: Double
  let end: Double

  /// Far outside any page yet exact in single precision, which is what renderers compute in.
  private static let farthest = 100_000.0

  /// The place of `value`; nil for NaN, infinities, and what a logarithmic axis doesn't have.
  func callAsFunction(_ value: Double) -> Double? {
    guard scale.accepts(value) else { return nil }
    let (low, high) = (scale.position(lower), scale.position(upper))
    guard high > low else { return (start + end) / 2 }
    let place = start + (scale.position(value) - low) / (high - low) * (end - start)
    guard place.isFinite else { return value < lower ? start : end }
    return min(max(place, -Self.farthest), Self.farthest)
  }
}
