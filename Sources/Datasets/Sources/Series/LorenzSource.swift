import Configuration

/// The Lorenz system; each step's point is the input and the next one's the target.
public struct LorenzSource: DataSource {
  public static let name = "lorenz"
  public static let summary = "the Lorenz system's x, y and z, chaotic, to be predicted (Lorenz 1963)"
  public static let parameters = [
    Parameter("train", default: 5000, "steps to learn from"),
    Parameter("test", default: 2000, "steps after them"),
    Parameter("step", default: 0.02, "time a step"),
    Parameter("scale", default: 0.02, "what values are multiplied by"),
  ]

  public var train = 5000
  public var test = 2000
  public var step = 0.02
  public var scale = 0.02

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    step = try options.number("step", default: step, in: 1e-4...0.1)
    scale = try options.number("scale", default: scale, in: 1e-6...1e6)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var system = Lorenz()
    system.step = step
    let values = system.series(train + test + 1).map { $0 * scale }
    return try TimeSeries(values, channels: 3).oneStepAhead(
      train: train, test: test, name: "Lorenz", origin: "Lorenz' equations, by the Runge-Kutta method")
  }
}
