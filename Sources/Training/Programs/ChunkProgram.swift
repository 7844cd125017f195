/// Several training steps as one compiled loop, with the data set resident and the state's memory reused.
struct ChunkProgram {
  let steps: Int
  private let program: Program
  private let state: TrainingState

  /// - Parameters:
  ///   - state: for its paths and types.
  ///   - order: the type of an epoch's indices, a whole number of batches.
  init(
    _ tracer: StepTracer, state: TrainingState, data: ResidentData, steps: Int, batchSize: Int, isMasked: Bool,
    order: TensorType
  ) throws {
    self.steps = steps
    self.state = state
    let count = state.tree.count
    let scalar = TensorType(.int32, [])
    let types = state.tree.types + [order, scalar, scalar, TensorType(.uint64, [2])]
    program = try Program(types, aliases: Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, $0) })) { arguments in
      let (indices, firstStep, firstBatch) = (arguments[count], arguments[count + 1], arguments[count + 2])
      let key = Key(state: arguments[count + 3])
      let looped = scan(carry: Array(arguments.prefix(count)), over: [Tensor.iota([steps])]) { carry, elements in
        let start = (firstBatch + elements[0]) * Double(batchSize)
        let chosen = indices.rows(from: start, count: batchSize)
        // The order is filled up with -1 where the last batch isn't full.
        let weights = isMasked ? chosen .>= 0 : nil
        let next = tracer(
          TrainingState(tree: state.tree.with(carry)), inputs: data.inputs.take(chosen),
          targets: data.targets.take(chosen), weights: weights, step: firstStep + elements[0], key: key)
        return (next.state.tree.tensors, [next.sums])
      }
      return looped.carry + looped.outputs
    }
  }

  /// Runs the steps. `state`'s memory is taken over.
  /// - Returns: the new state, and a row of sums and counts a step, still being computed.
  func callAsFunction(
    _ state: TrainingState, order: Tensor, firstStep: Int, firstBatch: Int, key: Key
  ) throws -> (state: TrainingState, sums: Tensor) {
    let scalars = [firstStep, firstBatch].map { Tensor([Int32(clamping: $0)], shape: []) }
    let results = try program(state.tree.tensors + [order] + scalars + [key.state])
    return (TrainingState(tree: state.tree.with(results.dropLast())), results[results.count - 1])
  }
}
