import Optimizers

/// The parameters after each step of a gradient rule and a transform, on batches of four that each have elements of a tree of
/// their own.
/// - Parameter scale: of the updates.
func ruledSteps(
  _ rule: any GradientRule, _ transform: any Transform, from start: TensorTree, over elements: TensorTree,
  stepsPerEpoch: Int, epochs: Int, scale: Double = 1,
  batch: @escaping (_ point: TensorTree, _ element: TensorTree, _ state: TensorTree, BatchPart) -> Evaluation
) -> [Tensor] {
  let (inner, outer) = (rule.initial(start), transform.initial(start))
  let carry = [Tensor(0, dtype: .int32)] + start.tensors + inner.tensors + outer.tensors
  return scan(carry: carry, over: elements.tensors) { carry, elements in
    let (parameters, element) = (start.with(carry[1...start.count]), start.with(elements))
    let progress = Progress(step: carry[0], stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: 4)
    let ruled = rule.evaluate(
      EvaluableBatch(BatchPart(size: 4)) { batch($0, element, $1, $2) },
      state: inner.with(carry[(1 + start.count)...].prefix(inner.count)),
      context: GradientContext(
        parameters: parameters, modelState: TensorTree(), progress: progress, key: Key(seed: 0).folding(carry[0])))
    let updated = transform.update(
      ruled.evaluation.gradients, state: outer.with(carry.suffix(outer.count)),
      context: UpdateContext(
        parameters: parameters, progress: progress, key: Key(seed: 1), loss: ruled.evaluation.loss,
        learningRate: transform.learningRate))
    let next = parameters.zip(updated.updates) { $0 + $1 * scale }
    return (
      [carry[0] + 1] + next.tensors + inner.zip(ruled.state) { $1 }.tensors
        + outer.zip(updated.state) { $1 }.tensors, next.tensors
    )
  }.outputs
}
