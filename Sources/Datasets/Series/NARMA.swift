import Formats

/// A nonlinear autoregressive moving average of order n (Atiya and Parlos 2000):
/// `y[t+1] = 0.3·y[t] + 0.05·y[t]·(y[t] + … + y[t-n+1]) + 1.5·u[t-n+1]·u[t] + 0.1`, u uniform in [0, 0.5).
public struct NARMA: Sendable, Hashable {
  public var order = 10

  public init() {}

  /// The outputs for given inputs, as many: element t is `y[t+1]`, the first `order` values of y being 0.
  public func outputs(of inputs: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: Swift.max(order, 1))
    for t in order - 1..<Swift.max(order - 1, inputs.count) {
      let sum = y[t - order + 1...t].reduce(0, +)
      y.append(0.3 * y[t] + 0.05 * y[t] * sum + 1.5 * inputs[t - order + 1] * inputs[t] + 0.1)
    }
    return Array(y.dropFirst().prefix(inputs.count))
  }

  /// Inputs, drawn anew until the outputs stay below 1: now and then the series of order 10 runs away.
  /// - Throws: ``DatasetError`` if all of 200 draws run away, as those of high orders do.
  public func inputs(_ count: Int, seed: Int) throws(DatasetError) -> [Double] {
    for attempt in 0..<200 {
      var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: 0x6e61726d61, index: UInt64(attempt))
      let drawn = (0..<count).map { _ in Double(generator.next() >> 11) * 0x1p-54 }
      if outputs(of: drawn).allSatisfy({ $0 < 1 }) { return drawn }
    }
    throw DatasetError(
      .invalidArgument(
        name: "train, test and order", value: "\(count) steps of order \(order)",
        allowed: "fewer steps or a lower order: each of 200 random series grew without bound"))
  }
}
