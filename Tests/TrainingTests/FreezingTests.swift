import ArrayFixtures
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Training

/// Frozen parameters and learning rates of their own, as PyTorch has them: see `generate_freezing.py`.
@Suite(.tags(.engine)) struct FreezingTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let name: String
      let freeze: [String]
      let statistics: String
      let factors: [String]
      let optimizer: String
      let losses: [FixtureNumber]
      let end: [String: FixtureArray]
    }

    let x: FixtureArray
    let t: FixtureArray
    let initial: [String: FixtureArray]
    let cases: [Case]
  }

  private static let fixture = Result {
    let url = Bundle.module.url(forResource: "freezing", withExtension: "json", subdirectory: "Fixtures")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: try #require(url)))
  }

  private static let model = Sequential {
    Dense(6).named("first"); BatchNorm(.pyTorch).named("norm"); ReLU(); Dense(5).named("second"); Tanh()
    Dense(3).named("third")
  }

  private static func trainer(
    precision: Precision = .float64, optimizer: any Optimizer = SGD(learningRate: 0.05),
    _ configure: (inout Method) throws -> Void = { _ in }
  ) throws -> (trainer: Trainer, data: LabeledArrays) {
    let fixture = try fixture.get()
    let dtype: DType = precision == .float64 ? .float64 : .float32
    let data = try LabeledArrays(
      inputs: fixture.x.tensor().cast(to: dtype).hostArray(), targets: fixture.t.tensor().hostArray(), classCount: 3)
    let initial = try fixture.initial.mapValues { try $0.tensor().cast(to: dtype) }
    let trainer = try Trainer(
      model: model, method: Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer, configure), inputs: data.inputs,
      precision: precision, parameters: TensorTree(initial.map { (path: $0.key, tensor: $0.value) }))
    return (trainer, data)
  }

  @Test func tenStepsArePyTorchs() throws {
    for row in try Self.fixture.get().cases {
      for (precision, tolerance) in [(Precision.float64, 1e-12), (.float32, 2e-4)] {
        let optimizer = try Registry<any Optimizer>.all.build(MethodSpec(parsing: row.optimizer))
        let (trainer, data) = try Self.trainer(precision: precision, optimizer: optimizer) { method in
          if !row.freeze.isEmpty { method.freeze = try PathFilter(including: row.freeze.map { "^\($0)/" }) }
          method.freezesStatistics = row.statistics == "fixed"
          method.learningRateFactors = try row.factors.map { text in
            let parts = text.split(separator: ": ")
            return try LearningRateFactor("^\(parts[0])", Double(parts[1]) ?? .nan)
          }
        }
        // An epoch is one step, whose loss is that before the update.
        let history = try trainer.fit(data, epochs: 10, batchSize: 12, options: FitOptions(order: SequentialOrder()))
        let losses = history.values("loss").map(\.value)
        #expect(agree(losses, row.losses.map(\.value), within: tolerance), "\(row.name): \(losses)")
        let variables = trainer.variables
        for (path, expected) in row.end {
          let found = try #require(variables.parameters[path] ?? variables.state[path]).doubles()
          // Adam divides small gradients, and with them their last digits, by their own size.
          #expect(agree(found, expected.numbers, within: tolerance * 100), "\(row.name), \(path)")
        }
      }
    }
  }

  /// A decay is what the factors of its powers are; the normalization belongs to the layer before it.
  @Test func ratesDecayLayerByLayer() throws {
    func end(_ configure: (inout Method) throws -> Void) throws -> [Double] {
      let (trainer, data) = try Self.trainer(optimizer: AdamW(learningRate: 0.05, weightDecay: 0.1), configure)
      try trainer.fit(data, epochs: 3, batchSize: 6)
      return try trainer.state.parameters.doubles()
    }
    let decayed = try end { $0.layerDecay = 0.5 }
    #expect(
      try decayed
        == end {
          $0.learningRateFactors = [
            try LearningRateFactor("^(first|norm)/", 0.25), try LearningRateFactor("^second/", 0.5),
          ]
        })
    #expect(try decayed != end { _ in })
    // With factors of their own, both count; a decay of 1 is none.
    let both = try end {
      $0.layerDecay = 0.5
      $0.learningRateFactors = [try LearningRateFactor("^first/kernel", 2), try LearningRateFactor("^third/", 0)]
    }
    #expect(
      try both
        == end {
          $0.learningRateFactors = [
            try LearningRateFactor("^first/kernel", 0.5), try LearningRateFactor("^(first|norm)/", 0.25),
            try LearningRateFactor("^second/", 0.5), try LearningRateFactor("^third/", 0),
          ]
        })
    #expect(try end { $0.layerDecay = 1 } == end { _ in })
    for decay in [0, -1, 1.5, .nan] {
      #expect(throws: ConfigurationError.self) { try Self.trainer { $0.layerDecay = decay } }
    }
  }

  @Test func whatIsFrozenHasNoMemoryAndKeepsItsBits() throws {
    let (trainer, data) = try Self.trainer(optimizer: AdamW(learningRate: 0.1, weightDecay: 0.5)) {
      $0.freeze = try PathFilter(including: ["first|norm"])
      $0.averaging = ExponentialAverage(decay: 0.5)
      $0.gradientRule = SAM(rho: 0.1)
      $0.penalties = [L1L2(l2: 1, pattern: "")]
    }
    let before = try trainer.state.copy()
    let frozen = before.parameters.paths.filter { $0.hasPrefix("first") || $0.hasPrefix("norm") }
    #expect(frozen.count == 4)
    for path in trainer.state.tree.paths where !path.hasPrefix("parameters/") && !path.hasPrefix("state/") {
      #expect(!frozen.contains { path.hasSuffix($0) }, "\(path)")
    }
    try trainer.fit(data, epochs: 2, batchSize: 6, validation: data)
    for path in before.parameters.paths {
      let (old, new) = (
        try #require(before.parameters[path]).doubles(), try #require(trainer.state.parameters[path]).doubles()
      )
      #expect((old == new) == frozen.contains(path), "\(path)")
      #expect(trainer.variables.parameters[path]?.type == before.parameters[path]?.type)
    }
    #expect(try before.modelState.doubles() == trainer.state.modelState.doubles())
    // A checkpoint and a group take it as it is.
    let checkpoint = try trainer.checkpoint()
    try trainer.restore(checkpoint)
    let group = try [0.1, 0.2].map { rate in
      try Self.trainer(optimizer: SGD(learningRate: rate)) { $0.freeze = try PathFilter(including: ["first"]) }
    }
    let histories = try TrainerGroup(group.map(\.trainer)).fit(group[0].data, epochs: 1, batchSize: 12)
    #expect(histories.count == 2)
  }

  @Test func summariesSayWhatIsTrained() throws {
    let (trainer, _) = try Self.trainer { $0.freeze = try PathFilter(including: ["first", "second/bias"]) }
    let summary = try trainer.layerSummary()
    #expect(summary.frozenCount == 4 * 6 + 6 + 5 && summary.trainableCount == 12 + 30 + 18)
    let text = try trainer.summary()
    #expect(text.contains("Trainable params: 60\n") && text.contains("Non-trainable params: 47\n"))
    #expect(text.contains("Total params: 107\n") && text.contains("Frozen: first, second (in part)"))
    #expect(try !Self.trainer().trainer.summary().contains("Frozen"))
  }

  @Test func patternsThatMatchNothingAreErrors() throws {
    let paths = try Self.trainer().trainer.state.parameters.paths
    #expect(throws: TrainingError.unmatchedPattern(setting: "freeze", pattern: "layer9", paths: paths)) {
      try Self.trainer { $0.freeze = try PathFilter(including: ["first", "layer9"]) }
    }
    let error = #expect(throws: TrainingError.self) {
      try Self.trainer { $0.learningRateFactors = [try LearningRateFactor("head", 2)] }
    }
    #expect(
      error?.description.contains("'head' of 'learningRateFactors' matches no parameter; their paths are first/")
        == true)
    #expect(throws: TrainingError.unmatchedPattern(setting: "groups", pattern: "head", paths: paths)) {
      let groups = ParameterGroups(
        [try ParameterGroup("first", Adam()), try ParameterGroup("head", Adam())], others: SGD())
      _ = try Self.trainer(optimizer: groups.preceded(by: ClipByNorm(1)))
    }
    #expect(throws: TrainingError.nothingTrained) { try Self.trainer { $0.freeze = try PathFilter(including: ["."]) } }
    #expect(throws: ConfigurationError.self) { try LearningRateFactor("a", -1) }
    #expect(throws: ConfigurationError.self) { try LearningRateFactor("(", 1) }
  }
}
