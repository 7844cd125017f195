import Configuration

/// Another data set with some of its training labels replaced; the test set stays as it is.
public struct NoisyLabelsSource: DataSource {
  public static let name = "noisyLabels"
  public static let summary = "another data set, a part of whose training labels are wrong"
  public static let parameters = [
    Parameter("data", default: "", "the data set"),
    Parameter("fraction", default: 0.2, "the part of the labels that is struck"),
    Parameter(
      "kind", default: "otherClasses", "what a struck label becomes: otherClasses, or anyClass, perhaps the right one"),
    Parameter("seed", default: 0, "another seed strikes other labels"),
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
    pair.origin += "; \(noisy.struck.count) of \(pair.train.count) training labels struck"
    return pair
  }
}
