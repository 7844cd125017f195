/// Equal intervals on an axis' scale.
struct Bins {
  private let scale: AxisScale
  private let lower: Double
  private let upper: Double
  let count: Int

  /// Intervals that cover the values the axis shows; nil where there are none.
  init?(_ values: [Double], count: Int?, axis: ChartAxis) {
    scale = axis.scale
    let shown = values.filter { axis.scale.accepts($0) && axis.range?.contains($0) ?? true }.sorted()
    guard let first = shown.first, let last = shown.last else { return nil }
    var extent = Extent()
    extent.include(first, on: axis.scale)
    extent.include(last, on: axis.scale)
    let free = ChartAxis("", scale: axis.scale)
    (lower, upper) = extent.limits(for: free, padding: 0)
    if let count {
      self.count = min(max(count, 1), 1000)
      return
    }
    func quantile(_ fraction: Double) -> Double {
      axis.scale.position(shown[min(shown.count - 1, Int(fraction * Double(shown.count)))])
    }
    let width = 2 * (quantile(0.75) - quantile(0.25)) / .power(Double(shown.count), 1 / 3)
    let span = axis.scale.position(upper) - axis.scale.position(lower)
    // Where half of the values are equal there is no spread to go by: Sturges' rule (1926).
    let wanted = width > 0 ? span / width : Double(shown.count).binaryLogarithm + 1
    self.count = min(max((wanted.rounded(.up).integer ?? 100), 1), 100)
  }

  func edge(_ index: Int) -> Double {
    if index <= 0 { return lower }
    if index >= count { return upper }
    let part = Double(index) / Double(count)
    return scale == .linear
      ? lower * (1 - part) + upper * part
      : .power(2, lower.binaryLogarithm * (1 - part) + upper.binaryLogarithm * part)
  }

  /// How many of `values` fall into each interval; the last one holds its upper end too.
  func counts(_ values: [Double]) -> [Int] {
    var result = Array(repeating: 0, count: count)
    let (low, high) = (scale.position(lower), scale.position(upper))
    for value in values where scale.accepts(value) && value >= lower && value <= upper {
      let place = (scale.position(value) - low) / (high - low) * Double(count)
      result[min(count - 1, max(0, place.rounded(.down).integer ?? 0))] += 1
    }
    return result
  }
}
