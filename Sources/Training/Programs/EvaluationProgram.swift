/// Loss and metrics over a data set, batch after batch in one compiled loop.
struct EvaluationProgram {
  private let program: Program

  /// - Parameters:
  ///   - trainers: one, or several evaluated together, along a leading axis of state and rows.
  ///   - data: checked; it has examples.
  /// - Throws: ``TrainingError/differentMethods`` if they aren't evaluated alike.
  init(_ trainers: [Trainer], data: ResidentData, batchSize: Int) throws {
    let types = trainers[0].state.tree.types
    let evaluations = trainers.map { Self.evaluation($0, data, batchSize: batchSize) }
    guard trainers.count > 1 else {
      program = try Program(types, evaluations[0])
      return
    }
    let placeholders = types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }
    guard let same = Unification(evaluations.map { $0(placeholders) }), same.constants.isEmpty else {
      throw TrainingError.differentMethods
    }
    let members = types.map { TensorType($0.dtype, $0.shape.prepending(trainers.count)) }
    program = try Program(members, vectorized(evaluations[0]))
  }

  private static func evaluation(
    _ trainer: Trainer, _ data: ResidentData, batchSize: Int
  ) -> ([Tensor]) -> [Tensor] {
    let (model, method, state, precision) = (trainer.model, trainer.method, trainer.state, trainer.precision)
    let batch = Swift.min(batchSize, data.count)
    let batches = (data.count + batch - 1) / batch
    return { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments)).variables(method.averaging)
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier, so that it is full, and counts only what is new.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let weights = batches * batch == data.count ? nil : (Tensor.iota([batch]) + first) .>= start
        let x = method.preprocessing(data.inputs.rows(from: first, count: batch), dtype: precision.computation)
        let targets = data.targets.rows(from: first, count: batch)
        let outputs = model.apply(variables, to: x, precision: precision).output.widened
        let total = method.loss.total(outputs, targets, weights: weights)
        return ([], [method.row(lossSum: total.sum, count: total.count, method.sums(outputs, targets, weights))])
      }
      // The loss's modifiers see the whole data set's sum: a flooded mean isn't the mean of flooded batches.
      return looped.outputs.map { rows in
        // A model that doesn't fit the data has given no rows to take apart.
        if rows.diagnostic != nil { return rows }
        let totals = rows.sum([0])
        if totals.diagnostic != nil { return totals }
        let loss = method.loss.value(sum: totals[0], count: totals[1], penalty: nil).evaluated
        return Tensor.concatenate([
          loss.expand(at: 0), Tensor(1, dtype: loss.dtype).expand(at: 0), totals.slice(2..<totals.shape[0]),
        ])
      }
    }
  }

  /// A row of sums and counts over the data set.
  func callAsFunction(_ state: TrainingState) throws -> Tensor { try program(state.tree.tensors)[0] }
}
