/// Estimates the running statistics of averaged parameters: one pass over the training data in training mode, without
/// gradients or augmentation, in which all batches count equally (PyTorch's `update_bn`).
struct StatisticsProgram {
  private let program: Program

  /// - Parameters:
  ///   - setups: several members run along a leading axis; they may differ only in numbers that aren't used here.
  ///   - state: for its paths and types.
  init(_ setups: Members<Setup>, state: TrainingState, data: ResidentData, plan: FitPlan) throws {
    let setup = setups.first
    let (model, method, precision, batchSize) = (setup.model, setup.method, setup.precision, plan.batchSize)
    let count = state.tree.count
    let batches = data.count / batchSize
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let own = TrainingState(tree: state.tree.with(arguments.prefix(count)))
      let (indices, key) = (arguments[count], Key(state: arguments[count + 1]).derived("statistics"))
      let parameters = own.variables(method).parameters
      let looped = scan(carry: own.modelState.tensors, over: [Tensor.iota([batches])]) { carry, elements in
        let chosen = indices.rows(from: elements[0] * Double(batchSize), count: batchSize)
        let x = method.preprocessing(data.inputs.take(chosen), dtype: precision.computation)
        let variables = ModelVariables(parameters: parameters, state: own.modelState.with(carry))
        let share = 1 / (elements[0].cast(to: .float32) + 1)
        let result = model.apply(
          variables, to: x, isTraining: true, key: key.folding(elements[0]), precision: precision,
          statisticsShare: share, isFrozen: method.isStateFrozen)
        return (result.state.tensors, [])
      }
      return looped.carry
    }
    let order = TensorType(.int32, [plan.stepsPerEpoch * batchSize])
    let types = state.tree.types + [order, TensorType(.uint64, [2])]
    program =
      setups.isSingle
      ? try Program(types, run)
      : try Program(types.map { TensorType($0.dtype, $0.shape.prepending(setups.count)) }, vectorized(run))
  }

  /// The state with the statistics that the averaged parameters are evaluated with.
  func callAsFunction(_ state: TrainingState, order: Tensor, key: Tensor) throws -> TrainingState {
    let statistics = state.averagedState.with(try program(state.tree.tensors + [order, key]))
    return TrainingState(tree: state.tree.merging(statistics.nested(under: TrainingState.averagedStateName)))
  }
}
