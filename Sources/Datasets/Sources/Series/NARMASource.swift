import Configuration

/// A random series as inputs; targets are what a nonlinear autoregressive moving average makes of it.
public struct NARMASource: DataSource {
  public static let name = "narma"
  public static let summary = "a random series and what NARMA of order n makes of it (Atiya and Parlos 2000)"
  public static let parameters = [
    Parameter("train", default: 2200, "steps to learn from"),
    Parameter("test", default: 2000, "steps after them"),
    Parameter("order", default: 10, "the order"),
    Parameter("seed", default: 0, "another seed draws another series"),
  ]

  public var train = 2200
  public var test = 2000
  public var order = 10
  public var seed = 0

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    order = try options.integer("order", default: order, in: 2...30)
    seed = try options.integer("seed", default: seed, in: 0...Int.max)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var system = NARMA()
    system.order = order
    let inputs = try system.inputs(train + test, seed: seed)
    return try TimeSeries.pair(
      train, test, inputs: TimeSeries(inputs), targets: TimeSeries(system.outputs(of: inputs)), "NARMA-\(order)",
      "a random series, seed \(seed), and NARMA of order \(order)")
  }
}
