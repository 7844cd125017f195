import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct IdentityTests {
  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "text"))
  }

  /// Texts that mean the same run.
  @Test(arguments: [
    "optimizer: momentum(learningRate: 0.10, momentum: 0.9)\nepochs: 5",
    "epochs: 5.0\noptimizer: {name: momentum, momentum: 9e-1, rate: 1e-1}",
    "optimizer: 'Momentum(momentum = 0.9, rate = .1)'\nepochs: 5\nbatch: 100\nseed: 0",
    "optimizer: {rate: 0.1, name: momentum, momentum: 0.90}\nepochs: 5\nloss: softmax_cross_entropy()\nmodel: mlp",
  ])
  func spellingAndOrderDontMatter(_ text: String) throws {
    let reference = try configuration("epochs: 5\noptimizer: momentum(learningRate: 0.1, momentum: 0.9)")
    #expect(try configuration(text).canonicalText == reference.canonicalText)
    #expect(try configuration(text).id == reference.id)
  }

  /// Texts that mean other runs than the default one, and than each other.
  @Test func everythingThatDecidesAResultMatters() throws {
    let texts = [
      "", "seed: 1", "epochs: 11", "batchSize: 101", "dtype: float64", "partialBatch: pad", "rng: numPy",
      "evaluateBeforeTraining: true",
      "examples: 100", "data: mnist", "data: syntheticDigits(seed: 1)", "model: mlp(hidden: [8])",
      "model: mlp(hidden: [8, 8])", "model: mlp(activation: hSwish)", "model: mlp(activation: hSwish(n: 3))",
      "loss: flooded(at: 0.1)", "optimizer: adam", "optimizer: sgd(learningRate: 0.5)", "gradientRule: sam",
      "averaging: ema",
      "metrics: []",
    ]
    let ids = try texts.map { try configuration($0).id }
    #expect(Set(ids).count == texts.count)
  }

  @Test func aRunIsReadBackFromItsText() throws {
    for text in [
      "",
      "model: mlp(hidden: [8], activation: hSwish(n: 3))\noptimizer: sgd(learningRate: 1e-7)\nexamples: 50\nseed: 4294967295",
    ] {
      let original = try configuration(text)
      let copy = try RunConfiguration(canonicalText: original.canonicalText, source: "store")
      #expect(copy == original)
      #expect(copy.canonicalText == original.canonicalText)
    }
  }

  /// If this fails, stored runs would no longer be found: only another `canonicalFormat` may change ids.
  @Test func idsStayWhatTheyAre() throws {
    #expect(
      RunConfiguration().canonicalText == """
        # tanren run, format 1
        data: digits
        model: mlp
        loss: softmaxCrossEntropy
        optimizer: sgd
        rule: plain
        averaging: none
        penalties: []
        metrics: [accuracy]
        epochs: 10
        batch: 100
        seed: 0
        dtype: float32
        remainder: dropped
        draws: keyed
        untrained: false

        """)
    #expect(RunConfiguration().id == "f2f8d940d5b8655a1e7dad59ed2b6f675b7460e130042439467003448c41d0ef")
  }

  /// Runs of stores that were made before settings got other names.
  @Test func renamedSettingsLeaveIdsAsTheyWere() throws {
    let stored = """
      # tanren run, format 1
      data: {name: syntheticImages, test: 200, train: 400}
      model: {name: cnn, activation: relu}
      loss: softmaxCrossEntropy
      optimizer: {name: lamb, preset: tfa, rate: 0.001}
      rule: plain
      averaging: none
      penalties: []
      metrics: [accuracy]
      epochs: 2
      batch: 100
      seed: 0
      dtype: float32
      remainder: dropped
      draws: keyed
      untrained: false

      """
    let run = try RunConfiguration(canonicalText: stored, source: "store")
    #expect(run.canonicalText == stored)
    #expect(run.id == "3d2b828b1197ec70deb81751d8151c7a8d5bfaa39bc368430f89c37b11f6cb87")
    #expect(run.optimizer.description == "lamb(learningRate: 0.001, preset: tfa)")
    for (old, new) in [
      (
        "sgd(rate: 0.5, coupledDecay: 0.1, excludeFromDecay: [bias])",
        "sgd(learningRate: 0.5, l2: 0.1, excludeFromWeightDecay: [bias])"
      ),
      ("rmsprop(keeping: 0.8)", "rmsprop(rho: 0.8)"),
      (
        "preceded(by: [decay(rate: 0.1)], optimizer: adamW(decay: 0.2))",
        "preceded(by: [decay(weightDecay: 0.1)], optimizer: adamW(weightDecay: 0.2))"
      ),
    ] {
      let (first, second) = (try configuration("optimizer: \(old)"), try configuration("optimizer: \(new)"))
      #expect(first == second)
      #expect(first.id == second.id)
    }
  }

  /// Experiments' settings are in run ids as they were.
  @Test func renamedSettingsOfReservoirsLeaveIdsAsTheyWere() throws {
    let old = try configuration(
      "experiment: 'reservoirHorizon(leak: 0.4, taken: 0.44, fixup: false)'\ndata: mackeyGlass\ndtype: float64\n")
    let new = try configuration(
      "experiment: 'reservoirHorizon(leak: 0.4, activationScale: 0.44, correctsLastOutput: false)'\n"
        + "data: mackeyGlass\ndtype: float64\n")
    #expect(old == new && old.id == new.id)
    #expect(new.canonicalText.contains("taken: 0.44") && new.canonicalText.contains("fixup: false"))
    #expect(new.yaml().contains("activationScale: 0.44"))
  }

  /// A run's own settings by the names that earlier versions gave them.
  @Test func aRunsSettingsAreReadByTheirEarlierNames() throws {
    let old = try configuration(
      "batch: 20\nrule: sam(rho: 0.1)\ndraws: numPy\nremainder: masked\nuntrained: true\n")
    let notes = RenamedSettings.takeNotes().filter { $0.hasPrefix("text:") }
    for note in [
      "text:1: 'batch' is deprecated: write 'batchSize'", "text:2: 'rule' is deprecated: write 'gradientRule'",
      "text:3: 'draws' is deprecated: write 'rng'", "text:4: 'remainder' is deprecated: write 'partialBatch'",
      "text:4: 'masked' is deprecated: write 'pad'",
      "text:5: 'untrained' is deprecated: write 'evaluateBeforeTraining'",
    ] { #expect(notes.contains(note)) }
    let new = try configuration(
      "batchSize: 20\ngradientRule: sam(rho: 0.1)\nrng: numPy\npartialBatch: pad\nevaluateBeforeTraining: true\n")
    #expect(old == new && old.id == new.id)
    #expect((new.batchSize, new.rng, new.partialBatch) == (20, .numPy, .pad) && new.evaluatesBeforeTraining)
    for line in [
      "batchSize: 20\n", "gradientRule: {name: sam, rho: 0.1}\n", "rng: numPy\n", "partialBatch: pad\n",
      "evaluateBeforeTraining: true\n",
    ] { #expect(new.yaml().contains(line)) }
    for line in [
      "batch: 20\n", "rule: {name: sam, rho: 0.1}\n", "draws: numPy\n", "remainder: masked\n", "untrained: true\n",
    ] { #expect(new.canonicalText.contains(line)) }
    #expect(throws: ConfigurationError.self) { try configuration("batch: 20\nbatchSize: 20") }
    let experiment = try configuration("experiment: reservoirPrediction\ndata: sine\ndraws: numPy")
    #expect(experiment.yaml().contains("rng: numPy\n") && experiment.canonicalText.contains("draws: numPy\n"))
    // A setting replaces the one of the other name, in files, plans and words alike.
    for (base, word) in [("rule: sam", "gradientRule.rho=0.3"), ("gradientRule: sam", "rule.rho=0.3")] {
      var options = try YAMLReader.options(text: base, source: "text")
      try options.override(assignment: word)
      try options.override(assignment: "batch=7")
      try options.override(assignment: "batchSize=8")
      let read = try RunConfiguration(from: options)
      #expect(read.gradientRule.description == "sam(rho: 0.3)" && read.batchSize == 8)
    }
    let plan = try StudyPlan(
      yaml: "seeds: 1\nbase: {batch: 10}\narms: {a: {batchSize: 20}, b: {}}\ngrid: {remainder: [dropped, masked]}",
      source: "plan.yml")
    let runs = try plan.runs().map(\.configuration)
    #expect(runs.map(\.batchSize) == [20, 20, 10, 10] && runs.map(\.partialBatch) == [.drop, .pad, .drop, .pad])
    let twice = try StudyPlan(yaml: "seeds: 1\narms: {a: {batch: 10, batchSize: 20}}", source: "plan.yml")
    #expect(throws: ConfigurationError.self) { try twice.runs() }
  }

  /// Methods as values in Swift go into plans like any others.
  @Test func armsTakeValues() throws {
    let typed = Arm("typed") {
      $0.optimizer = Adam(learningRate: 1e-3, beta1: CosineSchedule(0.9))
      $0.loss = SoftmaxCrossEntropy(labelSmoothing: 0.1)
      $0.gradientRule = SAM(rho: 0.1)
      $0.penalties = [L1L2(l2: 0.5)]
      $0.epochs = 3
      $0.batchSize = 50
    }
    let written = Arm(
      "typed",
      [
        "optimizer": "adam(beta1: cosine(initial: 0.9))", "loss": "softmaxCrossEntropy(labelSmoothing: 0.1)",
        "gradientRule": "sam(rho: 0.1)", "penalties": "[l1l2(l2: 0.5)]", "epochs": "3", "batchSize": "50",
      ])
    let base = [Override](["model": "mlp(hidden: [7])"])
    #expect(try typed.configuration(base: base, seed: 4) == written.configuration(base: base, seed: 4))
    let unnamed = Arm("unnamed") { $0.optimizer = Adam(learningRate: Tensor(0.1)) }
    let error = #expect(throws: ConfigurationError.self) { try unnamed.configuration(base: base, seed: 4) }
    #expect(error?.description.contains("has no name that a plan could hold") == true)
  }

  @Test func workIsTheSameForOtherSeedsAndLengths() throws {
    let first = try configuration("seed: 1\nepochs: 3").workload
    #expect(try configuration("seed: 2\nepochs: 30").workload == first)
    #expect(try configuration("seed: 1\nepochs: 3\nbatch: 10").workload != first)
  }
}
