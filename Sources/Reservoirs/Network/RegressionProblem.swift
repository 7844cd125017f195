/// A regression: states, and the targets that belong to them.
struct RegressionProblem {
  let teacher: SequenceBatch
  /// `[sequences·steps, units]` and `[sequences·steps, outputs]`, without the washout.
  let inputs: Tensor
  let targets: Tensor

  /// - Parameter states: what the readout sees of them, `[sequences, steps, units]`.
  init(_ teacher: SequenceBatch, _ states: Tensor, washout: Int) {
    self.teacher = teacher
    let (steps, units, outputs) = (states.shape[1], states.shape[2], teacher.tensor.shape[2])
    let all = teacher.tensor.slice(teacher.steps - steps..<teacher.steps, axis: 1)
    inputs = states.slice(washout..<steps, axis: 1).reshape(to: [-1, units])
    targets = all.slice(washout..<steps, axis: 1).reshape(to: [-1, outputs])
  }

  /// The steps that a teacher has targets for.
  /// - Throws: ``ReservoirError/washout(steps:length:)`` if the washout leaves none.
  static func steps(of teacher: SequenceBatch, _ reservoir: Reservoir, washout: Int) throws(ReservoirError) -> Int {
    let steps = reservoir.feedback ? teacher.steps - 1 : teacher.steps
    guard washout >= 0, washout < steps else { throw .washout(steps: washout, length: Swift.max(0, steps)) }
    return steps
  }

  /// A readout's outputs `[sequences, steps, outputs]`, and the root of its mean squared error over the targets'
  /// standard deviation.
  func score(_ readout: Tensor) -> (outputs: Tensor, nrmse: Tensor) {
    let outputs = inputs.readOut(readout)
    let scale = (targets - targets.mean([0])).squared().mean()
    return (
      outputs.reshape(to: [teacher.sequences, -1, targets.shape[1]]),
      ((outputs - targets).squared().mean() / scale).sqrt()
    )
  }
}

/// Series as the network computes with them: `[sequences, steps, channels]`.
struct SequenceBatch {
  let tensor: Tensor
  /// Whether it was given with an axis of sequences.
  let isBatch: Bool

  var sequences: Int { tensor.shape[0] }
  var steps: Int { tensor.shape[1] }

  /// - Throws: ``ReservoirError`` for another rank or number of channels, or values that aren't finite.
  init(_ given: Tensor, channels: Int, dtype: DType, named name: String) throws {
    if let diagnostic = given.diagnostic { throw diagnostic }
    let expected = "[steps, \(channels)] or [sequences, steps, \(channels)]"
    guard [2, 3].contains(given.rank), given.shape.last == channels, given.shape[0] > 0 else {
      throw ReservoirError.shape(series: name, found: Array(given.shape), expected: expected)
    }
    isBatch = given.rank == 3
    let batch = isBatch ? given : given.expand(at: 0)
    let results = try Tensor.evaluate([batch.cast(to: dtype), given.cast(to: dtype).isFinite().cast(to: .int32).min()])
    tensor = results[0]
    guard given.shape.elementCount > 0, try results[1].scalar() == 0 else { return }
    let values: [Double] = try batch.cast(to: .float64).values()
    let place = values.firstIndex { !$0.isFinite } ?? 0
    throw ReservoirError.notFinite(
      series: name, step: place / channels % max(1, batch.shape[1]), channel: place % channels, value: values[place])
  }

  private init(_ tensor: Tensor, isBatch: Bool) { (self.tensor, self.isBatch) = (tensor, isBatch) }

  func slice(_ range: Range<Int>) -> SequenceBatch { SequenceBatch(tensor.slice(range, axis: 1), isBatch: isBatch) }

  /// A result of the network with the axes that the series was given with.
  func like(_ tensor: Tensor) -> Tensor { isBatch ? tensor : tensor.squeeze(0) }
}
