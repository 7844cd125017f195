/// Quantiles by linear interpolation between order statistics: NumPy's default, type 7 of Hyndman and Fan (1996).
enum Quantiles {
  /// - Parameters:
  ///   - fraction: from 0 to 1.
  ///   - sorted: ascending, at least one value.
  static func at(_ fraction: Double, ofSorted sorted: [Double]) -> Double {
    let position = fraction * Double(sorted.count - 1)
    let below = Swift.min(Swift.max(Int(position), 0), sorted.count - 1)
    let above = Swift.min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }

  static func median(_ values: [Double]) -> Double { at(0.5, ofSorted: values.sorted()) }
}
