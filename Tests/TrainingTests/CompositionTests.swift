import Configuration
import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct CompositionTests {
  private static var dropping: Sequential {
    Sequential {
      Dense(6); Tanh(); Dropout(0.4); Dense(3)
    }
  }

  /// At distance 0 the second pass is the first again, if dropout drops the same units in both.
  @Test func samSeesOneMask() throws {
    let data = try Problems.classes(12)
    func run(_ rule: any GradientRule) throws -> [Double] {
      let trainer = try Problems.trainer(data, model: Self.dropping, optimizer: Adam(learningRate: 0.01), rule: rule)
      _ = try trainer.fit(data, epochs: 3, batchSize: 4)
      return try trainer.numbers()
    }
    let plain = try run(PlainGradient())
    #expect(try run(SAM(rho: 0.0)) == plain)
    #expect(try distance(run(SAM(rho: 0.05)), plain) > 1e-6)
  }

  @Test func samReportsTheLossThatIsAskedFor() throws {
    let data = try Problems.classes(12)
    let losses = try [SAM.ReportedLoss.clean, .adversarial, .mean].map { reported in
      try Problems.trainer(data, rule: SAM(rho: 0.1, reportedLoss: reported)).fit(data, epochs: 1, batchSize: 12)
        .epochs[0]["loss"] ?? .nan
    }
    #expect(losses[1] > losses[0] + 1e-3)
    #expect(distance([losses[2]], [(losses[0] + losses[1]) / 2]) < 1e-14)
  }

  @Test(arguments: [4, 100])
  func accumulationIsTheBigBatch(_ parts: Int) throws {
    let data = try Problems.classes(12)
    func run(_ rule: any GradientRule) throws -> (Trainer, History) {
      let trainer = try Problems.trainer(data, optimizer: Adam(), penalties: [L1L2(l2: 0.01)], rule: rule)
      return (trainer, try trainer.fit(data, epochs: 3, batchSize: 6))
    }
    let (whole, accumulated) = (try run(PlainGradient()), try run(Accumulation(parts: parts)))
    #expect(distance(try whole.0.numbers(), try accumulated.0.numbers()) < 1e-12)
    for (one, other) in zip(whole.1.metrics, accumulated.1.metrics) {
      #expect(one["accuracy"] == other["accuracy"])
      #expect(distance([one["loss"] ?? .nan], [other["loss"] ?? .nan]) < 1e-12)
    }
  }

  /// Equal halves have equal gradients, unless dropout drops other units in each.
  @Test func partsOfABatchHaveMasksOfTheirOwn() throws {
    let half = try Problems.classes(6)
    let data = try half.records(at: Array(0..<6) + Array(0..<6))
    func apart(_ model: any Layer) throws -> Double {
      let trainer = try Problems.trainer(data, model: model, rule: HalvesApart())
      _ = try trainer.fit(data, epochs: 2, batchSize: 12, options: FitOptions(order: SequentialOrder()))
      #expect(try trainer.state.tree["rule/calls"]?.scalar() == 2)
      return try trainer.state.tree["rule/distance"]?.scalar() ?? .nan
    }
    #expect(try apart(Problems.network) < 1e-14)
    #expect(try apart(Self.dropping) > 1e-3)
  }

  @Test func ownLayersLossesAndTransformsTrain() throws {
    let data = try Problems.regression(8)
    let trainer = try Problems.trainer(
      data, model: Sequential { CountingLinear(units: 2) }, loss: SumDistance(), optimizer: SignedSteps(rate: 0.01),
      metrics: [MeanSquaredError()], rule: Accumulation(parts: 2, of: SAM()), averaging: ExponentialAverage())
    #expect(
      trainer.state.parameters.paths.sorted() == [
        "countingLinear1/gain", "countingLinear1/inner/bias", "countingLinear1/inner/kernel",
      ])
    let before = try trainer.numbers()
    let history = try trainer.fit(data, epochs: 5, batchSize: 4, validation: data)
    #expect((history.epochs[4]["val_loss"] ?? 9) < (history.epochs[0]["loss"] ?? 0))
    #expect(try trainer.state.tree["optimizer/count"]?.scalar() == 10)
    // SAM keeps the first pass's state of each part: two parts a step, and none in evaluation.
    #expect(try trainer.state.modelState["countingLinear1/steps"]?.scalar() == 20)
    // Steps of one size: ten of them bring a parameter 0.1 away at most.
    #expect(distance(try trainer.numbers(), before) < 0.1 + 1e-12)
  }

  @Test(arguments: Registry<any Optimizer>.all.names)
  func everyOptimizerTrains(_ name: String) throws {
    let data = try Problems.classes(12)
    let optimizer = try Registry<any Optimizer>.all.build(MethodSpec(name))
    let trainer = try Problems.trainer(data, optimizer: optimizer)
    let before = try trainer.numbers()
    let record = try trainer.fit(data, epochs: 1, batchSize: 4).epochs[0]
    #expect(record["loss"]?.isFinite == true)
    let after = try trainer.numbers()
    #expect(after.allSatisfy { $0.isFinite })
    #expect(after != before)
    #expect(trainer.method.optimizer.transform.learningRate != nil)
  }

  /// Each rule with some average, and each average with some rule.
  @Test(arguments: 0..<max(Registry<any GradientRule>.all.names.count, Registry<any Averaging>.all.names.count))
  func rulesAndAveragesCompose(_ index: Int) throws {
    let (rules, averages) = (Registry<any GradientRule>.all.names, Registry<any Averaging>.all.names)
    let (rule, averaging) = (rules[index % rules.count], averages[index % averages.count])
    let data = try Problems.classes(12)
    let trainer = try Problems.trainer(
      data, model: Self.dropping, loss: SoftmaxCrossEntropy().flooded(at: 0.5), optimizer: AdamW(),
      rule: Registry<any GradientRule>.all.build(MethodSpec(rule)),
      averaging: Registry<any Averaging>.all.build(MethodSpec(averaging)))
    let record = try trainer.fit(
      data, epochs: 1, batchSize: 5, validation: data, options: FitOptions(partialBatch: .pad)
    ).epochs[0]
    #expect(record.step == 3)
    #expect(record["val_loss"]?.isFinite == true)
  }
}
