import Configuration
import Formats

/// A nonlinear autoregressive moving average of order n (Atiya and Parlos 2000):
/// `y[t+1] = 0.3·y[t] + 0.05·y[t]·(y[t] + … + y[t-n+1]) + 1.5·u[t-n+1]·u[t] + 0.1`, u uniform in [0, 0.5).
public struct NARMA: Sendable, Hashable {
  public var order = 10

  public init() {}

  /// The outputs for given inputs, one per input: element t is `y[t+1]`, the first `order` values of y being 0.
  public func outputs(of inputs: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: Swift.max(order, 1))
    for t in order - 1..<Swift.max(order - 1, inputs.count) {
      let sum = y[t - order + 1...t].reduce(0, +)
      y.append(0.3 * y[t] + 0.05 * y[t] * sum + 1.5 * inputs[t - order + 1] * inputs[t] + 0.1)
    }
    return Array(y.dropFirst().prefix(inputs.count))
  }

  /// Random inputs, redrawn until the outputs stay below 1: occasionally the series of order 10 diverges.
  /// - Throws: ``DatasetError`` if all of 200 draws diverge, as they do for high orders.
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

/// A random series as inputs, and a nonlinear autoregressive moving average of it as targets.
public struct NARMASource: DataSource {
  public static let declaration = Declaration(
    "narma", "a random series and its nonlinear autoregressive moving average of order n", standard: NARMASource(),
    reference: Reference(
      "Atiya and Parlos", 2000,
      "New results on recurrent network training: unifying the algorithms and accelerating convergence",
      "https://doi.org/10.1109/72.846741"),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
      Setting("order", \.system.order, .integer(in: 2...30), "order n"),
      Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed of the inputs"),
    ])

  public var train = 2200
  public var test = 2000
  public var system = NARMA()
  public var seed = 0

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let inputs = try system.inputs(train + test, seed: seed)
    return try TimeSeries.pair(
      train, test, inputs: TimeSeries(inputs), targets: TimeSeries(system.outputs(of: inputs)),
      "NARMA-\(system.order)", "a random series, seed \(seed), and NARMA of order \(system.order)")
  }
}
