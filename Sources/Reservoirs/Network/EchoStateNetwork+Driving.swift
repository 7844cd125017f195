extension EchoStateNetwork {
  /// Runs the network on given inputs, and with feedback on a teacher's values in place of its output, in one
  /// compiled program.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a network without inputs.
  ///   - teacher: what is fed back at each step, as many steps; nil for a network without feedback.
  /// - Returns: the states after each step, `[steps, units]` or `[sequences, steps, units]`.
  /// - Throws: ``ReservoirError`` for series that are missing, of another shape, or not finite.
  @discardableResult
  public mutating func drive(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    let (inputs, teacher) = (try series(inputs: inputs), try series(teacher: teacher))
    if teacher == nil, reservoir.feedback { throw ReservoirError.missingTeacher }
    if teacher != nil, !reservoir.feedback { throw ReservoirError.unusedTeacher }
    let states = try driven(inputs, teacher)
    return inputs?.like(states) ?? teacher?.like(states) ?? states
  }

  /// - Throws: ``ReservoirError`` for inputs that the network doesn't take.
  func series(inputs: Tensor?) throws -> Series? {
    guard let inputs else {
      if reservoir.inputs > 0 { throw ReservoirError.missingInputs(count: reservoir.inputs) }
      return nil
    }
    return try Series(inputs, channels: reservoir.inputs, dtype: reservoir.dtype, named: "inputs")
  }

  func series(teacher: Tensor?) throws -> Series? {
    try teacher.map { try Series($0, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values") }
  }

  /// Steps with `fedBack` values, and the output of the last one by the readout there is.
  mutating func driven(_ inputs: Series?, _ fedBack: Series?) throws -> Tensor {
    let first = try Self.alike(inputs, fedBack)
    try begin(first.sequences)
    guard first.steps > 0 else { return Tensor.zeros([first.sequences, 0, reservoir.units], dtype: reservoir.dtype) }
    let noise = noise(first.sequences, first.steps)
    let steps = first.steps
    let all = tensors.states(steps, fromEach: state, inputs: inputs?.tensor, teacher: fedBack?.tensor, noise: noise)
    let last = all.slice(steps - 1..<steps, axis: 1).squeeze(1)
    let results = try Tensor.evaluate([all, last, last.readOut(currentReadout)])
    (state, output) = (results[1], results[2])
    return results[0]
  }

  /// The series that says how many sequences and steps there are.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` if there is none, or they differ.
  static func alike(_ inputs: Series?, _ fedBack: Series?) throws(ReservoirError) -> Series {
    guard let first = inputs ?? fedBack else {
      throw .shape(series: "inputs", found: [], expected: "given: the network has neither inputs nor feedback")
    }
    if let inputs, let fedBack, inputs.steps != fedBack.steps || inputs.sequences != fedBack.sequences {
      throw .shape(
        series: "teacher's values", found: Array(fedBack.tensor.shape),
        expected: "of \(inputs.sequences) sequences and \(inputs.steps) steps like the inputs")
    }
    return first
  }

  /// Checks that the state is of so many sequences; one that hasn't moved takes any number.
  private mutating func begin(_ sequences: Int) throws {
    guard state.shape[0] != sequences else { return }
    try Self.requireRest(state, of: state.shape[0], for: sequences)
    try reset(sequences: sequences)
  }

  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` if the state of so many sequences has moved.
  static func requireRest(_ state: Tensor, of carried: Int, for sequences: Int) throws {
    guard try state.abs().max().scalar() == 0 else {
      throw ReservoirError.shape(
        series: "sequences", found: [sequences],
        expected: "\(carried), as in the state that is carried on; call 'reset' first")
    }
  }
}
