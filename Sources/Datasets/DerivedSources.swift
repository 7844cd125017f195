import Configuration

/// Another data set's training data, part of which is held out as the test data: settings are chosen on it, so that
/// the real test set stays unseen.
public struct HeldOutSource: DataSource {
  public static let name = "heldOut"
  public static let summary = "a data set's training data, a random part held out for validation"
  public static let parameters = [
    Parameter("data", default: "", "the data set"),
    Parameter("fraction", default: 0.1, "fraction held out"),
    Parameter("seed", default: 0, "random seed of the split"),
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

/// Another data set with a fraction of its training labels corrupted; the test set stays as it is.
public struct NoisyLabelsSource: DataSource {
  public static let name = "noisyLabels"
  public static let summary = "another data set with a fraction of its training labels corrupted"
  public static let parameters = [
    Parameter("data", default: "", "the data set"),
    Parameter("fraction", default: 0.2, "fraction of corrupted labels"),
    Parameter(
      "kind", default: "otherClasses",
      "what a corrupted label becomes: otherClasses, or anyClass, possibly the right one"),
    Parameter("seed", default: 0, "random seed of the corruption"),
  ]

  public var data: any DataSource
  public var fraction: Double
  public var kind: SymmetricNoise
  public var seed: UInt32

  public init(_ data: any DataSource, fraction: Double = 0.2, kind: SymmetricNoise = .otherClasses, seed: UInt32 = 0) {
    (self.data, self.fraction, self.kind, self.seed) = (data, fraction, kind, seed)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    data = try options.source(of: Self.name)
    fraction = try options.number("fraction", default: 0.2, in: 0...1)
    kind = try options.oneOf("kind", default: .otherClasses)
    seed = UInt32(try options.integer("seed", default: 0, in: 0...Int(UInt32.max)))
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    let noisy = try pair.train.addingLabelNoise(fraction: fraction, kind: kind, seed: seed)
    pair.train = noisy.data
    pair.name += " with label noise"
    pair.origin += "; \(noisy.corrupted.count) of \(pair.train.count) training labels corrupted"
    return pair
  }
}

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
