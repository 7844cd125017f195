import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct AdaptivelyFloodedTests {
  static let logits = Tensor([2.0, -1, 0.5, 0, 3, -2, 40, -40, 0], shape: [3, 3])
  static let classes = Tensor([2, 1, 1] as [Int32])

  /// The authors' `-log((1 - gamma) exp(-l) + gamma)` of the cross entropy l.
  @Test(arguments: [0.0, 0.25, 0.5, 1]) func levelsOfClasses(_ gamma: Double) throws {
    let losses = SoftmaxCrossEntropy().perExample(Self.logits, Self.classes)
    let expected = -((-losses).exp() * (1 - gamma) + gamma).log()
    let found = SoftmaxCrossEntropy().adaptivelyFlooded(gamma: gamma).levels(outputs: Self.logits, Self.classes)
    // An output that is sure of the wrong class is finite, at 69, with gamma 0.
    let limit = gamma == 0 ? 69.1 : 80
    #expect(agree(try found.doubles(), try expected.minimum(limit).doubles(), within: 2e-2))
    let probabilities = Self.logits.softmax()
    for (loss, outputs) in [
      (ProbabilityCrossEntropy(clip: 1e-30) as any Loss, probabilities),
      (KLDivergence(of: .logProbabilities), Self.logits.logSoftmax()),
    ] {
      let targets = loss is KLDivergence ? Self.classes.oneHot(3, dtype: .float64) : Self.classes
      let other = loss.adaptivelyFlooded(gamma: gamma).levels(outputs: outputs, targets)
      #expect(agree(try other.doubles(), try found.doubles(), within: 1e-9))
    }
  }

  @Test func levelsOfEventsAndValues() throws {
    let (scores, events) = (Tensor([1.5, -2, 100], shape: [3, 1]), Tensor([0.0, 1, 0], shape: [3, 1]))
    let level = BinaryCrossEntropy().adaptivelyFlooded(gamma: 0.5).levels(outputs: scores, events)
    let same = BinaryCrossEntropy(of: .probabilities, clip: 0).adaptivelyFlooded(gamma: 0.5)
    let expected = -((-BinaryCrossEntropy().perExample(scores, events)).exp() * 0.5 + 0.5).log()
    #expect(agree(try level.doubles(), try expected.doubles(), within: 1e-12))
    #expect(
      agree(try same.levels(outputs: scores.sigmoid(), events).doubles(), try expected.doubles(), within: 1e-12))
    // A quarter of the squared error, half of the absolute one.
    let (values, targets) = (Tensor([1.0, 3], shape: [2, 1]), Tensor([0.0, 1], shape: [2, 1]))
    #expect(try MeanSquaredError().adaptivelyFlooded().levels(outputs: values, targets).doubles() == [0.25, 1])
    #expect(try MeanAbsoluteError().adaptivelyFlooded().levels(outputs: values, targets).doubles() == [0.5, 1])
  }

  /// Below its own level an example's gradient turns, the others' don't; modifiers inside and outside keep the levels.
  @Test func eachExampleHasItsLevel() throws {
    let (outputs, targets) = (Tensor([1.0, 1, 2], shape: [3, 1]), Tensor([0.0, 0, 0], shape: [3, 1]))
    let levels = Tensor([0.5, 3, 4])
    let loss = MeanSquaredError().adaptivelyFlooded().flooded(atEach: levels)
    let found = valueAndGradient(at: [outputs]) { loss($0[0], targets, weights: nil).objective * 3 }
    #expect(try found.gradients[0].doubles() == [2, -2, 4])
    #expect(try loss.perExample(outputs, targets).doubles() == [1, 5, 4])
    let summed = Summed(MeanSquaredError().adaptivelyFlooded())
    #expect(summed.adaptiveFlooding != nil)
    let bound = summed.flooded(atEach: levels).scheduled(at: Progress(step: Tensor(0), stepsPerEpoch: 1, epochs: 1))
    #expect(try bound(outputs, targets, weights: nil).objective.scalar() == 10)
    // Without levels it is the loss, and the loss without the flooding is the wrapped one.
    #expect(try summed(outputs, targets, weights: nil).objective.scalar() == 6)
    #expect(summed.flooded(atEach: nil).adaptiveFlooding == nil)
  }

  @Test func itIsWrittenInPlans() throws {
    let spec = try MethodSpec(parsing: "adaFlood(loss: meanSquaredError, gamma: 0.2, folds: 3)")
    let loss = try #require(try Registry<any Loss>.all.build(spec) as? AdaptivelyFlooded)
    #expect(loss.gamma == 0.2 && loss.folds == 3 && loss.loss is MeanSquaredError)
    #expect(throws: ConfigurationError.self) {
      try Registry<any Loss>.all.build(MethodSpec(parsing: "adaFlood(folds: 1)"))
    }
  }
}
