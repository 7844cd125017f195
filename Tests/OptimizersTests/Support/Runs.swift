import Configuration
import Optimizers

/// Ten steps of a transform with a problem's gradients: see ``run(_:from:gradients:)``.
func run(_ transform: any Transform, on problem: OptimizerFixtures.Problem) -> TensorTree {
  run(transform, from: problem.parameterTree, gradients: problem.gradientTree)
}

/// Steps of a transform with given gradients, as tensors yet to be computed: each parameter's values after each
/// step, stacked.
func run(_ transform: any Transform, from parameters: TensorTree, gradients: TensorTree) -> TensorTree {
  run(transform, NoAveraging(), from: parameters, gradients: gradients).parameters
}

/// The same with an average, and what is evaluated after each step.
func run(
  _ transform: any Transform, _ averaging: any Averaging, from parameters: TensorTree, gradients: TensorTree
) -> (parameters: TensorTree, averaged: TensorTree) {
  let (state, memory) = (transform.initial(parameters), averaging.initial(parameters))
  let carry = [Tensor(0, dtype: .int32)] + parameters.tensors + state.tensors + memory.tensors
  let outputs = scan(carry: carry, over: gradients.tensors) { carry, elements in
    let before = parameters.with(carry[1...parameters.count])
    let context = UpdateContext(
      parameters: before, progress: Progress(step: carry[0], stepsPerEpoch: 1, epochs: 10, batchSize: 128),
      key: Key(seed: 0).folding(carry[0]), loss: Tensor(1.0), learningRate: transform.learningRate)
    let result = transform.update(
      gradients.with(elements), state: state.with(carry[(parameters.count + 1)...].prefix(state.count)),
      context: context)
    let after = averaging.update(
      before.zip(result.updates, +), state: memory.with(carry.suffix(memory.count)), context: context)
    let averaged = averaging.averaged(after.parameters, state: after.state)
    // States come back by path, in any order.
    return (
      [carry[0] + 1] + after.parameters.tensors + state.zip(result.state) { $1 }.tensors
        + memory.zip(after.state) { $1 }.tensors,
      after.parameters.tensors + averaged.tensors
    )
  }.outputs
  return (parameters.with(outputs), parameters.with(outputs.suffix(parameters.count)))
}

func optimizer(_ text: String) throws -> any Optimizer {
  try Registry<any Optimizer>.all.build(MethodSpec(parsing: text))
}
