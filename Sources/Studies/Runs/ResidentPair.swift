/// Training and test data on the device, for several runs.
public struct ResidentPair: Sendable {
  public let train: ResidentData
  public let test: ResidentData

  /// - Parameter examples: training examples to use, the first ones; nil for all.
  /// - Throws: `TrainingError.notFinite` for numbers that are NaN or infinite, `EngineError` if the device can't hold
  ///   the data.
  public init(_ pair: DatasetPair, examples: Int? = nil) throws {
    let count = Swift.min(examples ?? pair.train.count, pair.train.count)
    train = try ResidentData(count == pair.train.count ? pair.train : pair.train.prefix(count))
    test = try ResidentData(pair.test)
    try train.checkFinite("training")
    try test.checkFinite("test")
  }
}
