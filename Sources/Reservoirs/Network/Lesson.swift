/// What a regression learns from: states and the targets that belong to them.
struct Lesson {
  let given: Series
  let washout: Int
  /// `[sequences·steps, units]` and `[sequences·steps, outputs]`, without the washout.
  let rows: Tensor
  let wanted: Tensor

  /// - Parameter states: `[sequences, steps, units]`.
  init(_ given: Series, _ states: Tensor, washout: Int) {
    (self.given, self.washout) = (given, washout)
    let (steps, units, outputs) = (states.shape[1], states.shape[2], given.tensor.shape[2])
    let targets = given.tensor.slice(given.steps - steps..<given.steps, axis: 1)
    rows = states.slice(washout..<steps, axis: 1).reshape(to: [-1, units])
    wanted = targets.slice(washout..<steps, axis: 1).reshape(to: [-1, outputs])
  }

  /// The steps that a teacher has targets for.
  /// - Throws: ``ReservoirError/washout(steps:length:)`` if the washout leaves none.
  static func steps(of given: Series, _ reservoir: Reservoir, washout: Int) throws(ReservoirError) -> Int {
    let steps = reservoir.feedback ? given.steps - 1 : given.steps
    guard washout >= 0, washout < steps else { throw .washout(steps: washout, length: Swift.max(0, steps)) }
    return steps
  }

  /// A readout's outputs `[sequences, steps, outputs]`, and the root of its mean squared error over the targets'
  /// standard deviation.
  func judged(_ readout: Tensor) -> (outputs: Tensor, nrmse: Tensor) {
    let outputs = rows.readOut(readout)
    let scale = (wanted - wanted.mean([0])).squared().mean()
    return (
      outputs.reshape(to: [given.sequences, -1, wanted.shape[1]]), ((outputs - wanted).squared().mean() / scale).sqrt()
    )
  }
}
