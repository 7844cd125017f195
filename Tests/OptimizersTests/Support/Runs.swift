import Configuration
import Optimizers

/// Ten steps of a transform with a problem's gradients: see ``run(_:from:gradients:)``.
func run(_ transform: any Transform, on problem: OptimizerFixtures.Problem) -> TensorTree {
  run(transform, from: problem.parameterTree, gradients: problem.gradientTree)
}

/// Steps of a transform with given gradients, as tensors yet to be computed: each parameter's values after each
/// step, stacked.
func run(_ transform: any Transform, from parameters: TensorTree, gradients: TensorTree) -> TensorTree {
  let state = transform.initial(parameters)
  let carry = [Tensor(0, dtype: .int32)] + parameters.tensors + state.tensors
  let outputs = scan(carry: carry, over: gradients.tensors) { carry, elements in
    let before = parameters.with(carry[1...parameters.count])
    let context = UpdateContext(
      parameters: before, progress: Progress(step: carry[0], stepsPerEpoch: 1, epochs: 10, batchSize: 128),
      key: Key(seed: 0).folding(carry[0]), loss: Tensor(1.0))
    let result = transform.update(
      gradients.with(elements), state: state.with(carry[(parameters.count + 1)...]), context: context)
    let after = before.zip(result.updates, +)
    return ([carry[0] + 1] + after.tensors + result.state.tensors, after.tensors)
  }.outputs
  return parameters.with(outputs)
}

func optimizer(_ text: String) throws -> any Optimizer {
  try Registry<any Optimizer>.all.build(MethodSpec(parsing: text))
}
