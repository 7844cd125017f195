/// Running freely.
extension NodeNetwork {
  /// Runs the network freely: what it puts out is fed back, and is its next input where none is given.
  ///
  /// - Parameters:
  ///   - steps: 1 or more.
  ///   - inputs: what drives it, `[steps, inputs]` or `[sequences, steps, inputs]`; nil for what it put out in the step before.
  /// - Returns: `[steps, outputs]`, or `[sequences, steps, outputs]` where several run side by side. Without inputs the first
  ///   value is the one after the last that the network was given, as an input or by a teacher.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if they overflow. The network then stands where it
  ///   stood.
  public mutating func generate(steps: Int, inputs given: Tensor? = nil) throws -> Tensor {
    var network = self
    let call = try network.freeCall(steps: steps, inputs: given)
    let values = try network.perform(call)
    if let step = values.diverged { throw ReservoirError.diverged(step: step) }
    self = network
    return values.tensor
  }

  /// The values that come after a series, which drives the network from rest.
  /// - Parameter series: `[steps, channels]` or `[sequences, steps, channels]`: inputs, or the teacher of a graph without
  ///   ``Input``.
  /// - Throws: as ``generate(steps:inputs:)`` does.
  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    try reset()
    if inputs > 0 {
      _ = try predict(inputs: series)
    } else {
      try run(teacher: series, nodes: [])
    }
    return try generate(steps: steps)
  }
}

extension NodeNetwork {
  /// A free run, which begins where the network stands.
  mutating func freeCall(steps: Int, inputs given: Tensor? = nil) throws -> FreeCall {
    guard (1...100_000_000).contains(steps) else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "in 1...100000000")
    }
    let end = try end
    guard readoutPlaces.allSatisfy(isFitted) else { throw ReservoirError.notFitted }
    var batch: SequenceBatch?
    if let given {
      let own = try SequenceBatch(given, channels: inputs, dtype: dtype, named: "inputs")
      guard own.steps == steps, own.sequences == sequences else {
        throw ReservoirError.shape(
          series: "inputs", found: Array(given.shape), expected: "of \(sequences) sequences and \(steps) steps")
      }
      batch = own
    }
    let isClosed = inputs > 0 && batch == nil
    guard !isClosed || parts[end].width == inputs else {
      throw ReservoirError.openLoop(inputs: inputs, outputs: parts[end].width)
    }
    guard inputs > 0 || parts.contains(where: { $0.isDelay }) else { throw ReservoirError.noFeedback }
    let isForecast = isClosed && self.isForecast
    let rest = isForecast ? steps - 1 : steps
    return FreeCall(
      drive: NetworkDrive(
        sequences: sequences, steps: rest, inputs: batch?.tensor, noises: noises(sequences, rest)),
      start: last ?? .zeros([sequences, parts[end].width], dtype: dtype), isClosed: isClosed, isForecast: isForecast,
      end: end, isBatch: sequences > 1 || batch?.isBatch == true)
  }

  /// - Parameters:
  ///   - start: what comes in first where the network reads its own outputs.
  ///   - end: the place of what it puts out.
  /// - Returns: the outputs `[sequences, steps, width]`, and the states after them.
  func freeSteps(
    _ drive: NetworkDrive, from start: Tensor, isClosed: Bool, _ end: Int
  ) -> (outputs: Tensor, states: [Tensor]) {
    if drive.steps > 0, let run = reservoirSteps(drive, from: start, isClosed: isClosed, end) { return run }
    let looped = loop(drive, carry: [start]) { step, carried, read in
      let run = advance(isClosed ? step.with(inputs: carried[0]) : step, read: read)
      let output = run.sent(end)
      return (run.states, [output], [output])
    }
    return (looped.outputs[0].moveAxis(from: 0, to: 1), looped.states)
  }

  /// The same of one reservoir with one readout, whose output goes back into it, by its own loop; nil for other networks.
  private func reservoirSteps(
    _ drive: NetworkDrive, from start: Tensor, isClosed: Bool, _ end: Int
  ) -> (outputs: Tensor, states: [Tensor])? {
    guard parts.count(where: { $0.unit != nil }) == 1, let place = parts.firstIndex(where: { $0.unit != nil }),
      let unit = parts[place].unit as? ReservoirUnit, let readout = readouts[end], parts[end].reads == [place],
      parts[end].fedBack.isEmpty, parts[end].adds == nil, readoutPlaces == [end],
      parts[place].reads.allSatisfy({ isWhole($0) }), parts[place].reads.count <= 1
    else { return nil }
    let delays = parts.indices.filter { parts[$0].isDelay }
    var (tensors, output) = (unit.weights, start)
    if isClosed {
      guard delays.isEmpty, parts[place].reads.count == 1 else { return nil }
      tensors.feedback = tensors.input
    } else {
      guard delays.count == 1, parts[place].fedBack == delays, parts[delays[0]].reads == [end],
        (drive.inputs != nil) == (parts[place].reads.count == 1)
      else { return nil }
      output = states[delays[0]][0].squeeze(1)
    }
    let run = tensors.outputs(
      drive.steps, fromEach: states[place][0], output: output, readout: readout, inputs: isClosed ? nil : drive.inputs,
      noise: drive.noises[place], keepsStates: false)
    return (run.outputs, isClosed ? [run.state] : [run.state, run.outputs.lastStep.expand(at: 1)])
  }

  /// Whether a part is the whole series that drives the network.
  private func isWhole(_ place: Int) -> Bool {
    if case .input(let channels) = parts[place].role { channels.isEmpty } else { false }
  }
}
