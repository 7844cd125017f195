/// An echo state network: a reservoir whose weights are drawn once, and a linear readout that a regression gives
/// (Jaeger 2001, GMD report 148; Jaeger and Haas 2004, https://doi.org/10.1126/science.1091277).
///
/// ```swift
/// var reservoir = Reservoir(units: 1000, feedback: true)
/// reservoir.scaling = .gain(0.6)
/// var network = try EchoStateNetwork(reservoir, draws: .keyed(seed: 0))
/// try network.fit(teacher: signal, washout: 2000, readout: PseudoInverseReadout(lambda: 1e-5))
/// let continued = try network.generate(steps: 5000)
/// ```
/// Series are tensors `[steps, channels]`, or `[sequences, steps, channels]` for several at once. The state is
/// carried from call to call until ``reset(sequences:)``.
///
/// **What belongs to which step.** In a step the network takes the input `u[t]` and what is fed back `z[t]`, and the
/// state after it, `x[t]`, gives the output. Without feedback `fit`'s teacher has a value for each step, the output
/// the target after it. With feedback the output after a step is what the next step feeds back: the teacher has
/// one value more than there are steps; step t feeds back `teacher[t]` and its target is `teacher[t + 1]`.
/// After `fit` on n + 1 values the network stands before the step that feeds back the last of them, as it outputs it
/// itself; the first step of `generate` gives the value after the teacher's last.
public struct EchoStateNetwork: Sendable {
  public let reservoir: Reservoir
  public let weights: ReservoirWeights
  /// `[units + 1, outputs]`, biases last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public private(set) var readout: Tensor?
  /// `[sequences, units]`.
  public private(set) var state: Tensor
  /// What the next step feeds back if it is the network's own output, `[sequences, outputs]`.
  public private(set) var output: Tensor
  let tensors: ReservoirTensors
  private(set) var stream: UniformStream

  /// Draws a network.
  /// - Throws: ``ReservoirError`` for settings out of range, or a spectral radius that can't be had.
  public init(_ reservoir: Reservoir, draws: ReservoirDraws = .keyed(seed: 0)) throws {
    try reservoir.check()
    var stream = UniformStream(draws)
    let weights = try ReservoirWeights(reservoir, from: &stream)
    try self.init(reservoir, weights: weights, stream: stream)
  }

  /// A network of given weights.
  /// - Parameter draws: where the state's noise comes from.
  /// - Throws: ``ReservoirError`` for settings out of range, or weights that don't fit them.
  public init(_ reservoir: Reservoir, weights: ReservoirWeights, draws: ReservoirDraws = .keyed(seed: 0)) throws {
    try reservoir.check()
    try self.init(reservoir, weights: weights, stream: UniformStream(draws))
  }

  init(_ reservoir: Reservoir, weights: ReservoirWeights, stream: UniformStream) throws {
    try weights.check(reservoir)
    (self.reservoir, self.weights, self.stream) = (reservoir, weights, stream)
    tensors = try ReservoirTensors(weights, reservoir)
    state = Tensor.zeros([1, reservoir.units], dtype: reservoir.dtype)
    output = Tensor.zeros([1, reservoir.outputs], dtype: reservoir.dtype)
    try reset()
  }

