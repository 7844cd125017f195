import OrderedCollections

/// Learning the readouts step by step.
extension NodeNetwork {
  /// Goes on learning the readouts step by step while the network runs.
  ///
  /// - Parameters: as ``fit(inputs:teacher:washout:)`` has them; one sequence. The readouts' rules are
  ///   ``RecursiveLeastSquares``, ``FORCE`` or ``LeastMeanSquares``. Their memory begins anew with each call, the readouts go
  ///   on from what they are.
  /// - Returns: what the network put out in each step before it learned from it, `[steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func learn(inputs: Tensor? = nil, teacher: Tensor) throws -> Tensor {
    let targets = try targets(teachers(teacher))
    let end = try end
    guard parts[end].rule != nil else { throw ReservoirError.graph("its last node '\(parts[end].name)' is no readout") }
    var network = self
    let outputs = try network.learned(inputs, targets)
    self = network
    return outputs[end] ?? teacher
  }

  /// Whether readouts learn with what they put out themselves.
  var feedsBackOutputs: Bool {
    readoutPlaces.contains { (parts[$0].rule as? any OnlineReadoutRule).map { type(of: $0).feedsBackOutput } ?? false }
  }

  mutating func fitStepByStep(
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
      let problem = problem(at: place, target, outputs, washout: 0)
      fits[parts[place].name] = try fit(of: problem, at: place, lambda: parts[place].rule?.penalty ?? 0, like: first)
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
