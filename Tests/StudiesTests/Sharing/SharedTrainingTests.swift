import Search
import TestSupport
import Testing

@testable import Studies

/// Studies that are trained in parts, and are what they are on one machine, bit for bit.
@Suite(.tags(.engine, .slow)) struct SharedTrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ plan: StudyPlan, _ name: String, _ vectorization: Vectorization, share: StudyShare? = nil
  ) throws -> StudyResults {
    var runner = StudyRunner(try StudyStore(folder(name)))
    runner.vectorization = vectorization
    runner.share = share
    return try runner.run(plan)
  }

  private func expectSame(_ plan: StudyPlan, _ vectorization: Vectorization, tasks: Int) throws {
    let single = try run(plan, "single.sqlite", vectorization)
    for task in 1...tasks {
      let share = try StudyShare(task: task, of: tasks, vectorizes: vectorization == .on)
      // The share decides how runs are trained, whatever the runner would do by itself.
      let results = try run(plan, "stores/\(share.storeName)", .auto, share: share)
      #expect(results.runs.allSatisfy { $0.state == .done } && !results.runs.isEmpty)
    }
    let merge = StudyMerge(into: try StudyStore(folder("merged.sqlite")))
    let summary = try merge.merge(StudyMerge.paths([folder("stores")], besides: folder("merged.sqlite")))
    #expect(summary.studies.map(\.counts.isComplete) == [true])
    let store = try StudyStore(folder("merged.sqlite"))
    let merged = try store.results(of: store.study(nil))
    #expect(merged.runs.map(\.id) == single.runs.map(\.id))
    #expect(StudyDiff(single, merged).isEmpty, "\(StudyDiff(single, merged))")
  }

  @Test func runsByThemselves() throws { try expectSame(TinyStudies.plan(seeds: 4), .off, tasks: 3) }

  /// 40 runs of a family are groups of 32 and 8, here as there.
  @Test func runsInOneProgram() throws {
    let plan = TinyStudies.plan(
      arms: ["slow": "momentum(learningRate: 0.01)", "fast": "momentum(learningRate: 0.1)"], seeds: 20, epochs: 1)
    try expectSame(plan, .on, tasks: 2)
  }

  @Test func aSearch() throws {
    var plan = TinyStudies.plan(epochs: 2)
    plan.search = SettingSearch(.trials(3), space: [SearchAxis("optimizer.learningRate", LogScale(1e-3, 1))])
    try expectSame(plan, .off, tasks: 2)
  }

  @Test func reservoirs() throws {
    let plan = StudyPlan(
      name: "reservoirs", base: ["data": "narma(train: 300, test: 100)"],
      arms: [0.5, 0.9].map {
        Arm("\($0)", ["experiment": "reservoirPrediction(units: 20, washout: 50, radius: \($0))"])
      }, seeds: [0, 1, 2])
    try expectSame(plan, .on, tasks: 1)
  }
}
