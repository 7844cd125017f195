import TestSupport
import Testing

@testable import Plans

/// What a plan compares its arms by where it doesn't say.
@Suite(.tags(.unit)) struct UsualMetricTests {
  private func metric(_ text: String) throws -> PrimaryMetric { try PlanTexts.plan("seeds: 1\n" + text).metric }

  @Test(arguments: [
    ("arms: {a: {}}", "val_accuracy", PrimaryMetric.Direction.higher),
    ("arms: {a: {loss: meanSquaredError}, b: {loss: huber}}", "val_meanAbsoluteError", .lower),
    ("base: {loss: binaryCrossEntropy}\narms: {a: {}}", "val_binaryAccuracy", .higher),
    ("base: {loss: meanSquaredError, metrics: [r2]}\narms: {a: {}}", "val_r2", .higher),
    (
      "base:\n  metrics:\n  - topKAccuracy(k: 2)\n  - accuracy\narms: {a: {}, b: {metrics: accuracy}}", "val_accuracy",
      .higher
    ),
    ("base: {metrics: []}\narms: {a: {}}", "val_loss", .lower),
    ("arms: {a: {}, b: {loss: meanSquaredError}}", "val_loss", .lower),
    ("grid: {loss: [meanSquaredError, huber]}", "val_meanAbsoluteError", .lower),
    ("base: {experiment: reservoirGeneration, data: sine}\narms: {a: {}}", "nrmse", .lower),
  ])
  func followsFromTheLoss(_ text: String, _ name: String, _ better: PrimaryMetric.Direction) throws {
    #expect(try metric(text) == PrimaryMetric(name, better: better))
  }

  @Test func theSecondOfANameCounts() throws {
    let base = "base:\n  metrics:\n  - topKAccuracy(k: 2)\n  - topKAccuracy(k: 3)\narms: {a: {}}\n"
    let plan = try PlanTexts.plan("seeds: 1\nmetric: val_topKAccuracy_2\n" + base)
    #expect(plan.metric == PrimaryMetric("val_topKAccuracy_2", better: .higher))
    #expect(
      try plan.runs()[0].configuration.recordedMetrics
        == ["loss", "topKAccuracy", "topKAccuracy_2", "val_loss", "val_topKAccuracy", "val_topKAccuracy_2"])
    let unknown = #expect(throws: ConfigurationError.self) {
      try PlanTexts.plan("seeds: 1\nmetric: val_topKAccuracy_3\n" + base).runs()
    }
    #expect(unknown?.description.contains("val_topKAccuracy_2") == true)
  }

  @Test func targetsGoWithTheMetric() throws {
    var plan = try PlanTexts.plan("seeds: 1\nbase: {loss: meanSquaredError}\narms: {a: {}}")
    #expect(plan.targets == [])
    try plan.override(assignment: "loss=softmaxCrossEntropy")
    #expect(plan.metric.name == "val_accuracy" && plan.targets == [0.95, 0.97, 0.98])
    try plan.override(assignment: "metric=val_loss")
    #expect(plan.targets == [])
    #expect(try StudyPlan(yaml: plan.yaml(), source: "again.yml", name: "x") == plan)
    plan.targets = [0.5]
    try plan.override(assignment: "metric=val_accuracy")
    #expect(plan.targets == [0.5])
  }

  /// A text that names what follows anyway is the same plan, and the same run.
  @Test func whatFollowsMayBeWritten() throws {
    let short = try PlanTexts.plan("seeds: 2\nbase: {loss: meanSquaredError}\narms: {a: {}, b: {optimizer: adam}}")
    let long = try PlanTexts.plan(
      "seeds: 2\nmetric: val_meanAbsoluteError\ntargets: []\nbase: {loss: meanSquaredError, metrics: [meanAbsoluteError, r2]}\n"
        + "arms: {a: {}, b: {optimizer: adam}}")
    #expect(try StudyPlan(yaml: short.yaml(), source: "again.yml", name: "x") == short)
    #expect(try short.runs().map(\.id) == long.runs().map(\.id))
    var configuration = RunConfiguration()
    #expect(configuration.metrics == [MethodSpec("accuracy")])
    configuration.loss = MethodSpec("huber")
    #expect(configuration.metrics == [MethodSpec("meanAbsoluteError"), MethodSpec("r2")])
    configuration.metrics = []
    #expect(try configuration.method().metrics.isEmpty)
  }

  /// The id that runs of classes have had since there were ids.
  @Test func idsOfOldRunsStay() throws {
    #expect(RunConfiguration().canonicalText.contains("metrics: [accuracy]\n"))
  }
}
