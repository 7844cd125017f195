import Foundation

/// Networks of one size that run side by side, each step of the way in one program: other draws of one reservoir, or
/// reservoirs whose gains, leaks, scales and connectivities differ.
///
/// ```swift
/// var ensemble = try ReservoirEnsemble(reservoir, seeds: 0..<20)
/// let fits = try ensemble.fit(teacher: signal, washout: 2000)
/// let continued = try ensemble.generate(steps: 5000)   // [20, 5000, outputs]
/// ```
/// Series are given as to one network, and all members get the same. What comes back has a leading axis of members.
/// Each member computes what it would alone; ``subscript(_:)`` gives it.
public struct ReservoirEnsemble: Sendable {
  /// The networks as they were made; what they have become is in the subscript.
  private let networks: [EchoStateNetwork]
  /// Their weights along a leading axis, as ``ReservoirTensors`` orders them.
  private let tensors: [Tensor]
  private var streams: [UniformStream]
  /// `[members, units + 1, outputs]`, biases last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public private(set) var readout: Tensor?
  /// `[members, sequences, units]`.
  public private(set) var state: Tensor
  /// What the next step feeds back, `[members, sequences, outputs]`.
  public private(set) var output: Tensor
  /// The bytes of states that one execution of a program may take: where all members' would be more, the program runs
  /// for some members after the others. Memory that is used again is far quicker than new one.
  public var memory = 1 << 28

  /// One reservoir drawn with several seeds.
  /// - Throws: ``ReservoirError``.
  public init(_ reservoir: Reservoir, seeds: some Sequence<Int>) throws {
    try self.init(try seeds.map { try EchoStateNetwork(reservoir, draws: .keyed(seed: UInt64(bitPattern: Int64($0)))) })
  }

  /// Networks that stand at the start of their series, without a readout yet.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` if there are none, or their shapes differ.
  public init(_ networks: [EchoStateNetwork]) throws {
    guard let first = networks.first else { throw ReservoirError.differentMembers("there are none") }
    for network in networks { try Self.check(network.reservoir, like: first.reservoir) }
    let width = networks.map(\.weights.recurrent.width).max()
    let members = try networks.map { try ReservoirTensors($0.weights, $0.reservoir, width: width).all }
    guard Set(members.map(\.count)).count == 1 else {
      throw ReservoirError.differentMembers("some are sparse and some dense: set 'storage'")
    }
    (self.networks, streams) = (networks, networks.map(\.stream))
    tensors = try Tensor.evaluate(members[0].indices.map { place in Tensor.stack(members.map { $0[place] }) })
    (state, output) = (first.state, first.output)
    try reset()
  }

  private static func check(_ own: Reservoir, like other: Reservoir) throws(ReservoirError) {
    let differences: [(String, Bool)] = [
      ("units", own.units != other.units), ("inputs", own.inputs != other.inputs),
      ("outputs", own.outputs != other.outputs),
      ("feedback", own.feedback != other.feedback), ("dtype", own.dtype != other.dtype),
      ("storage", own.storage != other.storage),
      ("correctsLastOutput", own.correctsLastOutput != other.correctsLastOutput),
      ("whether there is noise", (own.noise > 0) != (other.noise > 0)),
    ]
    if let difference = differences.first(where: \.1) {
      throw .differentMembers("'\(difference.0)' isn't the same in all")
    }
  }

  /// How many networks there are.
  public var count: Int { networks.count }

  private var reservoir: Reservoir { networks[0].reservoir }

  /// A member by itself, as it stands now.
  public subscript(index: Int) -> EchoStateNetwork {
    networks[index].placed(
      at: state[index], output: output[index], readout: readout?[index], stream: streams[index])
  }

  /// Puts all states and outputs back to zeros.
  /// - Parameter sequences: how many sequences each member runs side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    var member = networks[0]
    try member.reset(sequences: sequences)
    let zeros = [member.state, member.output].map { $0.expand(at: 0).broadcast(to: Shape([count] + $0.shape)) }
    let start = try Tensor.evaluate(zeros)
    (state, output) = (start[0], start[1])
  }

  /// The members' noise for so many steps, or nil if there is none.
  private mutating func noise(_ steps: Int, sequences: Int) -> Tensor? {
    var parts: [Tensor] = []
    for index in networks.indices {
      if let part = networks[index].reservoir.noise(sequences, steps, from: &streams[index]) { parts.append(part) }
    }
    return parts.isEmpty ? nil : Tensor.stack(parts)
  }

  /// `body` for each member: of its weights, and its share of `arguments`, which have a leading axis of members.
  /// - Parameter steps: the states of so many steps go through memory; 0 where none are kept.
  private func each(
    _ arguments: [Tensor], steps: Int, _ body: @escaping (ReservoirTensors, [Tensor]) -> [Tensor]
  ) throws -> [Tensor] {
    let (parts, prototype) = (tensors.count, networks[0].tensors)
    let run = vectorized { (all: [Tensor]) in
      body(prototype.with(Array(all.prefix(parts))), Array(all.dropFirst(parts)))
    }
    let bytes = Swift.max(1, steps * state.shape[1] * reservoir.units * 8)
    let size = EnsembleChunks.size(
      of: count, atMost: Swift.max(1, memory / bytes), threads: ProcessInfo.processInfo.activeProcessorCount)
    guard size < count else { return try Tensor.evaluate(run(tensors + arguments)) }
    var results: [[Tensor]] = []
    for first in stride(from: 0, to: count, by: size) {
      let range = first..<Swift.min(count, first + size)
      let own = try Tensor.evaluate((tensors + arguments).map { $0.slice(range) })
      // As arguments of the program, and not a part of it.
      results.append(try Tensor.evaluate(run(own)))
    }
    return try Tensor.evaluate(results[0].indices.map { place in Tensor.concatenate(results.map { $0[place] }) })
  }
}