  /// Puts the state and the output back to zeros.
  /// - Parameter sequences: how many sequences run side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    guard (1...1_000_000).contains(sequences) else {
      throw ReservoirError.setting(name: "sequences", value: "\(sequences)", allowed: "in 1...1000000")
    }
    let zeros = [
      Tensor.zeros([sequences, reservoir.units], dtype: reservoir.dtype),
      .zeros([sequences, reservoir.outputs], dtype: reservoir.dtype),
    ]
    let start = try Tensor.evaluate(zeros)
    (state, output) = (start[0], start[1])
  }

  /// The readout, or the random one that there is before.
  var currentReadout: Tensor {
    if let readout { return readout }
    let (units, outputs) = (reservoir.units, reservoir.outputs)
    let drawn = weights.untrained.isEmpty ? [Double](repeating: 0, count: units * outputs) : weights.untrained
    return Tensor(drawn + [Double](repeating: 0, count: outputs), shape: [units + 1, outputs]).cast(to: reservoir.dtype)
  }

  /// Noise for each sequence and step, or nil if there is none.
  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? {
    reservoir.noise(sequences, steps, from: &stream)
  }

  /// Whether another network has the same settings, weights and random numbers.
  func isDrawn(as other: EchoStateNetwork) -> Bool {
    reservoir == other.reservoir && weights == other.weights && stream == other.stream
  }

  /// Goes on from another state.
  mutating func move(to state: Tensor, output: Tensor) { (self.state, self.output) = (state, output) }

  /// The network elsewhere in its series, with another readout.
  func placed(at state: Tensor, output: Tensor, readout: Tensor?, stream: UniformStream) -> EchoStateNetwork {
    var network = self
    (network.state, network.output, network.readout, network.stream) = (state, output, readout, stream)
    return network
  }
}

/// Other weights.
extension EchoStateNetwork {
  /// The network at rest with other weights, without a readout.
  func withWeights(
    _ recurrent: SparseMatrix, input: [Double], feedback: [Double]? = nil, bias: [Double]
  ) throws -> EchoStateNetwork {
    try EchoStateNetwork(
      reservoir,
      weights: ReservoirWeights(
        recurrent: recurrent, input: input, feedback: feedback ?? weights.feedback, bias: bias,
        untrained: weights.untrained, rotation: weights.rotation),
      stream: stream)
  }

  /// The same with weights that were computed.
  func keeping(_ computed: ReservoirTensors) throws -> EchoStateNetwork {
    func numbers(_ tensor: Tensor) throws -> [Double] { try tensor.cast(to: .float64).values() }
    let recurrent =
      switch computed.recurrent {
      case .sparse(let values, let columns):
        try SparseMatrix(
          values: numbers(values), columns: columns.values(), size: reservoir.units, width: values.shape[1])
      case .dense(let matrix): try SparseMatrix(dense: numbers(matrix.transpose()), size: reservoir.units)
      }
    return try withWeights(
      recurrent, input: numbers(computed.input), feedback: numbers(computed.feedback), bias: numbers(computed.bias))
  }
}

