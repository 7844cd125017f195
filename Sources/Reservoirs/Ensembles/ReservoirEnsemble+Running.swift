/// The verbs of ``EchoStateNetwork``, for all members at once.
extension ReservoirEnsemble {
  /// - Parameters: as ``EchoStateNetwork/drive(inputs:teacher:)`` has them.
  /// - Returns: the states after each step, `[members, steps, units]` or `[members, sequences, steps, units]`.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func drive(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    let own = networks[0]
    let (inputs, teacher) = (try own.series(inputs: inputs), try own.series(teacher: teacher))
    if teacher == nil, reservoir.feedback { throw ReservoirError.missingTeacher }
    if teacher != nil, !reservoir.feedback { throw ReservoirError.unusedTeacher }
    let steps = try begin(inputs, teacher)
    let noise = noise(steps, sequences: state.shape[1])
    let results = try each([state, currentReadout] + [noise].compactMap(\.self), steps: steps) { member, arguments in
      let states = member.states(
        steps, fromEach: arguments[0], inputs: inputs?.tensor, teacher: teacher?.tensor,
        noise: noise == nil ? nil : arguments[2])
      let last = states.slice(steps - 1..<steps, axis: 1).squeeze(1)
      return [states, last, last.readOut(arguments[1])]
    }
    (state, output) = (results[1], results[2])
    return (inputs ?? teacher)?.isBatch == true ? results[0] : results[0].squeeze(1)
  }

  /// Drives the members and computes their readouts, in one program where the rule can be traced.
  /// - Parameters: as ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` has them.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule = CholeskyReadout()
  ) throws -> [ReadoutFit] {
    guard rule.traced(.zeros([2, 1], dtype: reservoir.dtype), .zeros([2, 1], dtype: reservoir.dtype)) != nil else {
      return try fitOneByOne(inputs, teacher, washout, rule)
    }
    let own = networks[0]
    let inputs = try own.series(inputs: inputs)
    let given = try Series(teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try Lesson.steps(of: given, reservoir, washout: washout)
    let fedBack = reservoir.feedback ? given.slice(0..<steps) : nil
    guard try begin(inputs, fedBack) == steps, state.shape[1] == given.sequences else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(given.tensor.shape), expected: "as many as the inputs")
    }
    let noise = noise(steps, sequences: state.shape[1])
    let fixes = reservoir.fixesLastOutput
    let results = try each([state, currentReadout] + [noise].compactMap(\.self), steps: steps) { member, arguments in
      let states = member.states(
        steps, fromEach: arguments[0], inputs: inputs?.tensor, teacher: fedBack?.tensor,
        noise: noise == nil ? nil : arguments[2])
      let lesson = Lesson(given, states, washout: washout)
      let found = rule.traced(lesson.rows, lesson.wanted) ?? arguments[1]
      let judged = lesson.judged(found)
      let last = states.slice(steps - 1..<steps, axis: 1).squeeze(1)
      return [found, last, last.readOut(fixes ? found : arguments[1]), judged.outputs, judged.nrmse]
    }
    guard try results[0].isFinite().all().values(as: Bool.self) == [true] else {
      throw ReservoirError.singular(penalty: rule.penalty, dtype: reservoir.dtype.rawValue)
    }
    (readout, state, output) = (results[0], results[1], results[2])
    let errors: [Double] = try results[4].cast(to: .float64).values()
    return errors.enumerated().map { index, error in
      ReadoutFit(lambda: rule.penalty, nrmse: error, outputs: given.like(results[3][index]))
    }
  }

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
    let inputs = try networks[0].checkedInputs(given, steps: steps, sequences: begin.state.shape[1])
    guard let readout else { throw ReservoirError.notFitted }
    let noise = noise(steps, sequences: begin.state.shape[1])
    let results = try each(
      [begin.state, begin.output, readout] + [noise].compactMap(\.self), steps: keepsStates || noise != nil ? steps : 0
    ) { member, arguments in
      let run = member.outputs(
        steps, fromEach: arguments[0], output: arguments[1], readout: arguments[2], inputs: inputs?.tensor,
        noise: noise == nil ? nil : arguments[3], keepsStates: keepsStates)
      return [run.outputs.slice(steps - 1..<steps, axis: 1).squeeze(1)] + run.all
    }
    (output, state) = (results[0], results[2])
    let isOne = state.shape[1] == 1 && inputs?.isBatch != true
    return ([results[1]] + results.dropFirst(3)).map { isOne ? $0.squeeze(1) : $0 }
  }

  /// Puts the members into states: what is driven or runs freely next begins there, each member's readout of its state
  /// being fed back first.
  /// - Parameter state: `[members, units]`, or `[members, sequences, units]`.
  /// - Throws: ``ReservoirError`` for other shapes, or numbers that aren't finite.
  public mutating func start(from state: Tensor) throws {
    (self.state, output) = try beginning(at: state)
  }

  private func beginning(at given: Tensor) throws -> (state: Tensor, output: Tensor) {
    if let diagnostic = given.diagnostic { throw diagnostic }
    let batch = given.rank == 2 ? given.expand(at: 1) : given
    guard batch.rank == 3, batch.shape[0] == count, batch.shape[1] > 0, batch.shape[2] == reservoir.units else {
      throw ReservoirError.shape(
        series: "initial states", found: Array(given.shape),
        expected: "[\(count), \(reservoir.units)] or [\(count), sequences, \(reservoir.units)]")
    }
    let state = try Series(batch, channels: reservoir.units, dtype: reservoir.dtype, named: "initial states").tensor
    let outputs = vectorized { (member: [Tensor]) in [member[0].readOut(member[1])] }([state, currentReadout])
    let results = try Tensor.evaluate([state, outputs[0]])
    return (results[0], results[1])
  }

  /// The readouts, or the random ones that there are before.
  private var currentReadout: Tensor { readout ?? Tensor.stack(networks.map(\.currentReadout)) }

  /// Checks that inputs, values fed back and states fit each other.
  /// - Returns: the steps.
  private mutating func begin(_ inputs: Series?, _ fedBack: Series?) throws -> Int {
    let first = try EchoStateNetwork.alike(inputs, fedBack)
    if state.shape[1] != first.sequences {
      try EchoStateNetwork.requireRest(state, of: state.shape[1], for: first.sequences)
      try reset(sequences: first.sequences)
    }
    guard first.steps > 0 else { throw ReservoirError.washout(steps: 0, length: 0) }
    return first.steps
  }

  private mutating func fitOneByOne(
    _ inputs: Tensor?, _ teacher: Tensor, _ washout: Int, _ rule: any ReadoutRule
  ) throws -> [ReadoutFit] {
    var (members, fits): ([EchoStateNetwork], [ReadoutFit]) = ([], [])
    for index in networks.indices {
      var member = self[index]
      fits.append(try member.fit(inputs: inputs, teacher: teacher, washout: washout, readout: rule))
      members.append(member)
    }
    noises = members.map(\.stream)
    let stacked = try Tensor.evaluate([
      Tensor.stack(members.map(\.currentReadout)), Tensor.stack(members.map(\.state)),
      Tensor.stack(members.map(\.output)),
    ])
    (readout, state, output) = (stacked[0], stacked[1], stacked[2])
    return fits
  }
}
