import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Mackey-Glass series; each step's value is the input and the next one's the target.
public struct MackeyGlassSource: DataSource {
  public static let name = "mackeyGlass"
  public static let summary = "the Mackey-Glass series, chaotic, to be predicted (Mackey and Glass 1977)"
  public static let parameters = [
    Parameter("train", default: 3000, "steps to learn from"),
    Parameter("test", default: 5000, "steps after them"),
    Parameter("tau", default: 17.0, "the delay"),
    Parameter("method", default: "euler", "euler, as Jaeger's, or rungeKutta"),
    Parameter("step", default: 0.1, "time a step"),
    Parameter("every", default: 10, "steps a value"),
    Parameter("squashed", default: true, "tanh(y - 1), as in Jaeger's, instead of y"),
    Parameter("start", default: 1.2, "values before the first: another one gives another trajectory"),
    Parameter(
      "jitter", default: 0.0, "random differences of these values, uniform within half of this; Jaeger has 0.2"),
    Parameter("seed", default: 0, "draws them"),
  ]

  public var train = 3000
  public var test = 5000
  public var tau = 17.0
  public var method = MackeyGlass.Method.euler
  public var step = 0.1
  public var every = 10
  public var squashed = true
  public var start = 1.2
  public var jitter = 0.0
  public var seed = 0

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    tau = try options.number("tau", default: tau, in: 0.1...1000)
    method = try options.oneOf("method", default: method)
    step = try options.number("step", default: step, in: 1e-3...1)
    every = try options.integer("every", default: every, in: 1...100_000)
    squashed = try options.flag("squashed", default: squashed)
    start = try options.number("start", default: start, in: 0...2)
    jitter = try options.number("jitter", default: jitter, in: 0...1)
    seed = try options.integer("seed", default: seed, in: 0...Int.max)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var system = MackeyGlass()
    (system.tau, system.method, system.step, system.every) = (tau, method, step, every)
    (system.start, system.jitter, system.seed) = (start, jitter, seed)
    let values = system.series(train + test + 1).map { squashed ? tanh($0 - 1) : $0 }
    return try TimeSeries(values).oneStepAhead(
      train: train, test: test, name: "Mackey-Glass",
      origin: "the Mackey-Glass equation with tau \(tau), by \(method.rawValue)")
  }
}
