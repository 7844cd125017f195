import Configuration
import Foundation
import Optimizers
import TestSupport
import Testing

/// Rules on `f = (w1^2 + 10 w2^2) / 2` at (1, 1), checked by hand.
@Suite(.tags(.engine)) struct GradientRuleTests {
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
    let rule = try Registry<any GradientRule>.all.build(MethodSpec(parsing: rule))
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
    #expect(
      Registry<any GradientRule>.all.names == [
        "accumulation", "asam", "bsam", "curvature", "esam", "friendlySAM", "gsam", "lookSAM", "msam", "plain", "pugd",
        "sam",
        "surgery", "wsam",
      ])
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
    let transform = SGD(learningRate: 0.1).transform
    let updates = transform.update(gradients, state: transform.initial(Self.parameters), context: context).updates
    let after = try numbers(Self.parameters.zip(updates, +).evaluate())
    #expect(scaledDistance(after, [0.89950248, -0.04975186]) < 5e-9)
  }

  @Test func samAscendsByRho() throws {
    // e = 0.05 (1, 10) / sqrt(101)
    let scale = 0.05 / 101.0.squareRoot()
    let expected = [1 + scale, 10 * (1 + 10 * scale)]
    #expect(scaledDistance(try numbers(evaluate("sam", batch()).gradients), expected) < 1e-13)
    // All parameters are 1: relative distances are absolute ones.
    #expect(scaledDistance(try numbers(evaluate("asam(rho: 0.05, eta: 0)", batch()).gradients), expected) < 1e-13)
    // T = |w| + eta = 2 for both: twice as far.
    let doubled = [1 + 2 * scale, 10 * (1 + 20 * scale)]
    #expect(scaledDistance(try numbers(evaluate("sam(adaptive: true, eta: 1)", batch()).gradients), doubled) < 1e-13)
  }

  @Test func samReportsWhatIsAsked() throws {
    let scale = 0.05 / 101.0.squareRoot()
    let adversarial = (pow(1 + scale, 2) + 10 * pow(1 + 10 * scale, 2)) / 2
    for (loss, expected) in [("clean", 5.5), ("adversarial", adversarial), ("mean", (5.5 + adversarial) / 2)] {
      let result = try evaluate("sam(loss: \(loss))", batch())
      #expect(scaledDistance([try result.loss.scalar()], [expected]) < 1e-13)
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
    for rule in ["sam", "asam", "gsam", "lookSAM", "friendlySAM", "wsam", "msam", "bsam(weightDecay: 0)"] {
      #expect(try numbers(evaluate(rule, flat).gradients) == [0, 0], "\(rule)")
    }
  }

  /// Nothing is hidden: a gradient that isn't a number makes the perturbation, and so all that is evaluated there, none.
  @Test func aGradientThatIsNoNumberSpreads() throws {
    let batch = batch()
    let broken = EvaluableBatch(size: 1) { parameters, state, examples in
      var evaluation = batch(parameters, state, examples: 0..<4)
      evaluation.gradients["w1"] = Tensor([Double.nan])
      return evaluation
    }
    for rule in ["sam", "asam", "gsam", "lookSAM", "friendlySAM", "wsam"] {
      #expect(try numbers(evaluate(rule, broken).gradients).contains { !$0.isNaN } == false)
    }
    // Infinite ones have no direction either.
    let steep = EvaluableBatch(size: 1) { parameters, state, examples in
      var evaluation = batch(parameters, state, examples: 0..<4)
      evaluation.gradients = evaluation.gradients.mapValues { $0 * Double.infinity }
      return evaluation
    }
    #expect(try numbers(evaluate("sam", steep).gradients).allSatisfy { !$0.isFinite })
  }

  @Test func rhoMayChange() throws {
    let step = Tensor(3, dtype: .int32)
    let rule = try Registry<any GradientRule>.all.build(
      MethodSpec(parsing: "sam(rho: piecewise(values: [0.5, 0.05], boundaries: [3]))"))
    let context = GradientContext(
      parameters: Self.parameters, modelState: TensorTree([("passes", Tensor(0.0, dtype: .float64))]),
      progress: Progress(step: step, stepsPerEpoch: 1, epochs: 10), key: Key(seed: 0))
    let gradients = try rule.evaluate(batch(), state: TensorTree(), context: context).evaluation.gradients.evaluate()
    #expect(scaledDistance(try numbers(gradients), try numbers(evaluate("sam", batch()).gradients)) < 1e-13)
  }

  /// A penalty in the loss bends the perturbation; the same decay in the optimizer doesn't.
  @Test func penaltiesInsideTheLossArePerturbed() throws {
    let decay = 0.5
    let plain = batch()
    let penalized = EvaluableBatch(size: 4) { parameters, state, examples in
      var evaluation = plain(parameters, state, examples: examples)
      evaluation.gradients = evaluation.gradients.zip(parameters) { $0 + $1 * decay }
      return evaluation
    }
    // Inside, with g = (1.5, 10.5): g at w + 0.05 g / |g|.
    let norm = (1.5 * 1.5 + 10.5 * 10.5).squareRoot()
    let inside = [1.5 * (1 + 0.05 * 1.5 / norm), 10.5 * (1 + 0.05 * 10.5 / norm)]
    #expect(scaledDistance(try numbers(evaluate("sam", penalized).gradients), inside) < 1e-13)
    // Outside, the optimizer adds decay times the parameters, where they are.
    let sam = try evaluate("sam", plain).gradients
    let context = UpdateContext(
      parameters: Self.parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let transform = SGD(learningRate: 1, l2: decay).transform
    let updates = transform.update(sam, state: transform.initial(Self.parameters), context: context).updates
    let scale = 0.05 / 101.0.squareRoot()
    let outside = [-(1 + scale + decay), -(10 * (1 + 10 * scale) + decay)]
    #expect(scaledDistance(try numbers(updates.evaluate()), outside) < 1e-13)
  }

  @Test func lookSAMLooksEveryFewSteps() throws {
    let rule = LookSAM(rho: 0.05, alpha: 0.7, every: 3)
    let evaluations: Double = 1 + 1.0 / 3
    #expect(rule.evaluationsPerStep == evaluations)
    func evaluate(_ step: Int, _ point: [Double], _ state: TensorTree) throws -> (
      gradients: [Double], state: TensorTree
    ) {
      let parameters = Self.parameters.with(point.map { Tensor([$0]) })
      let context = GradientContext(
        parameters: parameters, modelState: TensorTree([("passes", Tensor(0.0, dtype: .float64))]),
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 9), key: Key(seed: 0))
      let result = rule.evaluate(batch(), state: state, context: context)
      return (try numbers(result.evaluation.gradients.evaluate()), try result.state.evaluate())
    }
    let first = try evaluate(0, [1, 1], rule.initial(Self.parameters))
    // At the first step it is SAM.
    let scale = 0.05 / 101.0.squareRoot()
    let perturbed = [1 + scale, 10 * (1 + 10 * scale)]
    #expect(scaledDistance(first.gradients, perturbed) < 1e-13)
    let share = (perturbed[0] + 10 * perturbed[1]) / 101
    let across = [perturbed[0] - share, perturbed[1] - 10 * share]
    #expect(scaledDistance(try numbers(first.state), across) < 1e-13)
    // In between, at another point, the part across is added at the new gradient's length.
    let between = try evaluate(1, [0.5, 0.2], first.state)
    let factor =
      0.7 * (0.5 * 0.5 + 2.0 * 2.0).squareRoot() / (across[0] * across[0] + across[1] * across[1]).squareRoot()
    #expect(scaledDistance(between.gradients, [0.5 + factor * across[0], 2 + factor * across[1]]) < 1e-12)
    #expect(try numbers(between.state) == numbers(first.state))
    // Where nothing was kept, nothing is added.
    #expect(try evaluate(2, [0.5, 0.2], rule.initial(Self.parameters)).gradients == [0.5, 2])
    // At the third step it looks again.
    #expect(scaledDistance(try evaluate(3, [1, 1], between.state).gradients, perturbed) < 1e-13)
  }

  /// Where it looks, state and loss are those that SAM would have; between, those of the only pass.
  @Test func lookSAMReportsWhatIsAsked() throws {
    let scale = 0.05 / 101.0.squareRoot()
    let adversarial = (pow(1 + scale, 2) + 10 * pow(1 + 10 * scale, 2)) / 2
    func evaluate(_ rule: String, step: Int) throws -> (loss: [Double], state: [Double]) {
      let rule = try Registry<any GradientRule>.all.build(MethodSpec(parsing: rule))
      let context = GradientContext(
        parameters: Self.parameters, modelState: TensorTree([("passes", Tensor(0.0, dtype: .float64))]),
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 9), key: Key(seed: 0))
      let found = rule.evaluate(batch(), state: rule.initial(Self.parameters), context: context).evaluation
      let values = try Tensor.evaluate([found.loss, found.reported] + found.state.tensors).map { try $0.scalar() }
      return (Array(values.prefix(2)), Array(values.dropFirst(2)))
    }
    for (loss, expected) in [("clean", 5.5), ("adversarial", adversarial), ("mean", (5.5 + adversarial) / 2)] {
      #expect(
        scaledDistance(try evaluate("lookSAM(every: 2, loss: \(loss))", step: 0).loss, [expected, expected]) < 1e-13)
      #expect(try evaluate("lookSAM(every: 2, loss: \(loss))", step: 1).loss == [5.5, 5.5])
    }
    for (state, expected) in [("first", 1.0), ("second", 1.0), ("both", 3.0)] {
      #expect(try evaluate("lookSAM(every: 2, state: \(state), loss: mean)", step: 0).state == [expected])
      #expect(try evaluate("lookSAM(every: 2, state: \(state), loss: mean)", step: 1).state == [1])
    }
  }

  @Test func gsamClimbsAcross() throws {
    let scale = 0.05 / 101.0.squareRoot()
    let perturbed = [1 + scale, 10 * (1 + 10 * scale)]
    let share = (perturbed[0] + 10 * perturbed[1]) / (perturbed[0] * perturbed[0] + perturbed[1] * perturbed[1])
    let expected = [
      perturbed[0] - 0.4 * (1 - share * perturbed[0]), perturbed[1] - 0.4 * (10 - share * perturbed[1]),
    ]
    #expect(scaledDistance(try numbers(evaluate("gsam", batch()).gradients), expected) < 1e-13)
  }

  @Test func accumulationIsTheWholeBatchsGradient() throws {
    let whole = try evaluate("plain", batch(size: 5, weighing: true))
    let parts = try evaluate("accumulation(parts: 2)", batch(size: 5, weighing: true))
    #expect(scaledDistance(try numbers(parts.gradients), try numbers(whole.gradients)) < 1e-13)
    #expect(scaledDistance([try parts.loss.scalar()], [try whole.loss.scalar()]) < 1e-13)
    #expect(try numbers(parts.state) == [3])
    let tiny = try evaluate("accumulation(parts: 100)", batch(size: 3))
    #expect(scaledDistance(try numbers(tiny.gradients), [1, 10]) < 1e-13)
  }

  @Test func samPerPartPerturbsEach() throws {
    // Equal parts have equal perturbations: the rule for the whole.
    let parts = try evaluate("accumulation(parts: 2, rule: sam)", batch())
    #expect(scaledDistance(try numbers(parts.gradients), try numbers(evaluate("sam", batch()).gradients)) < 1e-13)
    #expect(Accumulation(parts: 2, of: SAM()).evaluationsPerStep == 2)
  }
}
