import TestSupport
import Testing

@testable import Plans

/// Frozen parameters, learning rates of their own, weights of classes and callbacks in configurations and plans.
@Suite(.tags(.unit)) struct TrainingSettingsTests {
  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
  }

  @Test func settingsAreReadAndWritten() throws {
    let text = """
      freeze: 'dense[12]|conv'
      frozenStatistics: updated
      learningRateFactors: {'dense[12]/.*': 0.1, kernel: 3}
      layerDecay: 0.75
      normalizationGroups: 5
      classWeights: [1, 2.5, 0]
      callbacks: [earlyStopping(patience: 5, monitor: val_loss), reduceOnPlateau(factor: 0.5), tensorBoard, checkpoints]
      """
    let read = try configuration(text)
    #expect(read.freeze == ["dense[12]|conv"] && read.frozenStatistics == .updated)
    #expect(read.learningRateFactors.map(\.pattern) == ["dense[12]/.*", "kernel"])
    #expect(read.learningRateFactors.map(\.factor) == [0.1, 3])
    #expect(read.layerDecay == 0.75 && read.normalizationGroups == 5)
    #expect(read.classWeights == .values([1, 2.5, 0]))
    #expect(read.callbacks.map(\.name) == ["earlyStopping", "reduceOnPlateau", "tensorBoard", "checkpoints"])
    #expect(try configuration(read.yaml()) == read)
    #expect(try RunConfiguration(canonicalText: read.canonicalText, source: "store") == read)
    let method = try read.method()
    #expect(method.freeze?.matches("dense1/kernel") == true && !method.freezesStatistics && method.adjustsLearningRate)
    #expect(method.learningRateFactors == read.learningRateFactors && method.classWeights == read.classWeights)
    #expect(method.layerDecay == 0.75 && method.normalizationGroups == 5)
    #expect(try !configuration("callbacks: earlyStopping").method().adjustsLearningRate)
    #expect(try configuration("classWeights: balanced").classWeights == .balanced)
    // What isn't set leaves the text, and with it the id, as they were.
    for none in [
      "freeze: none", "learningRateFactors: none", "callbacks: none", "classWeights: none", "frozenStatistics: fixed",
      "layerDecay: none", "layerDecay: 1",
    ] {
      #expect(try configuration(none).id == RunConfiguration().id, "\(none)")
    }
  }

  @Test func precisionIsReadAndWritten() throws {
    let read = try configuration(
      "manifoldMixup: 2\ndtype: bfloat16\nlossScale: dynamic\nskipNonFinite: true\nparameterRounding: stochastic")
    #expect(read.precision == Precision(parameters: .bfloat16, computation: .bfloat16))
    #expect(try configuration(read.yaml()) == read)
    #expect(try RunConfiguration(canonicalText: read.canonicalText, source: "store") == read)
    let method = try read.method()
    #expect(
      method.manifoldMixup?.constant == 2 && method.lossScaling == .dynamic && method.skipsNonFiniteSteps
        && method.parameterRounding == .stochastic)
    let mixing = try configuration("manifoldMixup: cosine(initial: 2, final: 0.5)")
    #expect(try configuration(mixing.yaml()) == mixing)
    #expect(try RunConfiguration(canonicalText: mixing.canonicalText, source: "store").id == mixing.id)
    #expect(try mixing.method().manifoldMixup is CosineSchedule)
    let arm = Arm("mixing") { $0.manifoldMixup = CosineSchedule(2, final: 0.5) }
    #expect(try arm.configuration(base: [], seed: 0).method().manifoldMixup is CosineSchedule)
    #expect(try configuration("lossScale: 128").lossScaling == .fixed(128))
    #expect(try configuration("dtype: float16").precision == .float16)
    for none in ["lossScale: none", "manifoldMixup: none", "skipNonFinite: false", "parameterRounding: nearest"] {
      #expect(try configuration(none).id == RunConfiguration().id, "\(none)")
    }
    let typed = Arm("typed") {
      ($0.dtype, $0.parameterRounding) = (.float16, .stochastic)
      ($0.lossScaling, $0.skipsNonFiniteSteps) = (.fixed(8), true)
      $0.manifoldMixup = 0.5
    }
    let written = Arm(
      "typed",
      [
        "dtype": "float16", "parameterRounding": "stochastic", "lossScale": "8", "skipNonFinite": "true",
        "manifoldMixup": "0.5",
      ])
    #expect(try typed.configuration(base: [], seed: 1) == written.configuration(base: [], seed: 1))
  }

  @Test(arguments: [
    ("freeze: 'layer('", "'layer(' is not a regular expression"),
    ("learningRateFactors: 'dense1'", "takes a pattern of paths with a factor"),
    ("learningRateFactors: 'dense1: -2'", "must be a finite number, 0 or more"),
    ("layerDecay: 0", "'layerDecay' is 0, but must be above 0 and at most 1"), ("layerDecay: 2", "'layerDecay' is 2"),
    ("layerDecay: slow", "'layerDecay'"), ("frozenStatistics: both", "must be one of fixed, updated"),
    ("classWeights: equal", "must be balanced, none or one number per class"),
    ("classWeights: [0, 0]", "0 or more and not all 0"),
    ("manifoldMixup: 0", "'manifoldMixup' is 0"), ("lossScale: 0", "'lossScale' is 0"),
    ("lossScale: fast", "'lossScale'"),
    ("parameterRounding: stochastic", "is for half precision"), ("parameterRounding: up", "nearest, stochastic"),
    ("optimizerState: split", "must be one of replicated, sharded"),
    ("optimizerState: sharded\noptimizer: muon", "'muon' needs whole parameters (Orthogonalize)"),
    (
      "optimizerState: sharded\noptimizer: preceded(by: clipAdaptively, optimizer: sgd)",
      "'preceded' needs whole parameters (AdaptiveClipping)"
    ),
    ("callbacks: earlyStoping", "did you mean 'earlyStopping'?"),
    ("callbacks: earlyStopping(patience: -1)", "'patience' is -1"),
    ("callbacks: bestWeights(monitor: val_acuracy)", "there is no metric 'val_acuracy': did you mean 'val_accuracy'?"),
  ])
  func mistakesAreNamed(_ text: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try configuration("epochs: 2\n" + text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("c.yml:2") == true, "\(error?.description ?? "")")
  }

  @Test func armsTakeThemAsValues() throws {
    var stopping = NamedEarlyStopping()
    stopping.patience = 3
    let typed = try Arm("typed") {
      $0.callbacks = [stopping, NamedBestWeights()]
      $0.freeze = ["dense1"]
      $0.learningRateFactors = [try LearningRateFactor("dense2", 0.5)]
      $0.classWeights = .balanced
      $0.layerDecay = 0.9
      $0.normalizationGroups = 4
      $0.optimizerState = .sharded
    }
    let written = Arm(
      "typed",
      [
        "callbacks": "[earlyStopping(patience: 3), bestWeights]", "freeze": "dense1",
        "learningRateFactors": "'dense2: 0.5'", "classWeights": "balanced",
        "layerDecay": "0.9", "normalizationGroups": "4", "optimizerState": "sharded",
      ])
    #expect(try typed.configuration(base: [], seed: 1) == written.configuration(base: [], seed: 1))
  }

  @Test func aRunStopsAndReturnsToItsBest() throws {
    let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
    var run = try configuration(
      "epochs: 60\nbatchSize: 20\nmodel: mlp(hidden: [8])\noptimizer: adam(learningRate: 0.05)\ncallbacks: [earlyStopping(patience: 2), bestWeights]"
    )
    let (trainer, history) = try Run(run, data: data).train()
    let losses = history.values("val_loss").map(\.value)
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(history.epochs.count < 60 && best == losses.count - 3 && history.stopReason != nil)
    let found = try trainer.evaluate(data.test)["loss"] ?? .nan
    #expect(abs(found - losses[best]) < 1e-5)
    // Continued from a checkpoint after its end, it has nothing to do.
    let checkpoint = try trainer.checkpoint()
    #expect(try Run(run, data: data).train(from: checkpoint).history.epochs.count == history.epochs.count)
    run.freeze = ["dense9"]
    #expect(throws: TrainingError.self) { try Run(run, data: data).train() }
  }
}
