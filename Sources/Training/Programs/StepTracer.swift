/// Traces one training step: the six slots put together, and nothing of any one method.
struct StepTracer {
  let model: any Layer
  let method: Method
  let stepsPerEpoch: Int
  let epochs: Int

  /// - Parameters:
  ///   - weights: 0 for examples that only fill the batch, nil if there are none.
  ///   - step: updates done before, `int32` scalar.
  /// - Returns: the state after the step, and the batch's sums and counts of loss and metrics.
  func callAsFunction(
    _ state: TrainingState, inputs: Tensor, targets: Tensor, weights: Tensor?, step: Tensor, key: Key
  ) -> (state: TrainingState, sums: TensorTree) {
    let progress = Progress(
      step: step, stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: inputs.shape[0])
    let parameters = state.parameters
    let dtype = parameters.tensors.first?.dtype ?? .float32
    let stepKey = key.derived("step").folding(step)
    let batch = EvaluableBatch(size: inputs.shape[0]) { parameters, modelState, examples in
      func part(_ tensor: Tensor) -> Tensor {
        examples == 0..<inputs.shape[0] ? tensor : tensor.slice(examples)
      }
      let x = method.preprocessing(part(inputs), dtype: dtype)
      var aside = (state: TensorTree(), sums: TensorTree())
      let (loss, gradients) = valueAndGradient(at: parameters.tensors) { point in
        let variables = ModelVariables(parameters: parameters.with(point), state: modelState)
        let result = model.apply(variables, to: x, isTraining: true, key: stepKey.derived("model"))
        let penalty = method.penalty(variables.parameters)
        let total = method.loss.total(result.output, part(targets), weights: weights.map(part))
        let value = method.loss.value(sum: total.sum, count: total.count, penalty: penalty)
        let reported = (sum: value.reported * total.count, count: total.count)
        aside = (result.state, method.sums(reported, result.output, part(targets), weights.map(part)))
        return value.objective
      }
      return Evaluation(
        loss: loss, gradients: parameters.with(gradients), state: aside.state, metrics: aside.sums)
    }
    let ruled = method.gradientRule.evaluate(
      batch, state: state.rule,
      context: GradientContext(
        parameters: parameters, modelState: state.modelState, progress: progress, key: stepKey.derived("rule")))
    let context = UpdateContext(
      parameters: parameters, progress: progress, key: stepKey.derived("optimizer"), loss: ruled.evaluation.loss)
    let updated = method.optimizer.update(ruled.evaluation.gradients, state: state.optimizer, context: context)
    let moved = parameters.zip(updated.updates) { $0 + $1 }
    let averaged = method.averaging.update(moved, state: state.averaging, context: context)
    let next = state.replacing(
      parameters: averaged.parameters, state: ruled.evaluation.state, optimizer: updated.state,
      rule: ruled.state, averaging: averaged.state)
    return (next, ruled.evaluation.metrics)
  }
}

extension Method {
  func penalty(_ parameters: TensorTree) -> Tensor? {
    penalties.isEmpty ? nil : penalties.dropFirst().reduce(penalties[0](parameters)) { $0 + $1(parameters) }
  }

  /// For loss and metrics the sum over the batch and the count it is over, so that batches of any size average
  /// exactly. Paths: `loss/sum`, `loss/count`, ….
  func sums(
    _ loss: (sum: Tensor, count: Tensor), _ outputs: Tensor, _ targets: Tensor, _ weights: Tensor?
  ) -> TensorTree {
    var tree = TensorTree()
    tree["loss/sum"] = loss.sum
    tree["loss/count"] = loss.count.cast(to: loss.sum.dtype)
    for metric in metrics {
      let part = metric(outputs, targets, weights: weights)
      tree["\(type(of: metric).name)/sum"] = part.sum.cast(to: loss.sum.dtype)
      tree["\(type(of: metric).name)/count"] = part.count.cast(to: loss.sum.dtype)
    }
    return tree
  }

  /// Names of what is reported, in the order of ``sums(_:_:_:_:)``.
  var reportedNames: [String] { ["loss"] + metrics.map { type(of: $0).name } }
}
