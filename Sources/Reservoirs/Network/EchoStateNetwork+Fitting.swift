/// What `fit` showed.
public struct ReadoutFit: Sendable {
  /// The penalty that was used.
  public let lambda: Double
  /// The root of the mean squared error on the steps learned from, over the targets' standard deviation.
  public let nrmse: Double
  /// The outputs on those steps, as the new readout gives them: `[steps, outputs]` or `[sequences, …]`.
  public let outputs: Tensor
}

extension EchoStateNetwork {
  /// Drives the network and computes the readout, in one regression over all steps after the washout.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a network without inputs.
  ///   - teacher: `[steps, outputs]`, or with feedback `[steps + 1, outputs]`; see ``EchoStateNetwork`` for which
  ///     value belongs to which step.
  ///   - washout: steps at the start of each sequence that nothing is learned from.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule = CholeskyReadout()
  ) throws -> ReadoutFit {
    let lesson = try lesson(inputs: inputs, teacher: teacher, washout: washout)
    let found = try rule.weights(lesson.rows, lesson.wanted)
    readout = found.tensor
    let judged = lesson.judged(found.tensor)
    let results = try Tensor.evaluate([judged.outputs, judged.nrmse, state.readOut(found.tensor)])
    if reservoir.fixesLastOutput { output = results[2] }
    return ReadoutFit(lambda: found.lambda, nrmse: try results[1].scalar(), outputs: lesson.given.like(results[0]))
  }

  /// Drives the network, and gives what is to be learned.
  mutating func lesson(inputs: Tensor?, teacher: Tensor, washout: Int) throws -> Lesson {
    let inputs = try series(inputs: inputs)
    let given = try Series(teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try Lesson.steps(of: given, reservoir, washout: washout)
    let states = try driven(inputs, reservoir.feedback ? given.slice(0..<steps) : nil)
    guard states.shape[0] == given.sequences, states.shape[1] == steps else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(given.tensor.shape),
        expected: "of \(states.shape[0]) sequences and \(states.shape[1] + (reservoir.feedback ? 1 : 0)) steps")
    }
    return Lesson(given, states, washout: washout)
  }

  /// Learns the readout step by step while the network runs, by recursive least squares.
  ///
  /// - Parameters: as ``fit(inputs:teacher:washout:readout:)`` has them; one sequence.
  /// - Returns: the outputs of each step before it was learned from, `[steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func learn(
    inputs: Tensor? = nil, teacher: Tensor, by rule: RecursiveLeastSquares = RecursiveLeastSquares()
  ) throws -> Tensor {
    try rule.check()
    let inputs = try series(inputs: inputs)
    let given = try Series(teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = reservoir.feedback ? given.steps - 1 : given.steps
    guard steps >= 1, given.sequences == 1, inputs.map({ $0.steps == steps && $0.sequences == 1 }) ?? true else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(given.tensor.shape), expected: "one sequence that fits the inputs")
    }
    if state.shape[0] != 1 { try reset() }
    let units = reservoir.units
    let dtype = reservoir.dtype
    var sequences = [given.tensor.squeeze(0).slice(given.steps - steps..<given.steps)]
    if reservoir.feedback { sequences.append(given.tensor.squeeze(0).slice(0..<steps)) }
    var drive = tensors.bias.expand(at: 0).broadcast(to: [steps, units])
    if let inputs { drive = drive + inputs.tensor.squeeze(0).matmul(tensors.input) }
    if let noise = noise(1, steps) { drive = drive + noise.squeeze(0) }
    sequences.append(drive)
    let inverse = Tensor.identity(units + 1, dtype: dtype) / rule.lambda
    let start = [
      state.squeeze(0), output.squeeze(0), inverse, readout ?? .zeros([units + 1, reservoir.outputs], dtype: dtype),
    ]
    let (tensors, hasFeedback) = (tensors, reservoir.feedback)
    let looped = scan(carry: start, over: sequences) { carry, elements in
      var sums = elements[elements.count - 1]
      if hasFeedback {
        let fedBack = rule.feedback == .teacher ? elements[1] : carry[1]
        sums = sums + fedBack.expand(at: 0).matmul(tensors.feedback).squeeze(0)
      }
      let next = tensors.step(carry[0], sums)
      let extended = Tensor.concatenate([next, .ones([1], dtype: dtype)])
      let learned = rule.step(inverse: carry[2], readout: carry[3], state: extended, target: elements[0])
      let output = extended.expand(at: 0).matmul(learned.1).squeeze(0)
      return ([next, output, learned.0, learned.1], [learned.2])
    }
    let results = try Tensor.evaluate([looped.outputs[0]] + looped.carry)
    guard try results[4].isFinite().all().cast(to: .int32).scalar() == 1 else {
      throw ReservoirError.singular(penalty: rule.lambda, dtype: dtype.rawValue)
    }
    (state, output, readout) = (results[1].expand(at: 0), results[2].expand(at: 0), results[4])
    return results[0]
  }
}
