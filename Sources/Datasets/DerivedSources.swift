import Arrays
import Configuration
import Formats

/// Another data set's training data, part of which is held out as the test data: settings are chosen on it, so that
/// the real test set stays unseen. Of a series that is its end.
public struct HeldOutSource: DataSource {
  public static let declaration = Declaration(
    "heldOut", "a data set's training data, a random part held out for validation, of a series its end",
    standard: HeldOutSource(UnspecifiedSource()),
    settings: [
      .required("data", \.data, .method, "the data set", example: "heldOut(data: mnist)"),
      Setting("fraction", \.fraction, .number(in: 0...1), "fraction held out"),
      Setting("seed", \.seed, .seed, "random seed of the split"),
    ])

  public var data: any DataSource
  public var fraction: Double
  public var seed: UInt32

  public init(_ data: any DataSource, fraction: Double = 0.1, seed: UInt32 = 0) {
    (self.data, self.fraction, self.seed) = (data, fraction, seed)
  }

  public var isSeries: Bool { data.isSeries }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    (pair.train, pair.test) =
      try isSeries
      ? pair.train.split(validationFraction: fraction)
      : pair.train.split(validationFraction: fraction, seed: seed)
    pair.name += " held out"
    pair.origin +=
      "; \(pair.test.count) training \(isSeries ? "steps at the end" : "examples") held out, the test set unused"
    return pair
  }
}

/// Another data set with a fraction of its training labels corrupted; the test set stays as it is.
public struct NoisyLabelsSource: DataSource {
  public static let declaration = Declaration(
    "noisyLabels", "another data set with a fraction of its training labels corrupted",
    standard: NoisyLabelsSource(UnspecifiedSource()),
    settings: [
      .required("data", \.data, .method, "the data set", example: "noisyLabels(data: mnist)"),
      Setting("fraction", \.fraction, .number(in: 0...1), "fraction of corrupted labels"),
      Setting(
        "kind", \.kind, .word, "what a corrupted label becomes: otherClasses, or anyClass, possibly the right one"),
      Setting("seed", \.seed, .seed, "random seed of the corruption"),
    ])

  public var data: any DataSource
  public var fraction: Double
  public var kind: SymmetricNoise
  public var seed: UInt32

  public init(_ data: any DataSource, fraction: Double = 0.2, kind: SymmetricNoise = .otherClasses, seed: UInt32 = 0) {
    (self.data, self.fraction, self.kind, self.seed) = (data, fraction, kind, seed)
  }

  public var isSeries: Bool { data.isSeries }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    let noisy = try pair.train.addingLabelNoise(fraction: fraction, kind: kind, seed: seed)
    pair.train = noisy.data
    pair.name += " with label noise"
    pair.origin += "; \(noisy.corrupted.count) of \(pair.train.count) training labels corrupted"
    return pair
  }
}

/// The first examples of another data set, of all classes or of some.
public struct SubsetSource: DataSource {
  public static let declaration = Declaration(
    "subset", "the first examples of another data set, of all classes or of some",
    standard: SubsetSource(UnspecifiedSource()),
    settings: [
      .required("data", \.data, .method, "the data set", example: "subset(data: mnist)"),
      Setting("train", \.train, .integer(in: 1...Int(Int32.max)), "training examples; all if there are fewer"),
      Setting("test", \.test, .integer(in: 1...Int(Int32.max)), "test examples; all if there are fewer"),
      Setting(
        "classes", \.classes, .texts, "classes to keep, by name or number, numbered anew in this order; none for all"),
    ])

  public var data: any DataSource
  public var train: Int
  public var test: Int
  /// Names or numbers; empty for all classes.
  public var classes: [String]

  public init(_ data: any DataSource, train: Int = 1000, test: Int = 1000, classes: [String] = []) {
    (self.data, self.train, self.test, self.classes) = (data, train, test, classes)
  }

  public var isSeries: Bool { data.isSeries }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    if !classes.isEmpty { pair = try pair.keeping(classes: classes) }
    pair.train = try pair.train.prefix(min(train, pair.train.count))
    pair.test = try pair.test.prefix(min(test, pair.test.count))
    pair.origin += "; its first \(pair.train.count) training and \(pair.test.count) test examples"
    return pair
  }
}

/// Another data set whose targets are its inputs, for autoencoders: float32 [N, elements], bytes scaled to 0...1.
///
/// ```swift
/// let pair = try ReconstructionSource(SyntheticDigitsSource()).load(from: DataFolders(), progress: nil)
/// print(pair.train.targets.shape)  // [60000, 784]
/// ```
public struct ReconstructionSource: DataSource {
  public static let declaration = Declaration(
    "reconstruction", "another data set whose targets are its inputs, for autoencoders",
    standard: ReconstructionSource(UnspecifiedSource()),
    settings: [.required("data", \.data, .method, "the data set", example: "reconstruction(data: mnist)")])

  public var data: any DataSource

  public init(_ data: any DataSource) { self.data = data }

  /// - Throws: ``DatasetError`` for inputs that are no numbers with a value each, and what the data set throws.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    var pair = try data.load(from: folders, progress: progress)
    (pair.train, pair.test) = (try Self.reconstructing(pair.train), try Self.reconstructing(pair.test))
    pair.classNames = []
    pair.encoding = nil
    pair.name += " reconstruction"
    pair.origin += "; inputs as targets"
    return pair
  }

  private static func reconstructing(_ data: LabeledArrays) throws -> LabeledArrays {
    let inputs: [Float] = try data.inputs.converted()
    let targets = data.inputs.dtype == .uint8 ? inputs.map { $0 / 255 } : inputs
    let elements = data.inputs.shape.dropFirst().reduce(1, *)
    return try LabeledArrays(inputs: data.inputs, targets: HostArray(targets, shape: [data.count, elements]))
  }
}

/// Stands in a derived source's defaults for the data set, which has none.
private struct UnspecifiedSource: DataSource {
  static let declaration = Declaration("none", "no data set", standard: UnspecifiedSource())

  func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    throw DatasetError(.invalidArgument(name: "data", value: Self.name, allowed: "a data set"))
  }
}
