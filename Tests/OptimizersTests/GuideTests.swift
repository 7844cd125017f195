import Configuration
import Optimizers
import TestSupport
import Testing

/// The examples of docs/optimizers.md.
@Suite(.tags(.engine)) struct GuideTests {
  private struct HeavyBall: ParameterwiseTransform {
    var momentum: any Schedule

    func initial(_ parameter: Tensor, slots: inout Slots) { slots["velocity"] = parameter.zerosLike() }

    func update(_ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext) -> Tensor {
      let velocity = slots["velocity"] * momentum.value(at: context.progress, dtype: update.dtype) + update
      slots["velocity"] = velocity
      return velocity
    }
  }

  private struct SignDescent: Optimizer {
    static let declaration = Declaration(
      "signDescent", "steps of one size (Bernstein et al. 2018)", standard: SignDescent(),
      settings: [Setting("learningRate", \.learningRate, .schedule, "learning rate η, or a schedule")])

    var learningRate: any Schedule

    init(learningRate: any Schedule = 0.001) { self.learningRate = learningRate }

    var transform: any Transform { chain(SignOfUpdate(), ScaleByLearningRate(learningRate)) }
  }

  @Test func ownTransformsAndOptimizersWork() throws {
    let parameters = TensorTree([("w", Tensor([1.0]))])
    let gradients = TensorTree([("w", Tensor([2.0, 4.0], shape: [2, 1]))])
    let ball = run(chain(HeavyBall(momentum: 0.5), ScaleByLearningRate(0.1)), from: parameters, gradients: gradients)
    let sign = run(SignDescent(learningRate: 0.25).transform, from: parameters, gradients: gradients)
    let found = try Tensor.evaluate(ball.tensors + sign.tensors).map { try $0.values(as: Double.self) }
    #expect(scaledDistance(found[0], [0.8, 0.3]) < 1e-15)
    #expect(found[1] == [0.75, 0.5])
  }

  private struct Extragradient: GradientRule {
    static let declaration = Declaration(
      "extragradient", "the gradient where the last one leads (Korpelevich 1976, Popov 1980)",
      standard: Extragradient(),
      settings: [Setting("rate", \.rate, .number(in: 0...1e6), "how far ahead")])

    var rate = 0.05

    func initial(_ parameters: TensorTree) -> TensorTree { parameters.mapValues { $0.zerosLike() } }

    func evaluate(
      _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
    ) -> (evaluation: Evaluation, state: TensorTree) {
      let ahead = context.parameters.zip(state) { $0 - $1 * rate }
      let evaluation = batch(ahead, context.modelState)
      return (evaluation, evaluation.gradients)
    }
  }

  /// On `f = 5 w^2` from 1, where gradients are 10 w.
  @Test func ownRulesWork() throws {
    let batch = EvaluableBatch(size: 1) { parameters, state, _ in
      Evaluation(loss: Tensor(0.0), gradients: parameters.mapValues { $0 * 10.0 }, state: state, metrics: TensorTree())
    }
    let parameters = TensorTree([("w", Tensor([1.0]))])
    let rule = Extragradient(rate: 0.01)
    let context = GradientContext(
      parameters: parameters, modelState: TensorTree(),
      progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 2), key: Key(seed: 0))
    let first = rule.evaluate(batch, state: rule.initial(parameters), context: context)
    let second = rule.evaluate(batch, state: first.state, context: context)
    let found = try Tensor.evaluate(first.evaluation.gradients.tensors + second.evaluation.gradients.tensors)
    #expect(try scaledDistance(found.map { try $0.scalar() }, [10, 9]) < 1e-15)
  }

  @Test(arguments: [
    "sgd(learningRate: 0.1, momentum: 0.9, nesterov: true)",
    "adamW(learningRate: warmup(epochs: 5, then: cosine(initial: 0.001)), weightDecay: 0.05, excludeFromWeightDecay: [bias, norm])",
    "lamb(preset: tfa, weightDecay: 0.01, excludeFromWeightDecay: [bias])",
    "preceded(by: clipByGlobalNorm(limit: 5), optimizer: sgd(learningRate: 0.1))",
    "sgd(learningRate: warmup(from: 0.1, epochs: 5, then: step(initial: 3.2, milestones: [30, 60, 80]), delaysNext: false))",
    "sgd(learningRate: batchScaled(schedule: 0.1, reference: 128))",
  ])
  func choicesCanBeWritten(text: String) throws { _ = try optimizer(text) }
}
