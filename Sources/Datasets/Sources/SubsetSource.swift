import Configuration

/// The first examples of another data set.
public struct SubsetSource: DataSource {
  public static let name = "subset"
  public static let summary = "the first examples of another data set"
  public static let parameters = [
    Parameter("data", default: "", "the data set"),
    Parameter("train", default: 1000, "training examples; all if there are fewer"),
    Parameter("test", default: 1000, "test examples; all if there are fewer"),
  ]

  public var data: any DataSource
  public var train: Int
  public var test: Int

  public init(_ data: any DataSource, train: Int = 1000, test: Int = 1000) {
    (self.data, self.train, self.test) = (data, train, test)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    data = try options.source(of: Self.name)
    train = try options.integer("train", default: 1000, in: 1...Int(Int32.max))
    test = try options.integer("test", default: 1000, in: 1...Int(Int32.max))
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    pair.train = try pair.train.prefix(min(train, pair.train.count))
    pair.test = try pair.test.prefix(min(test, pair.test.count))
    pair.origin += "; its first \(pair.train.count) training and \(pair.test.count) test examples"
    return pair
  }
}
