import Configuration

/// Coloured shapes drawn by Tanren itself.
public struct SyntheticImagesSource: DataSource {
  public static let name = "syntheticImages"
  public static let summary = "coloured shapes drawn by Tanren itself, in CIFAR-10's shape"
  public static let parameters = [
    Parameter("train", default: 10_000, "training images"), Parameter("test", default: 2_000, "test images"),
    Parameter("seed", default: 0, "another seed draws other images"),
  ]

  public var train: Int
  public var test: Int
  public var seed: Int

  public init(train: Int = 10_000, test: Int = 2_000, seed: Int = 0) {
    (self.train, self.test, self.seed) = (train, test, seed)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    train = try options.integer("train", default: 10_000, in: 1...1_000_000)
    test = try options.integer("test", default: 2_000, in: 1...1_000_000)
    seed = try options.integer("seed", default: 0, in: 0...Int.max)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try SyntheticImages.generate(trainCount: train, testCount: test, seed: UInt64(seed))
  }
}
