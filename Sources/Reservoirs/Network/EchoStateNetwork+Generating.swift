extension EchoStateNetwork {
  /// Runs the network freely, feeding back its own output, in one compiled program.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a network without inputs.
  /// - Returns: the outputs, `[steps, outputs]`, or `[sequences, steps, outputs]` where several run side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if they overflow.
  public mutating func generate(steps: Int, inputs: Tensor? = nil) throws -> Tensor {
    let sequences = state.shape[0]
    let inputs = try checkedInputs(inputs, steps: steps, sequences: sequences)
    guard let readout else { throw ReservoirError.notFitted }
    let noise = noise(sequences, steps)
    let run = tensors.outputs(
      steps, fromEach: state, output: output, readout: readout, inputs: inputs?.tensor, noise: noise)
    let isFinite = run.outputs.isFinite().all([0, 2])
    let evaluated = try Tensor.evaluate(
      [run.outputs, run.state, run.outputs.slice(steps - 1..<steps, axis: 1).squeeze(1), isFinite])
    let finite: [Bool] = try evaluated[3].values()
    if let step = finite.firstIndex(of: false) { throw ReservoirError.diverged(step: step) }
    (state, output) = (evaluated[1], evaluated[2])
    return sequences == 1 && (inputs.map { !$0.isBatch } ?? true) ? evaluated[0].squeeze(0) : evaluated[0]
  }

  /// Inputs for a free run.
  /// - Throws: ``ReservoirError`` if the network can't run freely, or not on these for so many steps.
  func checkedInputs(_ inputs: Tensor?, steps: Int, sequences: Int) throws -> Series? {
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
    guard states.rank == 3 else { return try states.readOut(readout).evaluate() }
    let rows = states.reshape(to: [-1, reservoir.units]).readOut(readout)
    return try rows.reshape(to: [states.shape[0], states.shape[1], reservoir.outputs]).evaluate()
  }
}