/// Driving the network.
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
  func series(inputs: Tensor?) throws -> SequenceBatch? {
    guard let inputs else {
      if reservoir.inputs > 0 { throw ReservoirError.missingInputs(count: reservoir.inputs) }
      return nil
    }
    return try SequenceBatch(inputs, channels: reservoir.inputs, dtype: reservoir.dtype, named: "inputs")
  }

  func series(teacher: Tensor?) throws -> SequenceBatch? {
    try teacher.map {
      try SequenceBatch($0, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    }
  }

  /// Steps with `fedBack` values, and the output of the last one by the readout there is.
  private mutating func driven(_ inputs: SequenceBatch?, _ fedBack: SequenceBatch?) throws -> Tensor {
    let first = try Self.alike(inputs, fedBack)
    try begin(first.sequences)
    guard first.steps > 0 else { return Tensor.zeros([first.sequences, 0, reservoir.units], dtype: reservoir.dtype) }
    let noise = noise(first.sequences, first.steps)
    let steps = first.steps
    let all = tensors.states(steps, fromEach: state, inputs: inputs?.tensor, teacher: fedBack?.tensor, noise: noise)
    let last = all.slice(steps - 1..<steps, axis: 1).squeeze(1)
    let results = try Tensor.evaluate([all, last, reservoir.readOut(last, by: currentReadout)])
    (state, output) = (results[1], results[2])
    return results[0]
  }

  /// The series that says how many sequences and steps there are.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` if there is none, or they differ.
  static func alike(_ inputs: SequenceBatch?, _ fedBack: SequenceBatch?) throws(ReservoirError) -> SequenceBatch {
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
  mutating func begin(_ sequences: Int) throws {
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

/// Learning the readout.
extension EchoStateNetwork {
  /// Drives the network and computes the readout, in one regression over all steps after the washout.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a network without inputs.
  ///   - teacher: `[steps, outputs]`, or with feedback `[steps + 1, outputs]`; see ``EchoStateNetwork`` for which
  ///     value belongs to which step.
  ///   - washout: steps at the start of each sequence that nothing is learned from.
  ///   - rule: how; a regression, or step by step an ``OnlineReadoutRule``, for one sequence.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule = CholeskyReadout()
  ) throws -> ReadoutFit {
    try fit(inputs: inputs, teacher: teacher, washout: washout, readout: rule, memory: 1 << 29)
  }

  /// As ``fit(inputs:teacher:washout:readout:)``, with so many bytes for states, where that keeps 512 MB.
  ///
  /// A longer series runs through in stretches, of which only sums are kept, and once more for its outputs: by `cholesky`, `ridge`,
  /// `pinv` and `ridgePerOutput`. With noise, which is drawn for all steps at once, and for `pinv` in float32, whose
  /// sums are the states' own, all states are kept.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule, memory: Int
  ) throws -> ReadoutFit {
    if let online = rule as? any OnlineReadoutRule {
      return try fitOnline(inputs, teacher, washout: washout, by: online)
    }
    if let fit = try fitInStretches(inputs, teacher, washout: washout, by: rule, memory: memory) { return fit }
    let problem = try regressionProblem(inputs: inputs, teacher: teacher, washout: washout)
    let found = try rule.weights(problem.inputs, problem.targets)
    readout = found.tensor
    let score = problem.score(found.tensor)
    let results = try Tensor.evaluate([score.outputs, score.nrmse, reservoir.readOut(state, by: found.tensor)])
    if reservoir.correctsLastOutput { output = results[2] }
    return ReadoutFit(lambda: found.lambda, nrmse: try results[1].scalar(), outputs: problem.teacher.like(results[0]))
  }

  /// Drives the network, and gives what is to be learned.
  private mutating func regressionProblem(inputs: Tensor?, teacher: Tensor, washout: Int) throws -> RegressionProblem {
    let inputs = try series(inputs: inputs)
    let teacher = try SequenceBatch(
      teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try RegressionProblem.steps(of: teacher, reservoir, washout: washout)
    let states = try driven(inputs, reservoir.feedback ? teacher.slice(0..<steps) : nil)
    guard states.shape[0] == teacher.sequences, states.shape[1] == steps else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(teacher.tensor.shape),
        expected: "of \(states.shape[0]) sequences and \(states.shape[1] + (reservoir.feedback ? 1 : 0)) steps")
    }
    return RegressionProblem(teacher, reservoir.dynamics.observed(states), washout: washout)
  }

  /// Drives the network through a stretch of a series and adds what a regression needs of it, so that a series of any
  /// length is learned from in the memory of one stretch: ``fit(_:readout:)`` ends it.
  ///
  /// The state is carried on to the next stretch. With feedback a stretch's teacher has one value more than it has
  /// steps, the one that the next stretch begins with.
  /// - Parameters: as ``fit(inputs:teacher:washout:readout:)`` has them; only a first stretch needs a washout.
  /// - Throws: ``ReservoirError``.
  public mutating func accumulate(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, into sums: inout ReadoutSums
  ) throws {
    let problem = try regressionProblem(inputs: inputs, teacher: teacher, washout: washout)
    try sums.add(problem.inputs, problem.targets)
  }

  /// Computes the readout from sums over stretches of a series.
  /// - Returns: the root of the mean squared error over the targets' standard deviation. It is a difference of sums,
  ///   which has lost half of the digits.
  /// - Throws: ``ReservoirError``, ``ReservoirError/washout(steps:length:)`` if nothing was summed.
  @discardableResult
  public mutating func fit(_ sums: ReadoutSums, readout rule: any GramReadoutRule = CholeskyReadout()) throws -> Double
  {
    let found = try sums.solution(by: rule, units: reservoir.units, outputs: reservoir.outputs)
    readout = found.weights.tensor
    let results = try Tensor.evaluate([found.nrmse, reservoir.readOut(state, by: found.weights.tensor)])
    if reservoir.correctsLastOutput { output = results[1] }
    return try results[0].scalar()
  }
}
