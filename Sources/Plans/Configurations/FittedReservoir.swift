import Reservoirs

/// What a reservoir experiment fits.
public enum FittedReservoir: Sendable {
  /// Predicts or generates a series.
  case network(EchoStateNetwork)
  /// The same, of several nodes.
  case nodes(NodeNetwork)
  /// Classifies sequences.
  case classifier(EchoStateClassifier)

  /// The element type of what it puts out.
  var dtype: DType {
    switch self {
    case .network(let network): network.reservoir.dtype
    case .nodes(let network): network.dtype
    case .classifier(let classifier): classifier.network.reservoir.dtype
    }
  }

  /// - Throws: `ReservoirError` for another kind.
  func asNetwork() throws(ReservoirError) -> EchoStateNetwork {
    guard case .network(let network) = self else {
      throw .malformedFile(path: nil, reason: "it holds another kind of model than its experiment fits")
    }
    return network
  }

  /// What is put out over inputs, `[steps, outputs]`, after what drives it before.
  func predicted(_ inputs: Tensor, after start: ReservoirStart) throws -> Tensor {
    let before: Tensor? =
      switch start {
      case .run(let train?), .after(let train): Tensor(train.inputs)
      case .run, .rest: nil
      }
    guard case .nodes(var nodes) = self else {
      var network = try asNetwork()
      try network.reset()
      if let before { try network.drive(inputs: before) }
      return try network.predict(inputs: inputs)
    }
    try nodes.reset()
    if let before { try nodes.run(inputs: before, nodes: []) }
    return try nodes.predict(inputs: inputs)
  }

  /// What is generated, `[steps, outputs]`.
  /// - Parameter series: what drives it from rest, the value after which comes first but isn't given; nil to go on from where it
  ///   stands.
  func generated(steps: Int, after series: Tensor?) throws -> Tensor {
    guard case .nodes(var nodes) = self else {
      var network = try asNetwork()
      if let series {
        try network.reset()
        try network.drive(teacher: series)
      }
      return try network.generate(steps: steps)
    }
    guard let series else { return try nodes.generate(steps: steps) }
    return try nodes.forecast(steps: steps + 1, after: series).slice(1..<steps + 1)
  }
}
