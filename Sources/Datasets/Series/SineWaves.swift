import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A sine wave as one-step-ahead prediction.
public struct SineSource: DataSource {
  public static let name = "sine"
  public static let summary = "one-step-ahead prediction of a sine wave"
  public static let parameters = [
    Parameter("train", default: 5000, "training steps"),
    Parameter("test", default: 5000, "test steps, after the training steps"),
    Parameter("period", default: 240.0, "steps per period"),
    Parameter("amplitude", default: 1.0, "amplitude"),
  ]

  public var train = 5000
  public var test = 5000
  public var period = 240.0
  public var amplitude = 1.0

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    period = try options.number("period", default: period, in: 1e-6...1e12)
    amplitude = try options.number("amplitude", default: amplitude, in: 0...1e100)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let wave = (0...train + test).map { amplitude * sin(2 * Double.pi / period * Double($0)) }
    return try TimeSeries(wave).oneStepAhead(
      train: train, test: test, name: "sine", origin: "a sine wave of \(period) steps per period")
  }
}

/// The mean of several sine waves as one-step-ahead prediction.
public struct SinesSource: DataSource {
  public static let name = "sines"
  public static let summary = "one-step-ahead prediction of the mean of several sine waves"
  public static let parameters = [
    Parameter("train", default: 5000, "training steps"),
    Parameter("test", default: 5000, "test steps, after the training steps"),
    Parameter("periods", default: "[240.0, 97.0, 31.0]", "steps per period of each wave"),
  ]

  public var train = 5000
  public var test = 5000
  public var periods = [240.0, 97.0, 31.0]

  public init() {}

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    train = try options.integer("train", default: train, in: 1...10_000_000)
    test = try options.integer("test", default: test, in: 1...10_000_000)
    periods = try options.numbers("periods", default: periods)
    guard !periods.isEmpty, periods.allSatisfy({ $0 > 1e-6 && $0.isFinite }) else {
      throw .outOfRange(
        key: "periods", value: "\(periods)", range: "one or more numbers above 0", origin: options.origin)
    }
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let sum = (0...train + test).map { step in
      periods.reduce(0) { $0 + sin(2 * Double.pi / $1 * Double(step)) } / Double(periods.count)
    }
    return try TimeSeries(sum).oneStepAhead(
      train: train, test: test, name: "sines", origin: "the mean of sine waves of \(periods) steps per period")
  }
}
