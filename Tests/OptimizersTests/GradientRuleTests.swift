import Configuration
import Foundation
import Optimizers
import Testing

/// Rules on `f = (w1^2 + 10 w2^2) / 2` at (1, 1), checked by hand.
@Suite struct GradientRuleTests {
  private static let parameters = TensorTree([("w1", Tensor([1.0])), ("w2", Tensor([1.0]))])

  /// Examples `0..<size` all give `f`, times 1, 2, … where they are weighed; the state counts passes.
  private func batch(size: Int = 4, weighing: Bool = false) -> EvaluableBatch {
    EvaluableBatch(size: size) { parameters, state, examples in
      let weights = examples.map { weighing ? Double($0 + 1) : 1 }
      let weight = weights.reduce(0, +) / Double(Swift.max(1, weights.count))
      let (w1, w2) = (parameters["w1"] ?? Tensor(0), parameters["w2"] ?? Tensor(0))
      let gradients = TensorTree([("w1", w1 * weight), ("w2", w2 * 10.0 * weight)])
      let loss = (w1.squared() + w2.squared() * 10.0).sum() * (weight / 2)
      return Evaluation(
        loss: loss, gradients: gradients, state: state.mapValues { $0 * 2.0 + loss * 0.0 + 1.0 },
        metrics: TensorTree([("loss", loss)]))
    }
  }

  private func evaluate(_ rule: String, _ batch: EvaluableBatch) throws -> Evaluation {
    let rule = try Catalog<any GradientRule>.all.make(Choice(parsing: rule))
    let context = GradientContext(
      parameters: Self.parameters, modelState: TensorTree([("passes", Tensor(0.0, dtype: .float64))]),
      progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1), key: Key(seed: 0))
    let result = rule.evaluate(batch, state: rule.initial(Self.parameters), context: context).evaluation
    let values = try Tensor.evaluate(
      [result.loss] + result.gradients.tensors + result.state.tensors + result.metrics.tensors)
    return Evaluation(
      loss: values[0], gradients: result.gradients.with(values[1...2]), state: result.state.with(values[3...3]),
      metrics: result.metrics.with(values[4...4]))
  }

  private func numbers(_ tree: TensorTree) throws -> [Double] { try tree.tensors.map { try $0.scalar() } }

  @Test func everyRuleIsTested() {
    #expect(Catalog<any GradientRule>.all.names == ["accumulation", "asam", "gsam", "plain", "sam"])
  }

  @Test func plainIsTheGradient() throws {
    let result = try evaluate("plain", batch())
    #expect(try numbers(result.gradients) == [1, 10])
    #expect(try result.loss.scalar() == 5.5)
  }

  @Test func samStepsFromTheWorstPoint() throws {
    let gradients = try evaluate("sam(rho: 0.05)", batch()).gradients
    let context = UpdateContext(
      parameters: Self.parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let transform = SGD(rate: 0.1).transform
    let updates = transform.update(gradients, state: transform.initial(Self.parameters), context: context).updates
    let after = try numbers(Self.parameters.zip(updates, +).evaluate())
    #expect(distance(after, [0.89950248, -0.04975186]) < 5e-9)
  }

  @Test func samAscendsByRho() throws {
    // e = 0.05 (1, 10) / sqrt(101)
    let scale = 0.05 / 101.0.squareRoot()
    let expected = [1 + scale, 10 * (1 + 10 * scale)]
    #expect(distance(try numbers(evaluate("sam", batch()).gradients), expected) < 1e-13)
    // All parameters are 1: relative distances are absolute ones.
    #expect(distance(try numbers(evaluate("asam(rho: 0.05, eta: 0)", batch()).gradients), expected) < 1e-13)
    // T = |w| + eta = 2 for both: twice as far.
    let doubled = [1 + 2 * scale, 10 * (1 + 20 * scale)]
    #expect(distance(try numbers(evaluate("sam(adaptive: true, eta: 1)", batch()).gradients), doubled) < 1e-13)
  }

  @Test func samReportsWhatIsAsked() throws {
    let scale = 0.05 / 101.0.squareRoot()
    let adversarial = (pow(1 + scale, 2) + 10 * pow(1 + 10 * scale, 2)) / 2
    for (loss, expected) in [("clean", 5.5), ("adversarial", adversarial), ("mean", (5.5 + adversarial) / 2)] {
      let result = try evaluate("sam(loss: \(loss))", batch())
      #expect(distance([try result.loss.scalar()], [expected]) < 1e-13)
      #expect(try numbers(result.metrics) == [5.5])
    }
    // The state doubles and adds one in each pass.
    for (state, expected) in [("first", 1.0), ("second", 1.0), ("both", 3.0)] {
      #expect(try numbers(evaluate("sam(state: \(state))", batch()).state) == [expected])
    }
  }

  @Test func samStandsStillWhereTheGradientIsZero() throws {
    let flat = EvaluableBatch(size: 1) { parameters, state, _ in
      Evaluation(
        loss: Tensor(0.0, dtype: .float64), gradients: parameters.mapValues { $0 * 0.0 }, state: state,
        metrics: TensorTree([("loss", Tensor(0))]))
    }
    for rule in ["sam", "asam", "gsam"] { #expect(try numbers(evaluate(rule, flat).gradients) == [0, 0]) }
  }

  @Test func gsamClimbsAcross() throws {
    let scale = 0.05 / 101.0.squareRoot()
    let perturbed = [1 + scale, 10 * (1 + 10 * scale)]
    let share = (perturbed[0] + 10 * perturbed[1]) / (perturbed[0] * perturbed[0] + perturbed[1] * perturbed[1])
    let expected = [
      perturbed[0] - 0.4 * (1 - share * perturbed[0]), perturbed[1] - 0.4 * (10 - share * perturbed[1]),
    ]
    #expect(distance(try numbers(evaluate("gsam", batch()).gradients), expected) < 1e-13)
  }

  @Test func accumulationIsTheWholeBatchsGradient() throws {
    let whole = try evaluate("plain", batch(size: 5, weighing: true))
    let parts = try evaluate("accumulation(parts: 2)", batch(size: 5, weighing: true))
    #expect(distance(try numbers(parts.gradients), try numbers(whole.gradients)) < 1e-13)
    #expect(distance([try parts.loss.scalar()], [try whole.loss.scalar()]) < 1e-13)
    #expect(try numbers(parts.state) == [3])
    let tiny = try evaluate("accumulation(parts: 100)", batch(size: 3))
    #expect(distance(try numbers(tiny.gradients), [1, 10]) < 1e-13)
  }

  @Test func samPerPartPerturbsEach() throws {
    // Equal parts have equal perturbations: the rule for the whole.
    let parts = try evaluate("accumulation(parts: 2, rule: sam)", batch())
    #expect(distance(try numbers(parts.gradients), try numbers(evaluate("sam", batch()).gradients)) < 1e-13)
    #expect(Accumulation(parts: 2, of: SAM()).evaluationsPerStep == 2)
  }
}
