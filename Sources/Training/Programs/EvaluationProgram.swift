/// Loss and metrics over a data set, batch after batch in one compiled loop.
struct EvaluationProgram {
  private let program: Program

  /// - Parameters:
  ///   - trainers: one, or several evaluated together, along a leading axis of state and rows.
  ///   - data: checked; it has examples.
  /// - Throws: ``TrainingError/differentMethods`` if they aren't evaluated alike.
  ///   - plan: what schedules depend on.
  init(_ trainers: [Trainer], data: ResidentData, batchSize: Int, plan: DataPlan) throws {
    let types = trainers[0].state.tree.types + [TensorType(.int32, [])]
    let evaluations = trainers.map { Self.evaluation($0, data, batchSize: batchSize, plan) }
    guard trainers.count > 1 else {
      program = try Program(types, evaluations[0])
      return
    }
    let placeholders = types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
    guard let same = Unification(evaluations.map { $0(placeholders) }), same.constants.isEmpty else {
      throw TrainingError.differentMethods
    }
    let members = types.dropLast().map { TensorType($0.dtype, $0.shape.prepending(trainers.count)) }
    let axes: [Int?] = members.map { _ in 0 } + [nil]
    program = try Program(members + types.suffix(1), vectorized(over: axes, evaluations[0]))
  }

  private static func evaluation(
    _ trainer: Trainer, _ data: ResidentData, batchSize: Int, _ plan: DataPlan
  ) -> ([Tensor]) -> [Tensor] {
    let (model, method, state, precision) = (trainer.model, trainer.method, trainer.state, trainer.precision)
    let batch = Swift.min(batchSize, data.count)
    let batches = (data.count + batch - 1) / batch
    return { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments.dropLast())).variables(method.averaging)
      let loss = method.loss.scheduled(
        at: Progress(
          step: arguments[arguments.count - 1], stepsPerEpoch: plan.stepsPerEpoch, epochs: plan.epochs,
          batchSize: plan.batchSize))
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier, so that it is full, and counts only what is new.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let weights = batches * batch == data.count ? nil : (Tensor.iota([batch]) + first) .>= start
        let x = method.preprocessing(data.inputs.rows(from: first, count: batch), dtype: precision.computation)
        let targets = data.targets.rows(from: first, count: batch)
        let outputs = model.apply(variables, to: x, precision: precision).output.widened
        let total = loss.total(outputs, targets, weights: weights)
        return ([], [method.row(lossSum: total.sum, count: total.count, method.sums(outputs, targets, weights))])
      }
      // The loss's modifiers see the whole data set's sum: a flooded mean isn't the mean of flooded batches.
      return looped.outputs.map { rows in
        // A model that doesn't fit the data has given no rows to take apart.
        if rows.diagnostic != nil { return rows }
        let totals = rows.sum([0])
        if totals.diagnostic != nil { return totals }
        let value = loss.value(sum: totals[0], count: totals[1], penalty: nil).evaluated
        return Tensor.concatenate([
          value.expand(at: 0), Tensor(1, dtype: value.dtype).expand(at: 0), totals.slice(2..<totals.shape[0]),
        ])
      }
    }
  }

  /// A row of sums over the data set.
  /// - Parameter step: updates before the one that schedules stand at.
  func callAsFunction(_ state: TrainingState, step: Int) throws -> Tensor {
    try program(state.tree.tensors + [Tensor([Int32(clamping: step)], shape: [])])[0]
  }
}
