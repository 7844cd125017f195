import OrderedCollections

/// Learning the readouts.
extension NodeNetwork {
  /// Runs over a series and computes each readout, in one regression over all steps after the washout.
  ///
  /// - Parameters:
  ///   - inputs: `[steps, inputs]` or `[sequences, steps, inputs]`; nil for a graph without ``Input``.
  ///   - teacher: the target after each step, `[steps, outputs]` or `[sequences, steps, outputs]`, of all readouts.
  ///   - washout: steps at the start of each sequence that nothing is learned from; at rest at least those in which delayed
  ///     values are missing.
  /// - Returns: what each readout learned, by its node's name.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    try fit(
      inputs: inputs, teachers: Dictionary(uniqueKeysWithValues: readoutNames.map { ($0, teacher) }), washout: washout)
  }

  /// As ``fit(inputs:teacher:washout:)``, with targets for each readout by its node's name.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teachers: [String: Tensor], washout: Int = 0
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    let targets = try targets(teachers)
    var network = self
    let fits =
      try feedsBackOutputs
      ? network.fitStepByStep(inputs, targets, washout: washout) : network.fitAtOnce(inputs, targets, washout: washout)
    self = network
    return fits
  }

  /// Goes on learning the readouts step by step while the network runs.
  ///
  /// - Parameters: as ``fit(inputs:teacher:washout:)`` has them; one sequence. The readouts' rules are
  ///   ``RecursiveLeastSquares``, ``FORCE`` or ``LeastMeanSquares``. Their memory begins anew with each call, the readouts go
  ///   on from what they are.
  /// - Returns: what the network put out in each step before it learned from it, `[steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func learn(inputs: Tensor? = nil, teacher: Tensor) throws -> Tensor {
    let targets = try targets(Dictionary(uniqueKeysWithValues: readoutNames.map { ($0, teacher) }))
    let end = try end
    guard parts[end].rule != nil else { throw ReservoirError.graph("its last node '\(parts[end].name)' is no readout") }
    var network = self
    let outputs = try network.learned(inputs, targets)
    self = network
    return outputs[end] ?? teacher
  }

  private var readoutNames: [String] { readoutPlaces.map { parts[$0].name } }

  /// Whether readouts learn with what they put out themselves.
  private var feedsBackOutputs: Bool {
    readoutPlaces.contains { (parts[$0].rule as? any OnlineReadoutRule).map { type(of: $0).feedsBackOutput } ?? false }
  }

  private func targets(_ teachers: [String: Tensor]) throws -> [Int: SequenceBatch] {
    guard !readoutPlaces.isEmpty else {
      throw ReservoirError.graph("it has no readout to fit: end it with one, '>>> RidgeRegression()'")
    }
    if let other = teachers.keys.sorted().first(where: { !readoutNames.contains($0) }) {
      throw ReservoirError.graph("it has no readout '\(other)', but \(readoutNames.joined(separator: ", "))")
    }
    return try Dictionary(
      uniqueKeysWithValues: readoutPlaces.map { place in
        guard let teacher = teachers[parts[place].name] else {
          throw ReservoirError.graph("there is no teacher for its readout '\(parts[place].name)'")
        }
        return (place, try targets(teacher, of: place))
      })
  }

  /// - Returns: the steps that nothing is learned from.
  private func checked(washout: Int, of steps: Int) throws(ReservoirError) -> Int {
    let missing = isAtRest ? parts.compactMap { $0.unit?.firstStep }.max() ?? 0 : 0
    guard washout >= 0, max(washout, missing) < steps else {
      throw .washout(steps: max(washout, missing), length: steps)
    }
    return max(washout, missing)
  }

  private mutating func fitAtOnce(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    let washout = try checked(washout: washout, of: targets.values.first?.steps ?? 0)
    let (drive, first) = try drive(inputs, forced: targets)
    let wanted = Set(readoutPlaces.flatMap { parts[$0].sources }).sorted()
    let run = run(drive, wanted: wanted)
    let computed = try Tensor.evaluate(run.outputs + run.states)
    let outputs = Dictionary(uniqueKeysWithValues: zip(wanted, computed))
    var fits: OrderedDictionary<String, ReadoutFit> = [:]
    for place in readoutPlaces {
      guard let rule = parts[place].rule, let target = targets[place] else { continue }
      let problem = NodeProblem(
        read: joined(place) { outputs[$0] ?? target.tensor }, base: parts[place].adds.flatMap { outputs[$0] },
        target: target.tensor, patches: parts[place].patches, washout: washout)
      let rows = try Tensor.evaluate([problem.rows, problem.targets])
      let found = try rule.weights(rows[0], rows[1])
      readouts[place] = found.tensor
      fits[parts[place].name] = try fit(problem, at: place, lambda: found.lambda, like: first)
    }
    moved(to: Array(computed.dropFirst(wanted.count)), last: lastTarget(targets))
    return fits
  }

  private func fit(
    _ problem: NodeProblem, at place: Int, lambda: Double, like first: SequenceBatch
  ) throws -> ReadoutFit {
    let outputs = readOut(place, problem.read, base: problem.base)
    let errors = (outputs - problem.target).squared().mean()
    let scale = (problem.target - problem.target.mean([0, 1])).squared().mean()
    let results = try Tensor.evaluate([outputs, (errors / scale).sqrt().cast(to: .float64)])
    return ReadoutFit(lambda: lambda, nrmse: try results[1].scalar(), outputs: first.like(results[0]))
  }

  /// What stands for the network's last output after it was given a teacher.
  private func lastTarget(_ targets: [Int: SequenceBatch]) -> Tensor? {
    graph.ends.count == 1 ? targets[graph.ends[0]].flatMap { try? $0.tensor.lastStep.evaluate() } : nil
  }

  private mutating func fitStepByStep(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    let steps = targets.values.first?.steps ?? 0
    let washout = try checked(washout: washout, of: steps)
    func part(_ series: Tensor, _ range: Range<Int>) -> Tensor { series.slice(range, axis: series.rank - 2) }
    if washout > 0 {
      let (drive, _) = try drive(
        inputs.map { part($0, 0..<washout) }, forced: targets.mapValues { $0.slice(0..<washout) })
      let run = run(drive, wanted: [])
      moved(to: try Tensor.evaluate(run.states), last: nil)
    }
    let rest = targets.mapValues { $0.slice(washout..<steps) }
    for place in readoutPlaces { readouts[place] = nil }
    let before = self
    _ = try learned(inputs.map { part($0, washout..<steps) }, rest)
    // The states that it went through, and what its readouts make of them now.
    var again = before
    again.readouts = readouts
    var fits: OrderedDictionary<String, ReadoutFit> = [:]
    let (drive, first) = try again.drive(inputs.map { part($0, washout..<steps) }, forced: rest)
    let wanted = Set(readoutPlaces.flatMap { parts[$0].sources }).sorted()
    let computed = try Tensor.evaluate(again.run(drive, wanted: wanted).outputs)
    let outputs = Dictionary(uniqueKeysWithValues: zip(wanted, computed))
    for place in readoutPlaces {
      guard let target = rest[place] else { continue }
      let problem = NodeProblem(
        read: joined(place) { outputs[$0] ?? target.tensor }, base: parts[place].adds.flatMap { outputs[$0] },
        target: target.tensor, patches: 1, washout: 0)
      fits[parts[place].name] = try fit(problem, at: place, lambda: parts[place].rule?.penalty ?? 0, like: first)
    }
    return fits
  }

  /// Learns from each step.
  /// - Returns: what the readouts put out before, `[steps, outputs]`.
  private mutating func learned(_ inputs: Tensor?, _ targets: [Int: SequenceBatch]) throws -> [Int: Tensor] {
    let places = readoutPlaces
    var rules: [any OnlineReadoutRule] = []
    for place in places {
      guard let rule = parts[place].rule as? any OnlineReadoutRule, parts[place].patches == 1 else {
        throw ReservoirError.graph(
          "its readout '\(parts[place].name)' doesn't learn step by step: take recursiveLeastSquares, force or leastMeanSquares, "
            + "without patches")
      }
      try rule.check()
      rules.append(rule)
    }
    guard targets.values.allSatisfy({ $0.sequences == 1 }) else {
      throw ReservoirError.shape(
        series: "teacher's values", found: targets.values.first.map { Array($0.tensor.shape) } ?? [],
        expected: "one sequence")
    }
    var (drive, _) = try drive(inputs, forced: targets)
    let given = places.compactMap { targets[$0]?.tensor }
    // What sends its own output isn't forced, but its targets run along.
    for (place, rule) in zip(places, rules) where type(of: rule).feedsBackOutput {
      drive.forced[place] = nil
    }
    let columns = places.map { numbersRead(by: $0) + 1 }
    let carry = places.indices.flatMap { index in
      [
        rules[index].memory(columns: columns[index], dtype: dtype),
        readouts[places[index]] ?? .zeros([columns[index], parts[places[index]].width], dtype: dtype),
      ]
    }
    drive.targets = given
    let looped = loop(drive, carry: carry) { step, carried, _ in
      var (next, before) = (carried, [Tensor](repeating: carried[0], count: places.count))
      let run = advance(step) { place, read, base in
        guard let index = places.firstIndex(of: place) else { return read }
        let row = Tensor.concatenate([read.squeeze(0), .ones([1], dtype: dtype)])
        let target = step.targets[index].squeeze(0)
        let learned = rules[index].step(
          memory: carried[2 * index], readout: carried[2 * index + 1], state: row,
          target: base.map { target - $0.squeeze(0) } ?? target)
        (next[2 * index], next[2 * index + 1]) = (learned.memory, learned.readout)
        before[index] = base.map { learned.output + $0.squeeze(0) } ?? learned.output
        let output = row.expand(at: 0).matmul(learned.readout)
        return base.map { output + $0 } ?? output
      }
      return (run.states, next, before)
    }
    let found = places.indices.map { looped.carry[2 * $0 + 1] }
    let isFinite = Tensor.stack(found.map { $0.isFinite().cast(to: .int32).min() }).min()
    let computed = try Tensor.evaluate([isFinite] + looped.outputs + found + looped.states)
    guard try computed[0].scalar() == 1 else {
      throw ReservoirError.singular(penalty: rules[0].penalty, dtype: dtype.rawValue)
    }
    let count = places.count
    for (index, place) in places.enumerated() { readouts[place] = computed[1 + count + index] }
    moved(to: Array(computed.dropFirst(1 + 2 * count)), last: lastTarget(targets))
    return Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, computed[1 + $0]) })
  }
}

/// What a readout is to learn from a series.
private struct NodeProblem {
  /// `[sequences, steps, numbers]`, without the washout.
  let read: Tensor
  /// What it is added to, and what shall come out, `[sequences, steps, outputs]`.
  let base: Tensor?
  let target: Tensor
  /// The regression: a row for each step, and each patch.
  let rows: Tensor
  let targets: Tensor

  init(read: Tensor, base: Tensor?, target: Tensor, patches: Int, washout: Int) {
    func rest(_ tensor: Tensor) -> Tensor { tensor.slice(washout..<tensor.shape[1], axis: 1) }
    (self.read, self.base, self.target) = (rest(read), base.map(rest), rest(target))
    rows = self.read.reshape(to: [-1, read.shape[2] / patches])
    let wanted = self.base.map { [target = self.target] in target - $0 } ?? self.target
    targets = wanted.reshape(to: [-1, target.shape[2] / patches])
  }
}
