/// A training step of trainers whose methods may differ by numbers: what differs is an argument.
struct UnifiedStep {
  /// A number that isn't the same in all methods: scalars, one a method. None for a single method.
  let settings: [[Tensor]]
  private let tracers: [StepTracer]
  private let tree: TensorTree

  /// - Parameter tracers: one a method.
  /// - Throws: ``TrainingError/differentMethods`` if the methods differ by more than numbers.
  init(
    _ tracers: [StepTracer], state: TrainingState, data: ResidentData, batchSize: Int, isMasked: Bool
  ) throws(TrainingError) {
    (self.tracers, tree) = (tracers, state.tree)
    guard tracers.count > 1 else {
      settings = []
      return
    }
    func batch(_ array: Tensor) -> Tensor {
      .zeros(Shape([batchSize] + array.shape.dropFirst()), dtype: array.dtype)
    }
    let unification = Self.unification(
      tracers, state.tree, inputs: batch(data.inputs), targets: batch(data.targets),
      weights: isMasked ? .zeros([batchSize], dtype: .bool) : nil, step: .zeros([], dtype: .int32), key: Key(seed: 0))
    guard let unification else { throw .differentMethods }
    settings = unification.constants.map { $0.map { Tensor($0) } }
  }

  /// - Parameters:
  ///   - state: the tensors of the trainers' state.
  ///   - settings: one value for each of ``settings``.
  func callAsFunction(
    _ state: [Tensor], inputs: Tensor, targets: Tensor, weights: Tensor?, step: Tensor, key: Key, settings: [Tensor]
  ) -> (state: [Tensor], sums: Tensor) {
    let own = tree.with(state)
    guard tracers.count > 1 else {
      let next = tracers[0](
        TrainingState(tree: own), inputs: inputs, targets: targets, weights: weights, step: step, key: key)
      return (next.state.tree.tensors, next.sums)
    }
    let unification = Self.unification(
      tracers, own, inputs: inputs, targets: targets, weights: weights, step: step, key: key)
    let results = unification?(settings) ?? []
    return (results.dropLast(), results.last ?? step)
  }

  private static func unification(
    _ tracers: [StepTracer], _ tree: TensorTree, inputs: Tensor, targets: Tensor, weights: Tensor?, step: Tensor,
    key: Key
  ) -> Unification? {
    Unification(
      tracers.map {
        let next = $0(
          TrainingState(tree: tree), inputs: inputs, targets: targets, weights: weights, step: step, key: key)
        return next.state.tree.tensors + [next.sums]
      })
  }
}
