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
  public static let declaration = Declaration(
    "sine", "one-step-ahead prediction of a sine wave", standard: SineSource(),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
      Setting("period", \.period, .number(in: 1e-6...1e12), "steps per period"),
      Setting("amplitude", \.amplitude, .number(in: 0...1e100), "amplitude"),
    ])

  public var train = 5000
  public var test = 5000
  public var period = 240.0
  public var amplitude = 1.0

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let wave = (0...train + test).map { amplitude * sin(2 * Double.pi / period * Double($0)) }
    return try TimeSeries(wave).oneStepAhead(
      train: train, test: test, name: "sine", origin: "a sine wave of \(period) steps per period")
  }
}

/// The mean of several sine waves as one-step-ahead prediction.
public struct SinesSource: DataSource {
  public static let declaration = Declaration(
    "sines", "one-step-ahead prediction of the mean of several sine waves", standard: SinesSource(),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
      Setting(
        "periods", \.periods,
        .numbers.checked("one or more numbers above 0") { !$0.isEmpty && $0.allSatisfy { $0 > 1e-6 && $0.isFinite } },
        "steps per period of each wave"),
    ])

  public var train = 5000
  public var test = 5000
  public var periods = [240.0, 97.0, 31.0]

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let sum = (0...train + test).map { step in
      periods.reduce(0) { $0 + sin(2 * Double.pi / $1 * Double(step)) } / Double(periods.count)
    }
    return try TimeSeries(sum).oneStepAhead(
      train: train, test: test, name: "sines", origin: "the mean of sine waves of \(periods) steps per period")
  }
}
