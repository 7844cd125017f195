import OrderedCollections

/// Saving and loading.
extension EchoStateNetwork {
  /// Reads a file of ``save(to:)``, or one that `tanren run` has saved.
  /// - Throws: `SafetensorsError` for a file that can't be read; ``ReservoirError/malformedFile(path:reason:)`` for one
  ///   that holds no network.
  public init(contentsOf path: String) throws {
    self = try SavedArrays.read(path) { try EchoStateNetwork(arrays: $0) }
  }

  /// All that the network is, by name: `recurrent/values` and `recurrent/columns`, which have the nonzero weights into
  /// each unit and the units they come from; `input`, `feedback`, `bias`, `untrained`, `readout`, as far as there are
  /// any; `state` and `output`; and the settings, as JSON in the bytes of `description`.
  public func arrays() throws -> OrderedDictionary<String, HostArray> {
    let (units, matrix) = (reservoir.units, weights.recurrent)
    var arrays: OrderedDictionary<String, HostArray> = [
      "description": try Description(reservoir: reservoir, stream: stream).array(),
      "recurrent/values": try HostArray(matrix.values, shape: [units, matrix.width]),
      "recurrent/columns": try HostArray(matrix.columns, shape: [units, matrix.width]),
    ]
    for (name, values, shape) in [
      ("input", weights.input, [reservoir.inputs, units]), ("feedback", weights.feedback, [reservoir.outputs, units]),
      ("bias", weights.bias, [units]), ("untrained", weights.untrained, [units, reservoir.outputs]),
      ("rotation", weights.rotation, [units, units]),
    ] where !values.isEmpty { arrays[name] = try HostArray(values, shape: shape) }
    arrays["readout"] = try readout?.hostArray()
    (arrays["state"], arrays["output"]) = (try state.hostArray(), try output.hostArray())
    return arrays
  }

  /// The network of ``arrays()``; others are ignored.
  /// - Throws: ``ReservoirError/malformedFile(path:reason:)`` for arrays that are missing or don't fit each other,
  ///   ``ReservoirError`` for settings out of range.
  public init(arrays: OrderedDictionary<String, HostArray>) throws {
    let saved = SavedArrays(arrays)
    let description = try saved.description(Description.self, of: "echo state network")
    let (reservoir, stream) = (description.reservoir, description.stream)
    try reservoir.check()
    let (values, units) = (try saved.array("recurrent/values"), reservoir.units)
    let matrix = try SparseMatrix(
      values: saved.numbers("recurrent/values"), columns: saved.numbers("recurrent/columns"), size: units,
      width: values.shape.last ?? 0)
    let weights = ReservoirWeights(
      recurrent: matrix, input: try saved.numbers("input", else: []), feedback: try saved.numbers("feedback", else: []),
      bias: try saved.numbers("bias", else: []), untrained: try saved.numbers("untrained", else: []),
      rotation: try saved.numbers("rotation", else: []))
    try self.init(reservoir, weights: weights, stream: stream)
    let state = try saved.array("state")
    let sequences = state.shape.first ?? 0
    try saved.check("state", reservoir.dtype, [Swift.max(1, sequences), units])
    try saved.check("output", reservoir.dtype, [Swift.max(1, sequences), reservoir.outputs])
    var parts = [Tensor(state), Tensor(try saved.array("output"))]
    if let readout = arrays["readout"] {
      try saved.check("readout", reservoir.dtype, [units + 1, reservoir.outputs])
      parts.append(Tensor(readout))
    }
    // As arguments of programs, and not a part of them.
    let held = try parts.map { Tensor(try $0.buffer()) }
    self = placed(at: held[0], output: held[1], readout: held.count > 2 ? held[2] : nil, stream: stream)
  }

  /// The network without feedback as one that feeds its output back where its input goes in: it generates a series that
  /// it has learned to predict.
  ///
  /// The first step takes the last output for its input. Weights, readout and state stay as they are.
  /// - Throws: ``ReservoirError/openLoop(inputs:outputs:)`` unless there are as many outputs as inputs, and no
  ///   feedback.
  public func closingLoop() throws -> EchoStateNetwork {
    guard !reservoir.feedback, reservoir.inputs == reservoir.outputs else {
      throw ReservoirError.openLoop(inputs: reservoir.inputs, outputs: reservoir.outputs)
    }
    var closed = reservoir
    (closed.inputs, closed.feedback, closed.feedbackScale) = (0, true, reservoir.inputScale)
    closed.inputScales = []
    let own = ReservoirWeights(
      recurrent: weights.recurrent, feedback: weights.input, bias: weights.bias, untrained: weights.untrained,
      rotation: weights.rotation)
    return try EchoStateNetwork(closed, weights: own, stream: stream)
      .placed(at: state, output: output, readout: readout, stream: stream)
  }

  private struct Description: SavedDescription {
    var version = 1
    let reservoir: Reservoir
    let stream: UniformStream

    private enum CodingKeys: CodingKey { case version, reservoir, stream }
  }
}
