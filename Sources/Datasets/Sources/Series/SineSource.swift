import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A sine wave; each step's value is the input and the next one's the target.
public struct SineSource: DataSource {
  public static let name = "sine"
  public static let summary = "a sine wave, to be continued (article 0a, S0-18)"
  public static let parameters = [
    Parameter("train", default: 5000, "steps to learn from"),
    Parameter("test", default: 5000, "steps after them"),
    Parameter("period", default: 240.0, "steps a period"),
    Parameter("amplitude", default: 1.0, "the greatest value"),
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
      train: train, test: test, name: "sine", origin: "a sine wave of \(period) steps a period")
  }
}
