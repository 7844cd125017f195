/// Loss and metrics over a data set, batch after batch in one compiled loop.
struct EvaluationProgram {
  private let program: Program

  init(_ model: any Layer, _ method: Method, state: TrainingState, data: ResidentData, batchSize: Int) throws {
    let batch = Swift.max(1, Swift.min(batchSize, data.count))
    let batches = (data.count + batch - 1) / batch
    program = try Program(state.tree.types) { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments)).variables(method.averaging)
      let dtype = variables.parameters.tensors.first?.dtype ?? .float32
      let looped = scan(carry: [], over: [Tensor.iota([batches])]) { _, elements in
        // The last batch starts earlier, so that it is full, and counts only what is new.
        let start = elements[0] * Double(batch)
        let first = start.minimum(Double(data.count - batch))
        let weights = batches * batch == data.count ? nil : (Tensor.iota([batch]) + first) .>= start
        let x = method.preprocessing(data.inputs.rows(from: first, count: batch), dtype: dtype)
        let targets = data.targets.rows(from: first, count: batch)
        let output = model.apply(variables, to: x).output
        let total = method.loss.total(output, targets, weights: weights)
        return ([], [Tensor.stack(method.sums(total, output, targets, weights).tensors)])
      }
      // The loss's modifiers see the whole data set's sum: a flooded mean isn't the mean of flooded batches.
      let totals = looped.outputs.map { $0.sum([0]) }
      return totals.map { totals in
        let loss = method.loss.value(sum: totals[0], count: totals[1], penalty: nil).evaluated
        return Tensor.concatenate([loss.expand(at: 0), Tensor([1.0]).cast(to: loss.dtype), totals.slice(2..<totals.shape[0])])
      }
    }
  }

  /// The data set's sums and counts.
  func callAsFunction(_ state: TrainingState) throws -> Tensor { try program(state.tree.tensors)[0] }
}
