import Reservoirs

/// What a reservoir experiment fits.
public enum FittedReservoir: Sendable {
  /// Predicts or generates a series.
  case series(any SeriesModel)
  /// Classifies sequences.
  case classifier(EchoStateClassifier)

  /// The element type of what it puts out.
  var dtype: DType {
    switch self {
    case .series(let model): model.dtype
    case .classifier(let classifier): classifier.network.reservoir.dtype
    }
  }

  /// - Throws: `ReservoirError` for a classifier.
  func asModel() throws(ReservoirError) -> any SeriesModel {
    guard case .series(let model) = self else {
      throw .malformedFile(path: nil, reason: "it holds another kind of model than its experiment fits")
    }
    return model
  }

  /// What is put out over inputs, `[steps, outputs]`, after what drives it before.
  func predicted(_ inputs: Tensor, after start: ReservoirStart) throws -> Tensor {
    let before: Tensor? =
      switch start {
      case .run(let train?), .after(let train): Tensor(train.inputs)
      case .run, .rest: nil
      }
    var model = try asModel()
    try model.rest()
    if let before { _ = try model.follow(before) }
    return try model.follow(inputs)
  }

  /// What is generated, `[steps, outputs]`.
  /// - Parameter series: what drives it from rest, the value after which comes first but isn't given; nil to go on from where it
  ///   stands.
  func generated(steps: Int, after series: Tensor?) throws -> Tensor {
    var model = try asModel()
    guard let series else { return try model.goOn(steps: steps) }
    return try model.forecast(steps: steps + 1, after: series).slice(1..<steps + 1)
  }
}
