/// What a free run gave.
public struct FreeRun: Sendable {
  /// `[steps, outputs]`, or `[sequences, steps, outputs]` where several run side by side; of an ensemble with a leading
  /// axis of members.
  public let outputs: Tensor
  /// The states after each step, `[steps, units]`, with the same leading axes.
  public let states: Tensor
}

extension EchoStateNetwork {
  /// Runs the network freely, feeding back its own output, in one compiled program.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a network without inputs.
  ///   - start: the state before the first step, as ``start(from:output:)`` takes it; nil to go on from where the
  ///     network stands.
  /// - Returns: the outputs, `[steps, outputs]`, or `[sequences, steps, outputs]` where several run side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if they overflow. The network then stands where
  ///   it stood.
  public mutating func generate(steps: Int, inputs: Tensor? = nil, from start: Tensor? = nil) throws -> Tensor {
    try free(steps, inputs, from: start, keepsStates: false).outputs
  }

  /// As ``generate(steps:inputs:from:)``, with the states after each step.
  ///
  /// ```swift
  /// let run = try network.freeRun(steps: 500, from: states[120])
  /// // run.outputs: [500, outputs], run.states: [500, units]
  /// ```
  public mutating func freeRun(steps: Int, inputs: Tensor? = nil, from start: Tensor? = nil) throws -> FreeRun {
    let run = try free(steps, inputs, from: start, keepsStates: true)
    return FreeRun(outputs: run.outputs, states: run.states ?? run.outputs)
  }

  private mutating func free(
    _ steps: Int, _ given: Tensor?, from start: Tensor?, keepsStates: Bool
  ) throws -> (outputs: Tensor, states: Tensor?) {
    let begin = try start.map { try beginning(at: $0, output: nil) } ?? (state: state, output: output)
    let sequences = begin.state.shape[0]
    let inputs = try checkedInputs(given, steps: steps, sequences: sequences)
    guard let readout else { throw ReservoirError.notFitted }
    let run = tensors.outputs(
      steps, fromEach: begin.state, output: begin.output, readout: readout, inputs: inputs?.tensor,
      noise: noise(sequences, steps), keepsStates: keepsStates)
    let isFinite = run.outputs.isFinite().all([0, 2])
    let results = try Tensor.evaluate(
      [isFinite, run.outputs.slice(steps - 1..<steps, axis: 1).squeeze(1)] + run.all)
    let finite: [Bool] = try results[0].values()
    if let step = finite.firstIndex(of: false) { throw ReservoirError.diverged(step: step) }
    move(to: results[3], output: results[1])
    let isOne = sequences == 1 && inputs?.isBatch != true
    func shaped(_ tensor: Tensor) -> Tensor { isOne ? tensor.squeeze(0) : tensor }
    return (shaped(results[2]), keepsStates ? shaped(results[4]) : nil)
  }

  /// Puts the network into a state: what is driven or runs freely next begins there.
  /// - Parameters:
  ///   - state: `[units]`, or `[sequences, units]` for several sequences side by side.
  ///   - output: what the next step feeds back if it is the network's own output, `[outputs]` or
  ///     `[sequences, outputs]`; nil for what the readout makes of the state.
  /// - Throws: ``ReservoirError`` for other shapes, or numbers that aren't finite.
  public mutating func start(from state: Tensor, output: Tensor? = nil) throws {
    let start = try beginning(at: state, output: output)
    move(to: start.state, output: start.output)
  }

  private func beginning(at state: Tensor, output: Tensor?) throws -> (state: Tensor, output: Tensor) {
    let state = try rows(state, reservoir.units, named: "initial states", sequences: nil)
    let output = try output.map {
      try rows($0, reservoir.outputs, named: "initial outputs", sequences: state.shape[0])
    }
    let results = try Tensor.evaluate([state, output ?? reservoir.readOut(state, by: currentReadout)])
    return (results[0], results[1])
  }

  /// `[sequences, width]` of what may be given without sequences.
  private func rows(_ given: Tensor, _ width: Int, named name: String, sequences: Int?) throws -> Tensor {
    if let diagnostic = given.diagnostic { throw diagnostic }
    let rows = given.rank == 1 ? given.expand(at: 0) : given
    guard rows.rank == 2, rows.shape[1] == width, sequences.map({ $0 == rows.shape[0] }) ?? true else {
      let count = sequences.map { "\($0)" } ?? "sequences"
      throw ReservoirError.shape(
        series: name, found: Array(given.shape), expected: "[\(width)] or [\(count), \(width)]")
    }
    return try SequenceBatch(rows, channels: width, dtype: reservoir.dtype, named: name).tensor.squeeze(0)
  }

  /// Inputs for a free run.
  /// - Throws: ``ReservoirError`` if the network can't run freely, or not on these for so many steps.
  func checkedInputs(_ inputs: Tensor?, steps: Int, sequences: Int) throws -> SequenceBatch? {
    guard reservoir.feedback else { throw ReservoirError.noFeedback }
    guard (1...100_000_000).contains(steps) else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "in 1...100000000")
    }
    let inputs = try series(inputs: inputs)
    if let inputs, inputs.steps != steps || inputs.sequences != sequences {
      throw ReservoirError.shape(
        series: "inputs", found: Array(inputs.tensor.shape), expected: "of \(sequences) sequences and \(steps) steps")
    }
    return inputs
  }

  /// The outputs while the network is driven: `drive`, then the readout.
  /// - Parameters: as ``drive(inputs:teacher:)`` has them.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    guard let readout else { throw ReservoirError.notFitted }
    let states = try drive(inputs: inputs, teacher: teacher)
    guard states.rank == 3 else { return try reservoir.readOut(states, by: readout).evaluate() }
    let rows = reservoir.readOut(states.reshape(to: [-1, reservoir.units]), by: readout)
    return try rows.reshape(to: [states.shape[0], states.shape[1], reservoir.outputs]).evaluate()
  }
}
