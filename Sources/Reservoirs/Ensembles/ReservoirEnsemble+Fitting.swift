/// Learning readouts, as ``EchoStateNetwork`` does it, of all members at once.
extension ReservoirEnsemble {
  /// Drives the members and computes their readouts by one rule, as ``fit(inputs:teacher:washout:readouts:)`` does.
  /// - Parameters: as ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` has them.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule = CholeskyReadout()
  ) throws -> [ReadoutFit] {
    try fit(inputs: inputs, teacher: teacher, washout: washout, readouts: networks.map { _ in rule })
  }

  /// Drives the members and computes their readouts, each by its own rule.
  ///
  /// ```swift
  /// let (lambdas, network) = ([1e-8, 1e-6, 1e-4], try EchoStateNetwork(Reservoir(units: 50, feedback: true)))
  /// let wave = Tensor((0...400).map { sin(0.2 * Double($0)) }, shape: [401, 1])
  /// var grid = try ReservoirEnsemble(lambdas.map { _ in network })
  /// let fits = try grid.fit(teacher: wave, washout: 100, readouts: lambdas.map { CholeskyReadout(lambda: $0) })
  /// print(fits.map(\.lambda))  // [1e-08, 1e-06, 0.0001]
  /// ```
  /// Members that were drawn alike are driven once. Rules that differ by their penalties alone are part of the program
  /// that drives, if they can be traced; others are computed one by one from the states, and an ``OnlineReadoutRule``,
  /// which runs the network itself, by each member alone.
  /// - Parameters:
  ///   - inputs, teacher, washout: as ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` has them.
  ///   - rules: one for each member.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, readouts rules: [any ReadoutRule]
  ) throws -> [ReadoutFit] {
    guard !rules.contains(where: { $0 is any OnlineReadoutRule }) else {
      return try fitOneByOne(inputs, teacher, washout, rules)
    }
    let own = networks[0]
    let inputs = try own.series(inputs: inputs)
    let teacher = try SequenceBatch(
      teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try RegressionProblem.steps(of: teacher, reservoir, washout: washout)
    // What is driven once for several keeps its states for them.
    let isLong =
      drives.width == 1 && rules.count == count
      && rules.allSatisfy {
        own.takesStretches($0, steps: steps, sequences: teacher.sequences, memory: 1 << 29)
      }
    guard !isLong else {
      return try fitOneByOne(inputs.map { $0.like($0.tensor) }, teacher.like(teacher.tensor), washout, rules)
    }
    let series = try begin(inputs, fedBack: reservoir.feedback ? teacher.slice(0..<steps) : nil)
    guard series.steps == steps, series.sequences == teacher.sequences else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(teacher.tensor.shape), expected: "as many as the inputs")
    }
    let (drives, reservoir) = (drives, reservoir)
    let before = drives.rows(currentReadout)
    let results = try regressed(rules, series, [before]) { states in
      let problem = RegressionProblem(teacher, reservoir.dynamics.observed(states), washout: washout)
      return EnsembleRegression(inputs: problem.inputs, targets: problem.targets) { found, arguments in
        let last = states.slice(steps - 1..<steps, axis: 1).squeeze(1)
        let scores = found.eachReadout { readout in
          let score = problem.score(readout)
          return [score.outputs, score.nrmse]
        }
        return [last]
          + (reservoir.correctsLastOutput ? found : arguments[0])
          .eachReadout { [reservoir.readOut(last, by: $0)] } + scores
      }
    }
    let computed = try Tensor.evaluate(
      [drives.spread(results[2]), drives.spread(rows: results[3])]
        + [results[0], results[1], results[4], results[5]].map(drives.spread(rows:)))
    move(to: computed[0], output: computed[1], readout: computed[2])
    let (lambdas, errors): ([Double], [Double]) = (
      try computed[3].values(), try computed[5].cast(to: .float64).values()
    )
    return networks.indices.map { index in
      ReadoutFit(lambda: lambdas[index], nrmse: errors[index], outputs: teacher.like(computed[4].member(index)))
    }
  }

  private mutating func fitOneByOne(
    _ inputs: Tensor?, _ teacher: Tensor, _ washout: Int, _ rules: [any ReadoutRule]
  ) throws -> [ReadoutFit] {
    guard rules.count == count else { throw ReservoirError.readouts(count: rules.count, networks: count) }
    var (members, fits): ([EchoStateNetwork], [ReadoutFit]) = ([], [])
    for index in networks.indices {
      var member = self[index]
      fits.append(try member.fit(inputs: inputs, teacher: teacher, washout: washout, readout: rules[index]))
      members.append(member)
    }
    try replace(by: members)
    return fits
  }
}

