/// Running statistics of averaged parameters, estimated anew: one pass over the training data in training mode, without
/// gradients and without augmentation, whose batches count alike (PyTorch's `update_bn`).
struct StatisticsProgram {
  private let program: Program

  /// - Parameters:
  ///   - trainers: one, or several together along a leading axis, alike but for numbers that aren't used here.
  ///   - order: the type of an epoch's indices; those that fill whole batches are used.
  init(_ trainers: [Trainer], data: ResidentData, batchSize: Int, order: TensorType) throws {
    let trainer = trainers[0]
    let (model, method, state, precision) = (trainer.model, trainer.method, trainer.state, trainer.precision)
    let count = state.tree.count
    let batches = data.count / batchSize
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let own = TrainingState(tree: state.tree.with(arguments.prefix(count)))
      let (indices, key) = (arguments[count], Key(state: arguments[count + 1]).derived("statistics"))
      let parameters = own.variables(method.averaging).parameters
      let looped = scan(carry: own.modelState.tensors, over: [Tensor.iota([batches])]) { carry, elements in
        let chosen = indices.rows(from: elements[0] * Double(batchSize), count: batchSize)
        let x = method.preprocessing(data.inputs.take(chosen), dtype: precision.computation)
        let variables = ModelVariables(parameters: parameters, state: own.modelState.with(carry))
        let share = 1 / (elements[0].cast(to: .float32) + 1)
        let result = model.apply(
          variables, to: x, isTraining: true, key: key.folding(elements[0]), precision: precision,
          statisticsShare: share)
        return (result.state.tensors, [])
      }
      return looped.carry
    }
    let types = state.tree.types + [order, TensorType(.uint64, [2])]
    guard trainers.count > 1 else {
      program = try Program(types, run)
      return
    }
    program = try Program(types.map { TensorType($0.dtype, $0.shape.prepending(trainers.count)) }, vectorized(run))
  }

  /// The state with the statistics that evaluation of the averaged parameters takes.
  func callAsFunction(_ state: TrainingState, order: Tensor, key: Tensor) throws -> TrainingState {
    let statistics = state.averagedState.with(try program(state.tree.tensors + [order, key]))
    return TrainingState(tree: state.tree.merging(statistics.nested(under: TrainingState.averagedStateName)))
  }
}
