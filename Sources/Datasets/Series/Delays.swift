import Configuration

/// A random series as inputs, and its own past as targets: what measures the memory of a network (Jaeger 2002,
/// GMD report 152).
public struct DelaysSource: DataSource {
  public static let declaration = Declaration(
    "delays", "a random series, and its values 1, 2, … steps before: a task of memory alone", standard: DelaysSource(),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
      Setting("delays", \.delays, .integer(in: 1...10_000), "targets: the values so many steps before, from 1 on"),
      Setting("amplitude", \.amplitude, .number(in: 0...1e6), "values are uniform within ± this"),
      Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed of the series"),
    ])

  public var train = 4000
  public var test = 2000
  public var delays = 40
  public var amplitude = 0.8
  public var seed = 0

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: 0x6465_6c61, index: 0)
    let count = train + test
    let series = (0..<count + delays).map { _ in amplitude * (2 * Double(generator.next() >> 11) * 0x1p-53 - 1) }
    let past = (delays..<count + delays).flatMap { step in (1...delays).map { series[step - $0] } }
    return try TimeSeries.pair(
      train, test, inputs: TimeSeries(Array(series.dropFirst(delays))), targets: TimeSeries(past, channels: delays),
      "delays", "a random series, seed \(seed), and its last \(delays) values")
  }
}
