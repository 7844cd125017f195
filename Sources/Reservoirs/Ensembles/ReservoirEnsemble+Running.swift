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
    let noise = noise(steps)
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
    let noise = noise(steps)
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
  /// - Parameters: as ``EchoStateNetwork/generate(steps:inputs:)`` has them.
  /// - Returns: the outputs, `[members, steps, outputs]` or `[members, sequences, steps, outputs]`. A member that
  ///   diverges doesn't end the others: its outputs aren't finite from there on.
  /// - Throws: ``ReservoirError``.
  public mutating func generate(steps: Int, inputs: Tensor? = nil) throws -> Tensor {
    let own = networks[0]
    let inputs = try own.checkedInputs(inputs, steps: steps, sequences: state.shape[1])
    guard let readout else { throw ReservoirError.notFitted }
    let noise = noise(steps)
    let results = try each([state, output, readout] + [noise].compactMap(\.self), steps: noise == nil ? 0 : steps) { member, arguments in
      let run = member.outputs(
        steps, fromEach: arguments[0], output: arguments[1], readout: arguments[2], inputs: inputs?.tensor,
        noise: noise == nil ? nil : arguments[3])
      return [run.outputs, run.state, run.outputs.slice(steps - 1..<steps, axis: 1).squeeze(1)]
    }
    (state, output) = (results[1], results[2])
    return state.shape[1] == 1 && inputs?.isBatch != true ? results[0].squeeze(1) : results[0]
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
      Tensor.stack(members.map(\.currentReadout)), Tensor.stack(members.map(\.state)), Tensor.stack(members.map(\.output)),
    ])
    (readout, state, output) = (stacked[0], stacked[1], stacked[2])
    return fits
  }
}