/// A regression of one network's members.
struct EnsembleRegression {
  /// `[rows, columns]`.
  let inputs: Tensor
  /// `[rows, outputs]`.
  let targets: Tensor
  /// More of the readouts that were found, `[width, columns + 1, outputs]`, and of what else the network has.
  let results: (_ found: Tensor, _ arguments: [Tensor]) -> [Tensor]
}

extension ReservoirEnsemble {
  /// Drives the networks and solves a regression with the states of each: in one program if the rules can be traced,
  /// else one by one from the states.
  /// - Parameters:
  ///   - arguments: what else the regressions need, `[networks, …]`.
  ///   - regression: made of a network's states, `[sequences, steps, units]`.
  /// - Returns: the readouts and penalties, `[networks, width, …]`, and what the regressions gave, `[networks, …]`.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` if any has no unique solution.
  mutating func regressed(
    _ rules: [any ReadoutRule], _ series: DrivenSeries, _ arguments: [Tensor],
    _ regression: @escaping (_ states: Tensor) -> EnsembleRegression
  ) throws -> [Tensor] {
    let (drives, dtype) = (drives, reservoir.dtype)
    let rules = try MemberRules(rules, drives)
    let noise = noise(series.steps, sequences: series.sequences, of: drives)
    func states(_ member: ReservoirTensors, _ given: [Tensor]) -> Tensor {
      series.states(of: member, from: given[0], noise: noise == nil ? nil : given[given.count - 1]).all
    }
    let shapes = regression(.zeros([series.sequences, series.steps, reservoir.units], dtype: dtype))
    // In double precision, as the copy of the inputs is that single precision needs.
    let columns = shapes.inputs.shape[1] + 1
    let matrix = columns * columns * DType.float64.byteCount
    let copy = dtype == .float64 ? 0 : shapes.inputs.shape.elementCount * DType.float64.byteCount
    let bytes = bytes(of: series) + copy
    guard let rule = rules.traced(shapes.inputs, shapes.targets) else {
      let drive = programs.program { member, given in [states(member, given)] }
      return try programs.inChunks(
        of: drives, [drives.common(state)] + arguments, noise: noise, bytes: bytes + matrix
      ) { range, own in
        let all = try drive(own)[0].evaluate()
        let others = own.suffix(arguments.count + (noise == nil ? 0 : 1)).prefix(arguments.count)
        let each = try range.map { network in
          let index = network - range.lowerBound
          let equations = regression(try all.member(index).evaluate())
          let found = try rules.weights(of: network, equations.inputs, equations.targets)
          return try Tensor.evaluate(
            [found.weights, found.penalties] + equations.results(found.weights, others.map { $0.member(index) }))
        }
        return try Tensor.evaluate(each[0].indices.map { place in Tensor.stack(each.map { $0[place] }) })
      }
    }
    let results = try programs.each(
      of: drives, [drives.common(state)] + arguments + [rules.penalties], noise: noise,
      bytes: bytes + rule.tracedMatrices * matrix
    ) { member, given in
      let equations = regression(states(member, given))
      let (others, penalties) = (Array(given.dropFirst().prefix(arguments.count)), given[arguments.count + 1])
      let found =
        rule.traced(equations.inputs, equations.targets, penalties: penalties)
        ?? TracedReadouts(weights: equations.inputs, penalties: penalties)
      return [found.weights, found.penalties] + equations.results(found.weights, others)
    }
    let isRegular = results[0].isFinite().all([2, 3]).reshape(to: [-1])
    let checked = try Tensor.evaluate([isRegular, results[1].reshape(to: [-1])])
    if let failed = try checked[0].values(as: Bool.self).firstIndex(of: false) {
      throw ReservoirError.singular(penalty: try checked[1].values()[failed], dtype: dtype.rawValue)
    }
    return results
  }
}
