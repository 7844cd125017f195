/// A stretch of series that members are driven through.
struct DrivenSeries {
  let steps: Int
  let sequences: Int
  let inputs: Tensor?
  let fedBack: Tensor?
  /// Whether the series were given with an axis of sequences.
  let isBatch: Bool

  /// A network's states `[sequences, steps, units]`, and the last of them.
  func states(of member: ReservoirTensors, from state: Tensor, noise: Tensor?) -> (all: Tensor, last: Tensor) {
    let all = member.states(steps, fromEach: state, inputs: inputs, teacher: fedBack, noise: noise)
    return (all, all.slice(steps - 1..<steps, axis: 1).squeeze(1))
  }
}

/// Driving, as ``EchoStateNetwork`` does it, for all members at once.
extension ReservoirEnsemble {
  /// - Parameters: as ``EchoStateNetwork/drive(inputs:teacher:)`` has them.
  /// - Returns: the states after each step, `[members, steps, units]` or `[members, sequences, steps, units]`.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func drive(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    let series = try begin(inputs, teacher)
    let (drives, reservoir) = (drives, reservoir)
    let results = try driven(series, drives) { last, _, readout in
      [reservoir.readOut(last, by: readout)]
    } common: {
      [$0]
    }
    return shaped(drives.spread(results[2]), series)
  }

  /// As ``drive(inputs:teacher:)``, for where the members then stand: their states on the way aren't kept.
  public mutating func advance(inputs: Tensor? = nil, teacher: Tensor? = nil) throws {
    let series = try begin(inputs, teacher)
    let reservoir = reservoir
    _ = try driven(series, drives) { last, _, readout in [reservoir.readOut(last, by: readout)] }
  }

  /// The outputs while the members are driven. Their states aren't kept.
  /// - Parameters: as ``drive(inputs:teacher:)`` has them.
  /// - Returns: `[members, steps, outputs]` or `[members, sequences, steps, outputs]`.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor? = nil, teacher: Tensor? = nil) throws -> Tensor {
    guard readout != nil else { throw ReservoirError.notFitted }
    let series = try begin(inputs, teacher)
    let (drives, reservoir) = (drives, reservoir)
    let results = try driven(series, drives) { last, states, readout in
      let outputs = reservoir.readOut(states.reshape(to: [-1, states.shape[2]]), by: readout)
      return [reservoir.readOut(last, by: readout), outputs.reshape(to: [states.shape[0], states.shape[1], -1])]
    }
    return shaped(drives.spread(rows: results[2]), series)
  }

  /// As ``begin(_:fedBack:)``, of series as they are given.
  mutating func begin(_ inputs: Tensor?, _ teacher: Tensor?) throws -> DrivenSeries {
    let own = networks[0]
    let (inputs, teacher) = (try own.series(inputs: inputs), try own.series(teacher: teacher))
    if teacher == nil, reservoir.feedback { throw ReservoirError.missingTeacher }
    if teacher != nil, !reservoir.feedback { throw ReservoirError.unusedTeacher }
    return try begin(inputs, fedBack: teacher)
  }

  /// The series that members are to be driven through. States that haven't moved take any number of sequences.
  /// - Throws: ``ReservoirError`` if inputs, values fed back and states don't fit each other.
  mutating func begin(_ inputs: SequenceBatch?, fedBack: SequenceBatch?) throws -> DrivenSeries {
    let first = try EchoStateNetwork.alike(inputs, fedBack)
    if state.shape[1] != first.sequences {
      try EchoStateNetwork.requireRest(state, of: state.shape[1], for: first.sequences)
      try reset(sequences: first.sequences)
    }
    guard first.steps > 0 else { throw ReservoirError.washout(steps: 0, length: 0) }
    return DrivenSeries(
      steps: first.steps, sequences: first.sequences, inputs: inputs?.tensor, fedBack: fedBack?.tensor,
      isBatch: first.isBatch)
  }

  /// The bytes of the states that a network passes through.
  func bytes(of series: DrivenSeries) -> Int {
    series.steps * series.sequences * reservoir.units * reservoir.dtype.byteCount
  }

  private func shaped(_ results: Tensor, _ series: DrivenSeries) -> Tensor {
    series.isBatch ? results : results.squeeze(1)
  }

  /// Drives the members and puts them where they then stand.
  /// - Parameters:
  ///   - outputs: the output after the last step, and more of each readout, of the last state and all states.
  ///   - common: more of all states, which doesn't depend on the readout.
  /// - Returns: the last states `[networks, …]`, what `outputs` gave `[networks, width, …]`, and what `common` did.
  mutating func driven(
    _ series: DrivenSeries, _ drives: SharedDrives,
    outputs: @escaping (_ last: Tensor, _ states: Tensor, _ readout: Tensor) -> [Tensor],
    common: @escaping (_ states: Tensor) -> [Tensor] = { _ in [] }
  ) throws -> [Tensor] {
    let noise = noise(series.steps, sequences: series.sequences, of: drives)
    let results = try programs.each(
      of: drives, [drives.common(state), drives.rows(currentReadout)], noise: noise, bytes: bytes(of: series)
    ) { member, arguments in
      let states = series.states(of: member, from: arguments[0], noise: noise == nil ? nil : arguments[2])
      return [states.last] + arguments[1].eachReadout { outputs(states.last, states.all, $0) } + common(states.all)
    }
    let last = try Tensor.evaluate([drives.spread(results[0]), drives.spread(rows: results[1])])
    move(to: last[0], output: last[1])
    return results
  }
}
