import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The sum of several sine waves; each step's value is the input and the next one's the target.
public struct SinesSource: DataSource {
  public static let name = "sines"
  public static let summary = "the sum of several sine waves"
  public static let parameters = [
    Parameter("train", default: 5000, "steps to learn from"),
    Parameter("test", default: 5000, "steps after them"),
    Parameter("periods", default: "[240.0, 97.0, 31.0]", "steps a period of each wave"),
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
      train: train, test: test, name: "sines", origin: "the mean of sine waves of \(periods) steps a period")
  }
}
