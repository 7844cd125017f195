/// Loss and metrics over a data set, batch after batch in one compiled loop.
struct EvaluationProgram {
  private let program: Program

  /// - Parameters:
  ///   - data: checked; it has examples.
  ///   - members: trainers evaluated together, along a leading axis of state and rows; nil for one without it.
  init(_ trainer: Trainer, data: ResidentData, batchSize: Int, members: Int? = nil) throws {
    let (model, method, state, dtype) = (trainer.model, trainer.method, trainer.state, trainer.dtype)
    let batch = Swift.min(batchSize, data.count)
    let batches = (data.count + batch - 1) / batch
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let variables = TrainingState(tree: state.tree.with(arguments)).variables(method.averaging)
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier, so that it is full, and counts only what is new.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let weights = batches * batch == data.count ? nil : (Tensor.iota([batch]) + first) .>= start
        let x = method.preprocessing(data.inputs.rows(from: first, count: batch), dtype: dtype)
        let targets = data.targets.rows(from: first, count: batch)
        let outputs = model.apply(variables, to: x).output.judged
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
    let types = members.map { size in state.tree.types.map { TensorType($0.dtype, $0.shape.prepending(size)) } }
    program = try Program(types ?? state.tree.types, members == nil ? run : vectorized(run))
  }

  /// A row of sums and counts over the data set.
  func callAsFunction(_ state: TrainingState) throws -> Tensor { try program(state.tree.tensors)[0] }
}
