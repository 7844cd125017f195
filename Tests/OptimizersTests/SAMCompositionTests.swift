import Configuration
import Optimizers
import TestSupport
import Testing

/// Gradient rules over optimizers: any with any.
@Suite(.tags(.engine)) struct SAMCompositionTests {
  /// `f = sum(a w^2) / 2` with parameters of one and two axes, so that every optimizer has what it
  /// treats on its own.
  private static let start = TensorTree([
    ("dense/kernel", Tensor([1.0, -2.0, 0.5, 3.0, -1.5, 2.0], shape: [2, 3])),
    ("dense/bias", Tensor([0.3, -0.7, 1.1])),
  ])

  private static var batch: EvaluableBatch {
    EvaluableBatch(size: 4) { parameters, state, _ in
      let curvatures = TensorTree(
        parameters.pairs.map { ($0.path, Tensor.iota($0.tensor.shape, dtype: .float64) + 0.5) })
      let loss = parameters.zip(curvatures) { ($0.squared() * $1).sum() / 2 }.tensors
      return Evaluation(
        loss: loss.dropFirst().reduce(loss[0], +), gradients: parameters.zip(curvatures, *), state: state,
        metrics: TensorTree())
    }
  }

  /// The loss after each step.
  private static func losses(_ rule: any GradientRule, _ optimizer: any Optimizer, steps: Int) -> Tensor {
    let transform = optimizer.transform
    let (inner, outer) = (rule.initial(start), transform.initial(start))
    return scan(carry: [Tensor(0, dtype: .int32)] + start.tensors + inner.tensors + outer.tensors, length: steps) {
      carry, _ in
      let parameters = start.with(carry[1...start.count])
      let state = inner.with(carry[(1 + start.count)...].prefix(inner.count))
      let progress = Progress(step: carry[0], stepsPerEpoch: 10, epochs: 10, batchSize: 4)
      let ruled = rule.evaluate(
        batch, state: state,
        context: GradientContext(
          parameters: parameters, modelState: TensorTree(), progress: progress, key: Key(seed: 0)))
      let updated = transform.update(
        ruled.evaluation.gradients, state: outer.with(carry.suffix(outer.count)),
        context: UpdateContext(
          parameters: parameters, progress: progress, key: Key(seed: 1), loss: ruled.evaluation.loss))
      let next = parameters.zip(updated.updates, +)
      return (
        [carry[0] + 1] + next.tensors + inner.zip(ruled.state) { $1 }.tensors
          + outer.zip(updated.state) { $1 }.tensors, [batch(next, TensorTree()).loss]
      )
    }.outputs[0]
  }

  /// SAM over each optimizer goes down, and goes another way than without.
  @Test func samTrainsWithEveryOptimizer() throws {
    let names = Registry<any Optimizer>.all.names
    let (steps, start) = (30, try Self.batch(Self.start, TensorTree()).loss.scalar() as Double)
    let optimizers = try names.map { try optimizer($0 == "preceded" ? "preceded(by: clipByGlobalNorm(limit: 5))" : $0) }
    let rules: [any GradientRule] = [SAM(rho: 0.05), PlainGradient()]
    let losses = try Tensor.evaluate(
      optimizers.flatMap { optimizer in rules.map { Self.losses($0, optimizer, steps: steps) } }
    )
    .map { try $0.values(as: Double.self) }
    for (index, name) in names.enumerated() {
      let (sam, plain) = (losses[2 * index], losses[2 * index + 1])
      #expect(sam.allSatisfy { $0.isFinite }, "\(name)")
      #expect((sam.last ?? .infinity) < start, "\(name) goes from \(start) to \(sam.last ?? .nan)")
      // Steps that know signs only, or are clipped to them, go the same way.
      if !["lion", "sophia"].contains(name) { #expect(sam != plain, "\(name)") }
    }
  }

  /// Every rule over LAMB, which has norms of its own.
  @Test func everyRuleTrainsWithLAMB() throws {
    let names = Registry<any GradientRule>.all.names
    let start = try Self.batch(Self.start, TensorTree()).loss.scalar() as Double
    let losses = try Tensor.evaluate(
      names.map { name in
        Self.losses(try Registry<any GradientRule>.all.build(MethodSpec(name)), LAMB(learningRate: 0.02), steps: 30)
      }
    ).map { try $0.values(as: Double.self) }
    for (name, values) in zip(names, losses) {
      #expect(values.allSatisfy { $0.isFinite }, "\(name)")
      #expect((values.last ?? .infinity) < 0.8 * start, "\(name)")
    }
  }
}
