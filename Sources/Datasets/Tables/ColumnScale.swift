/// What a column is standardized by: (x - mean) / deviation.
public struct ColumnScale: Sendable, Equatable, Codable {
  public let mean: Double
  /// 1 for a column that doesn't vary.
  public let deviation: Double

  /// Of the population, as NumPy's `std`.
  init(of values: [Double]) {
    let mean = values.mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count)).squareRoot()
    (self.mean, self.deviation) = (mean, deviation > 0 ? deviation : 1)
  }

  func standardized(_ value: Double) -> Double { (value - mean) / deviation }
}

extension [ColumnScale] {
  /// Standardized values in their own unit, row by row a value per scale; the values themselves without scales.
  func restored(_ values: [Double]) -> [Double] {
    guard !isEmpty else { return values }
    return values.enumerated().map { index, value in
      let scale = self[index % count]
      return value * scale.deviation + scale.mean
    }
  }
}
