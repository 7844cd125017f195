/// Several training steps as one compiled loop, with the data set resident and the state's memory reused.
struct ChunkProgram {
  let steps: Int
  private let program: Program
  private let state: TrainingState
  /// Settings in which the members' methods differ, a value a member.
  private let settings: [Tensor]

  /// - Parameters:
  ///   - tracers: one a trainer. Several run together, along a leading axis of state, order, key and sums.
  ///   - state: for its paths and types.
  ///   - order: the type of an epoch's indices, a whole number of batches.
  init(
    _ tracers: [StepTracer], state: TrainingState, data: ResidentData, steps: Int, batchSize: Int, isMasked: Bool,
    order: TensorType
  ) throws {
    let members = tracers.count > 1 ? tracers.count : nil
    self.steps = steps
    self.state = state
    let count = state.tree.count
    let unified = try UnifiedStep(tracers, state: state, data: data, batchSize: batchSize, isMasked: isMasked)
    settings = try unified.settings.map { try Tensor.stack($0).evaluate() }
    let scalar = TensorType(.int32, [])
    let member = state.tree.types + [order, TensorType(.uint64, [2])] + unified.settings.map { $0[0].type }
    let types =
      (members.map { size in member.map { TensorType($0.dtype, $0.shape.prepending(size)) } } ?? member)
      + [scalar, scalar]
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let (indices, key) = (arguments[count], Key(state: arguments[count + 1]))
      let own = Array(arguments[(count + 2)..<member.count])
      let (firstStep, firstBatch) = (arguments[member.count], arguments[member.count + 1])
      let looped = scan(carry: Array(arguments.prefix(count)), over: [Tensor.iota([steps])]) { carry, elements in
        let start = (firstBatch + elements[0]) * Double(batchSize)
        let chosen = indices.rows(from: start, count: batchSize)
        // The order is filled up with -1 where the last batch isn't full.
        let weights = isMasked ? chosen .>= 0 : nil
        let next = unified(
          carry, inputs: data.inputs.take(chosen), targets: data.targets.take(chosen), weights: weights,
          step: firstStep + elements[0], key: key, settings: own)
        return (next.state, [next.sums])
      }
      return looped.carry + looped.outputs
    }
    let axes = member.map { _ in members == nil ? nil : 0 } + [nil, nil]
    let body = members == nil ? run : vectorized(over: axes, run)
    program = try Program(types, aliases: Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, $0) }), body)
  }

  /// Runs the steps. `state`'s memory is taken over.
  /// - Returns: the new state, and a row of sums and counts a step, still being computed.
  func callAsFunction(
    _ state: TrainingState, order: Tensor, firstStep: Int, firstBatch: Int, key: Tensor
  ) throws -> (state: TrainingState, sums: Tensor) {
    let scalars = [firstStep, firstBatch].map { Tensor([Int32(clamping: $0)], shape: []) }
    let results = try program(state.tree.tensors + [order, key] + settings + scalars)
    return (TrainingState(tree: state.tree.with(results.dropLast())), results[results.count - 1])
  }
}

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
