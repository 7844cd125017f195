import Tanren

/// An activation's values and derivatives over an interval, computed by the engine in double precision.
struct ActivationCurve {
  let name: String
  let summary: String
  let range: ClosedRange<Double>
  let x: [Double]
  let values: [Double]
  let derivatives: [Double]

  private static let points = 601

  /// Nil for a function of several numbers, such as softmax.
  init?(_ activation: any Activation, name: String, in interval: ClosedRange<Double>) throws {
    let step = (interval.upperBound - interval.lowerBound) / Double(Self.points - 1)
    let numbers = (0..<Self.points).map { interval.lowerBound + Double($0) * step }
    let x = Tensor(numbers)
    let values = activation(x)
    let alone = activation(x.reshape(to: [Self.points, 1])).reshape(to: [Self.points])
    let slopes = gradient(at: x) { activation($0).sum() }
    let results = try Tensor.evaluate([values, alone, slopes]).map { try $0.values(as: Double.self) }
    // What acts on each number for itself doesn't care how they are arranged.
    guard results[0] == results[1] else { return nil }
    self.name = name
    summary = Swift.type(of: activation).summary
    range = activation.range
    self.x = numbers
    (self.values, derivatives) = (results[0], results[2])
  }

  /// Where `numbers` are least or greatest.
  func extreme(of numbers: [Double], by isBefore: (Double, Double) -> Bool) -> (x: Double, y: Double)? {
    zip(x, numbers).filter { $0.1.isFinite }.min { isBefore($0.1, $1.1) }.map { (x: $0.0, y: $0.1) }
  }
}
