/// Mean and standard deviation without overflow, underflow or cancellation.
struct Moments {
  let count: Int
  let mean: Double
  /// With the divisor n − 1; zero for a single value.
  let standardDeviation: Double

  /// - Parameter values: at least one, all finite.
  init(_ values: [Double]) {
    count = values.count
    let first = values[0]
    let largest = values.reduce(0) { Swift.max($0, $1.magnitude) }
    // Sums of equal numbers round, and a constant must have no spread at all.
    guard largest > 0, values.contains(where: { $0 != first }) else {
      mean = first
      standardDeviation = 0
      return
    }
    let scale = Double(sign: .plus, exponent: largest.exponent, significand: 1)
    let scaled = values.map { $0 / scale }
    let total = Double(count)
    let rough = scaled.reduce(0, +) / total
    let center = rough + scaled.reduce(0) { $0 + ($1 - rough) } / total
    let squares = scaled.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    mean = center * scale
    standardDeviation = (squares / (total - 1)).squareRoot() * scale
  }

  /// Of the mean.
  var standardError: Double { standardDeviation / Double(count).squareRoot() }
}
