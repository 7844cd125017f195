/// Free runs, as ``EchoStateNetwork`` has them, of all members at once.
extension ReservoirEnsemble {
  /// Runs the members freely, each feeding back its own output.
  /// - Parameters:
  ///   - inputs: as ``EchoStateNetwork/generate(steps:inputs:from:)`` has them.
  ///   - start: as ``start(from:)`` takes it; nil to go on from where the members stand.
  /// - Returns: the outputs, `[members, steps, outputs]` or `[members, sequences, steps, outputs]`. A member that
  ///   diverges doesn't end the others: its outputs aren't finite from there on.
  /// - Throws: ``ReservoirError``.
  public mutating func generate(steps: Int, inputs: Tensor? = nil, from start: Tensor? = nil) throws -> Tensor {
    try free(steps, inputs, from: start, keepsStates: false)[0]
  }

  /// As ``generate(steps:inputs:from:)``, with the states after each step.
  public mutating func freeRun(steps: Int, inputs: Tensor? = nil, from start: Tensor? = nil) throws -> FreeRun {
    let results = try free(steps, inputs, from: start, keepsStates: true)
    return FreeRun(outputs: results[0], states: results[1])
  }

  /// The outputs, and the states if they are asked for.
  private mutating func free(
    _ steps: Int, _ given: Tensor?, from start: Tensor?, keepsStates: Bool
  ) throws -> [Tensor] {
    let begin = try start.map(beginning(at:)) ?? (state: state, output: output)
    let sequences = begin.state.shape[1]
    let inputs = try networks[0].checkedInputs(given, steps: steps, sequences: sequences)
    guard let readout else { throw ReservoirError.notFitted }
    let drives = SharedDrives.separate(count)
    let noise = noise(steps, sequences: sequences, of: drives)
    let bytes = steps * sequences * reservoir.units * reservoir.dtype.byteCount
    let results = try programs.each(
      of: drives, [begin.state, begin.output, readout], noise: noise, bytes: keepsStates || noise != nil ? bytes : 0
    ) { member, arguments in
      let run = member.outputs(
        steps, fromEach: arguments[0], output: arguments[1], readout: arguments[2], inputs: inputs?.tensor,
        noise: noise == nil ? nil : arguments[3], keepsStates: keepsStates)
      return [run.outputs.slice(steps - 1..<steps, axis: 1).squeeze(1)] + run.all
    }
    move(to: results[2], output: results[0], isApart: true)
    let isOne = sequences == 1 && inputs?.isBatch != true
    return ([results[1]] + results.dropFirst(3)).map { isOne ? $0.squeeze(1) : $0 }
  }

  /// Puts the members into states: what is driven or runs freely next begins there, each member's readout of its state
  /// being fed back first.
  /// - Parameter state: `[members, units]`, or `[members, sequences, units]`.
  /// - Throws: ``ReservoirError`` for other shapes, or numbers that aren't finite.
  public mutating func start(from state: Tensor) throws {
    let start = try beginning(at: state)
    move(to: start.state, output: start.output, isApart: true)
  }

  private func beginning(at given: Tensor) throws -> (state: Tensor, output: Tensor) {
    if let diagnostic = given.diagnostic { throw diagnostic }
    let batch = given.rank == 2 ? given.expand(at: 1) : given
    guard batch.rank == 3, batch.shape[0] == count, batch.shape[1] > 0, batch.shape[2] == reservoir.units else {
      throw ReservoirError.shape(
        series: "initial states", found: Array(given.shape),
        expected: "[\(count), \(reservoir.units)] or [\(count), sequences, \(reservoir.units)]")
    }
    let state = try SequenceBatch(batch, channels: reservoir.units, dtype: reservoir.dtype, named: "initial states")
      .tensor
    let own = reservoir
    let outputs = vectorized { (member: [Tensor]) in [own.readOut(member[0], by: member[1])] }([state, currentReadout])
    let results = try Tensor.evaluate([state, outputs[0]])
    return (results[0], results[1])
  }
}
