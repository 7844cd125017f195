import Configuration

/// Digits drawn by Tanren itself.
public struct SyntheticDigitsSource: DataSource {
  public static let name = "syntheticDigits"
  public static let summary = "digits drawn by Tanren itself, in MNIST's shape"
  public static let parameters = [
    Parameter("train", default: 60_000, "training images"), Parameter("test", default: 10_000, "test images"),
    Parameter("seed", default: 0, "another seed draws other digits"),
  ]

  public var train: Int
  public var test: Int
  public var seed: Int

  public init(train: Int = 60_000, test: Int = 10_000, seed: Int = 0) {
    (self.train, self.test, self.seed) = (train, test, seed)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    train = try options.integer("train", default: 60_000, in: 1...1_000_000)
    test = try options.integer("test", default: 10_000, in: 1...1_000_000)
    seed = try options.integer("seed", default: 0, in: 0...Int.max)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try SyntheticDigits.generate(trainCount: train, testCount: test, seed: UInt64(seed))
  }
}