/// The verbs of ``EchoStateNetwork``, for all members at once.
extension ReservoirEnsemble {
  /// - Parameters: as ``EchoStateNetwork/drive(inputs:teacher:)`` has them.
  /// - Returns: the states after each step, `[members, steps, units]` or `[members, sequences, steps, units]`.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func drive(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    try driven(inputs, teacher) { states, _ in states }
  }

  /// The outputs while the members are driven. Their states aren't kept.
  /// - Parameters: as ``drive(inputs:teacher:)`` has them.
  /// - Returns: `[members, steps, outputs]` or `[members, sequences, steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    guard readout != nil else { throw ReservoirError.notFitted }
    return try driven(inputs, teacher) { states, readout in
      let outputs = states.reshape(to: [-1, states.shape[2]]).readOut(readout)
      return outputs.reshape(to: [states.shape[0], states.shape[1], -1])
    }
  }

  /// - Parameter kept: what is kept of a member's states, `[sequences, steps, units]`, given its readout.
  private mutating func driven(
    _ inputs: Tensor?, _ teacher: Tensor?, _ kept: @escaping (Tensor, Tensor) -> Tensor
  ) throws -> Tensor {
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
      return [kept(states, arguments[1]), last, last.readOut(arguments[1])]
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
    let teacher = try SequenceBatch(
      teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try RegressionProblem.steps(of: teacher, reservoir, washout: washout)
    let fedBack = reservoir.feedback ? teacher.slice(0..<steps) : nil
    guard try begin(inputs, fedBack) == steps, state.shape[1] == teacher.sequences else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(teacher.tensor.shape), expected: "as many as the inputs")
    }
    let noise = noise(steps, sequences: state.shape[1])
    let fixes = reservoir.correctsLastOutput
    let results = try each([state, currentReadout] + [noise].compactMap(\.self), steps: steps) { member, arguments in
      let states = member.states(
        steps, fromEach: arguments[0], inputs: inputs?.tensor, teacher: fedBack?.tensor,
        noise: noise == nil ? nil : arguments[2])
      let problem = RegressionProblem(teacher, states, washout: washout)
      let found = rule.traced(problem.inputs, problem.targets) ?? arguments[1]
      let score = problem.score(found)
      let last = states.slice(steps - 1..<steps, axis: 1).squeeze(1)
      return [found, last, last.readOut(fixes ? found : arguments[1]), score.outputs, score.nrmse]
    }
    guard try results[0].isFinite().all().values(as: Bool.self) == [true] else {
      throw ReservoirError.singular(penalty: rule.penalty, dtype: reservoir.dtype.rawValue)
    }
    (readout, state, output) = (results[0], results[1], results[2])
    let errors: [Double] = try results[4].cast(to: .float64).values()
    return errors.enumerated().map { index, error in
      ReadoutFit(lambda: rule.penalty, nrmse: error, outputs: teacher.like(results[3][index]))
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
    let state = try SequenceBatch(batch, channels: reservoir.units, dtype: reservoir.dtype, named: "initial states")
      .tensor
    let outputs = vectorized { (member: [Tensor]) in [member[0].readOut(member[1])] }([state, currentReadout])
    let results = try Tensor.evaluate([state, outputs[0]])
    return (results[0], results[1])
  }

  /// The readouts, or the random ones that there are before.
  private var currentReadout: Tensor { readout ?? Tensor.stack(networks.map(\.currentReadout)) }

  /// Checks that inputs, values fed back and states fit each other.
  /// - Returns: the steps.
  private mutating func begin(_ inputs: SequenceBatch?, _ fedBack: SequenceBatch?) throws -> Int {
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
    streams = members.map(\.stream)
    let stacked = try Tensor.evaluate([
      Tensor.stack(members.map(\.currentReadout)), Tensor.stack(members.map(\.state)),
      Tensor.stack(members.map(\.output)),
    ])
    (readout, state, output) = (stacked[0], stacked[1], stacked[2])
    return fits
  }
}

/// How an ensemble is divided into chunks, of which a program runs one at a time.
enum EnsembleChunks {
  /// The members of each chunk but the last, which has the rest.
  ///
  /// A thread takes a member at a time, so an execution takes as long as its members divided by threads, rounded up. Of
  /// the sizes that are quickest in all the one with the fewest programs is best, then that with the fewest executions.
  /// - Parameter limit: the most members that fit into memory, 1 or more.
  static func size(of count: Int, atMost limit: Int, threads: Int) -> Int {
    func rounds(_ members: Int) -> Int { (members + threads - 1) / threads }
    func cost(_ size: Int) -> (Int, Int, Int) {
      let (chunks, rest) = (count / size, count % size)
      return (chunks * rounds(size) + rounds(rest), rest > 0 ? 2 : 1, chunks)
    }
    return (1...max(1, min(count, limit))).min { cost($0) < cost($1) } ?? 1
  }
}
