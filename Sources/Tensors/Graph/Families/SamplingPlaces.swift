/// Where between two pixels of an axis each place of a sampled image lies.
struct SamplingPlaces {
  /// How far outside a place may be and still be on the edge: sine and cosine of a right angle aren't exact.
  private static let tolerance = 1e-4

  let (low, high): (Tensor, Tensor)
  let fraction: Tensor
  let isInside: Tensor

  /// - Parameter places: in pixels from the centre of the first, any shape.
  init(_ places: Tensor, extent: Int, _ fill: FillMode) {
    let last = Double(extent - 1)
    isInside = (places .>= -Self.tolerance) .& (places .<= last + Self.tolerance)
    let mapped: Tensor
    switch fill {
    case .nearest, .constant: mapped = places.clamped(to: 0...last)
    case .wrap:
      let turns = (places / Swift.max(last, 1)).floor()
      mapped = Tensor.select(isInside, places, places - turns * last).clamped(to: 0...last)
    case .reflect: mapped = places
    }
    let floor = mapped.floor()
    fraction = mapped - floor
    func index(_ tap: Tensor) -> Tensor {
      guard case .reflect = fill else { return tap.clamped(to: 0...last).cast(to: .int32) }
      let period = Double(2 * extent)
      let within = tap - (tap / period).floor() * period
      return within.minimum(period - 1 - within).clamped(to: 0...last).cast(to: .int32)
    }
    (low, high) = (index(floor), index(floor + 1))
  }
}
