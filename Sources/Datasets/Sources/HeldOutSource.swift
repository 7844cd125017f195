import Configuration

/// Another data set's training data, a part of which is judged on in place of the test set: settings are chosen on
/// it, so that the test set stays unseen.
public struct HeldOutSource: DataSource {
  public static let name = "heldOut"
  public static let summary = "a data set's training data, a random part of them held out to judge on"
  public static let parameters = [
    Parameter("data", default: "", "the data set"),
    Parameter("fraction", default: 0.1, "the part that is held out"),
    Parameter("seed", default: 0, "another seed holds out others"),
  ]

  public var data: any DataSource
  public var fraction: Double
  public var seed: UInt32

  public init(_ data: any DataSource, fraction: Double = 0.1, seed: UInt32 = 0) {
    (self.data, self.fraction, self.seed) = (data, fraction, seed)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    data = try options.source(of: Self.name)
    fraction = try options.number("fraction", default: 0.1, in: 0...1)
    seed = UInt32(try options.integer("seed", default: 0, in: 0...Int(UInt32.max)))
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    (pair.train, pair.test) = try pair.train.split(validationFraction: fraction, seed: seed)
    pair.name += " held out"
    pair.origin += "; \(pair.test.count) training examples held out, the test set unused"
    return pair
  }
}
