/// Learning from series whose states are too many to be kept.
extension EchoStateNetwork {
  /// Whether a rule learns from sums over stretches what it would from all states, which take more than so many bytes.
  func takesStretches(_ rule: any ReadoutRule, steps: Int, sequences: Int, memory: Int) -> Bool {
    let isRounded = rule is PseudoInverseReadout && reservoir.dtype == .float32
    return rule.ruleOfSums != nil && reservoir.noise == 0 && !isRounded
      && steps * sequences * reservoir.units * reservoir.dtype.byteCount > memory
  }

  /// As ``fit(inputs:teacher:washout:readout:memory:)``, by the ``NodeNetwork`` that this one equals.
  /// - Returns: nil where the states can be kept, or have to be.
  mutating func fitInStretches(
    _ inputs: Tensor?, _ teacher: Tensor, washout: Int, by rule: any ReadoutRule, memory: Int
  ) throws -> ReadoutFit? {
    let given = try SequenceBatch(
      teacher, channels: reservoir.outputs, dtype: reservoir.dtype, named: "teacher's values")
    let steps = try RegressionProblem.steps(of: given, reservoir, washout: washout)
    guard takesStretches(rule, steps: steps, sequences: given.sequences, memory: memory) else { return nil }
    var start = self
    try start.begin(given.sequences)
    // The first step feeds back the teacher's first value.
    let first = given.tensor.slice(0..<1, axis: 1).squeeze(1)
    start.move(to: start.state, output: reservoir.feedback ? try first.evaluate() : start.output)
    var nodes = try NodeNetwork(start)
    try nodes.replaceReadout(by: rule)
    let targets = given.slice(given.steps - steps..<given.steps)
    do {
      let fits = try nodes.fit(
        inputs: inputs, teacher: targets.like(targets.tensor), washout: washout, memory: memory)
      guard let fit = fits.values.first else { return nil }
      self = try placed(as: nodes)
      return fit
    } catch ReservoirError.singular where !(rule is any GramReadoutRule) {
      // The states themselves may be regular where their products aren't.
      return nil
    }
  }

  /// The network with the readout and the state of the nodes that it equals.
  private func placed(as nodes: NodeNetwork) throws -> EchoStateNetwork {
    guard let found = nodes.readouts[try nodes.end],
      let state = nodes.parts.indices.first(where: { nodes.parts[$0].unit != nil }).map({ nodes.states[$0][0] })
    else { throw ReservoirError.notFitted }
    let output = reservoir.readOut(state, by: reservoir.correctsLastOutput ? found : currentReadout)
    return placed(at: state, output: try output.evaluate(), readout: found, stream: stream)
  }
}
