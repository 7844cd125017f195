import Search
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.engine, .slow)) struct WorkloadStudyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two arms with two trials each, on digits and on their reconstruction.
  private static func plan() -> StudyPlan {
    var plan = StudyPlan(
      name: "workloads", base: ["batchSize": "20", "epochs": "3"],
      arms: [Arm("sgd", ["optimizer": "sgd(learningRate: 0.1)"]), Arm("sam", ["gradientRule": "sam"])], seeds: [0, 1])
    plan.workloads = [
      Workload(
        "digits", ["data": "syntheticDigits(train: 200, test: 100)", "model": "mlp(hidden: [8])"],
        metric: PrimaryMetric("val_accuracy"), target: 0.05),
      Workload(
        "copies",
        [
          "data": "reconstruction(data: syntheticDigits(train: 100, test: 50))", "model": "mlp(hidden: [8])",
          "loss": "meanSquaredError", "epochs": "2",
        ], metric: PrimaryMetric("val_loss"), target: 1e-9),
    ]
    var search = SettingSearch(.trials(2), space: [SearchAxis("optimizer.learningRate", LogScale(0.01, 0.1))])
    (search.triesWritten, search.judge.target) = (false, .first)
    plan.search = search
    return plan
  }

  @Test func armsAreTunedTimedAndComparedOnEachWorkload() throws {
    let runner = StudyRunner(try StudyStore(folder("store.sqlite")))
    let results = try runner.run(Self.plan())
    #expect(results.runs.count == 16 && results.runs.allSatisfy { $0.state == .done })
    #expect(
      results.finalRuns.filter { $0.seed == 0 }.map(\.arm) == ["sgd digits", "sam digits", "sgd copies", "sam copies"])
    let report = try StudyReport(results)
    let found = try #require(report.workloads)
    #expect(found.arms == ["sgd", "sam"] && found.missing.isEmpty)
    // The first target is reached after an epoch of ten steps, of two evaluations for SAM; the other one never is.
    #expect(
      found.profile.ratios == ["sgd": ["digits": 1, "copies": .infinity], "sam": ["digits": 2, "copies": .infinity]])
    #expect(found.workloads[0].times["sam"]?.gradients == 20)
    #expect(found.workloads[1].times["sam"]?.missed == 2)
    for workload in found.workloads {
      #expect(workload.report.comparisons.map(\.candidate) == ["sam"])
      #expect(workload.report.search?.arms.map(\.name) == ["sgd", "sam"])
      #expect(workload.report.facts.notes.first?.contains("2 trials per arm") == true)
    }
    #expect(found.workloads[1].report.facts.metric.name == "val_loss")
    // Nothing is left to be done, and the plan that the store has is the same.
    #expect(results.study.plan == Self.plan())
    let again = try runner.run(Self.plan())
    #expect(StudyDiff(results, again).isEmpty && again.runs.allSatisfy { $0.attempts == 1 })
  }
}
