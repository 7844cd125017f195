/// Learning the readout step by step.
extension EchoStateNetwork {
  /// Goes on learning the readout step by step while the network runs.
  ///
  /// - Parameters:
  ///   - inputs, teacher: as ``fit(inputs:teacher:washout:readout:)`` has them; one sequence.
  ///   - rule: ``RecursiveLeastSquares``, ``FORCE`` or ``LeastMeanSquares``. Its memory begins anew with each call, the
  ///     readout goes on from what it is.
  /// - Returns: the outputs of each step before it was learned from, `[steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func learn(
    inputs: Tensor? = nil, teacher: Tensor, by rule: any OnlineReadoutRule
  ) throws -> Tensor {
    let (inputs, teacher) = try single(inputs, teacher)
    return try learned(inputs, teacher, by: rule).outputs
  }

  /// Drives the network through the washout, then learns.
  mutating func fitOnline(
    _ inputs: Tensor?, _ teacher: Tensor, washout: Int, by rule: any OnlineReadoutRule
  ) throws -> ReadoutFit {
    let (inputs, teacher) = try single(inputs, teacher)
    let steps = try RegressionProblem.steps(of: teacher, reservoir, washout: washout)
    var network = placed(at: state, output: output, readout: nil, stream: stream)
    if washout > 0 {
      try network.drive(
        inputs: inputs?.slice(0..<washout).tensor,
        teacher: reservoir.feedback ? teacher.slice(0..<washout).tensor : nil)
    }
    let rest = teacher.slice(washout..<teacher.steps)
    let run = try network.learned(inputs?.slice(washout..<steps), rest, by: rule)
    let score = RegressionProblem(rest, reservoir.dynamics.observed(run.states.expand(at: 0)), washout: 0).score(
      network.currentReadout)
    let results = try Tensor.evaluate([score.outputs, score.nrmse])
    self = network
    return ReadoutFit(lambda: rule.penalty, nrmse: try results[1].scalar(), outputs: teacher.like(results[0]))
  }

  /// One sequence of inputs and teacher's values that fit each other.
  private func single(_ inputs: Tensor?, _ teacher: Tensor) throws -> (inputs: SequenceBatch?, teacher: SequenceBatch) {
    let inputs = try series(inputs: inputs)
    let teacher = try SequenceBatch(
      teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = reservoir.feedback ? teacher.steps - 1 : teacher.steps
    guard steps >= 1, teacher.sequences == 1, inputs.map({ $0.steps == steps && $0.sequences == 1 }) ?? true else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(teacher.tensor.shape), expected: "one sequence that fits the inputs")
    }
    return (inputs, teacher)
  }

  /// Learns from each step.
  /// - Returns: the outputs before each step was learned from, `[steps, outputs]`, and the states, `[steps, units]`.
  private mutating func learned(
    _ inputs: SequenceBatch?, _ teacher: SequenceBatch, by rule: any OnlineReadoutRule
  ) throws -> (outputs: Tensor, states: Tensor) {
    try rule.check()
    let feedsBackOutput = type(of: rule).feedsBackOutput
    guard reservoir.feedback || !feedsBackOutput else { throw ReservoirError.noOutputFedBack }
    if state.shape[0] != 1 { try reset() }
    let (tensors, hasFeedback, dtype) = (tensors, reservoir.feedback, reservoir.dtype)
    let (units, outputs) = (reservoir.units, reservoir.outputs)
    let steps = hasFeedback ? teacher.steps - 1 : teacher.steps
    let values = teacher.tensor.squeeze(0)
    var drive = tensors.bias.expand(at: 0).broadcast(to: [steps, units])
    if let inputs { drive = drive + inputs.tensor.squeeze(0).matmul(tensors.input) }
    if let noise = noise(1, steps) { drive = drive + noise.squeeze(0) }
    let sequences =
      [values.slice(teacher.steps - steps..<teacher.steps)] + (hasFeedback ? [values.slice(0..<steps)] : []) + [drive]
    let start = [
      state.squeeze(0), output.squeeze(0), rule.memory(columns: units + 1, dtype: dtype),
      readout ?? .zeros([units + 1, outputs], dtype: dtype),
    ]
    let looped = scan(carry: start, over: sequences) { carry, elements in
      var sums = elements[elements.count - 1]
      if hasFeedback {
        let fedBack = feedsBackOutput ? carry[1] : elements[1]
        sums = sums + fedBack.expand(at: 0).matmul(tensors.feedback).squeeze(0)
      }
      let next = tensors.step(carry[0], sums)
      let extended = Tensor.concatenate([tensors.dynamics.observed(next), .ones([1], dtype: dtype)])
      let learned = rule.step(memory: carry[2], readout: carry[3], state: extended, target: elements[0])
      let output = extended.expand(at: 0).matmul(learned.readout).squeeze(0)
      return ([next, output, learned.memory, learned.readout], [learned.output, next])
    }
    let results = try Tensor.evaluate(
      looped.outputs + [looped.carry[0].expand(at: 0), looped.carry[1].expand(at: 0), looped.carry[3]])
    guard try results[4].isFinite().all().cast(to: .int32).scalar() == 1 else {
      throw ReservoirError.singular(penalty: rule.penalty, dtype: dtype.rawValue)
    }
    self = placed(at: results[2], output: results[3], readout: results[4], stream: stream)
    return (results[0], results[1])
  }
}
