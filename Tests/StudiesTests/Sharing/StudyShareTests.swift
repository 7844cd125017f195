import GRDB
import Search
import TestSupport
import Testing

@testable import Studies

/// How a study is divided among tasks.
@Suite(.tags(.unit)) struct StudyShareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The runs of each task's store: `arm seed`, and `arm trial seed` for a trial.
  private func divided(_ plan: StudyPlan, _ tasks: Int, vectorizes: Bool = false) throws -> [[String]] {
    try (1...tasks).map { task in
      let store = try StudyStore(folder("\(plan.name)-\(tasks)-\(vectorizes)-\(task).sqlite"), isShared: true)
      let share = try StudyShare(task: task, of: tasks, vectorizes: vectorizes)
      let study = try store.register(plan, share: share)
      #expect(study.share == share)
      return try store.results(of: study).runs.map { run in
        run.arm + (run.stage.trial.map { " \($0)" } ?? "") + " \(run.seed)"
      }
    }
  }

  @Test func runsAreDividedByTheirIndex() throws {
    let parts = try divided(StoreSamples.plan(arms: 2, seeds: 3), 4)
    #expect(parts == [["arm0 0", "arm0 2"], ["arm1 0", "arm1 2"], ["arm0 1"], ["arm1 1"]])
    #expect(try StudyShare.count(of: StoreSamples.plan(arms: 2, seeds: 3)) == 6)
    // More tasks than runs leave some without any.
    #expect(try divided(StoreSamples.plan("two", arms: 1, seeds: 2), 3) == [["arm0 0"], ["arm0 1"], []])
  }

  @Test func whatOneProgramTrainsStaysTogether() throws {
    // Both arms are a family: 70 runs are groups of 32, 32 and 6.
    let plan = StoreSamples.plan(arms: 2, seeds: 35)
    let parts = try divided(plan, 3, vectorizes: true)
    #expect(parts.map(\.count) == [32, 32, 6])
    #expect(parts[0].prefix(3) == ["arm0 0", "arm1 0", "arm0 1"])
    #expect(try StudyShare.count(of: plan, vectorizes: true) == 3)
    let store = try StudyStore(folder("sample-3-true-2.sqlite"))
    #expect(try store.claim(upTo: 32, worker: WorkerIdentity()).count == 32)
  }

  /// A run that two arms share isn't trained by two tasks.
  @Test func sharedRunsAreOneTasks() throws {
    var plan = StoreSamples.plan(arms: 2, seeds: 4)
    plan.arms.append(Arm("again", ["optimizer": "sgd(learningRate: 0.1)"]))
    let parts = try divided(plan, 3)
    for seed in 0..<4 {
      #expect(parts.allSatisfy { $0.contains("arm0 \(seed)") == $0.contains("again \(seed)") })
    }
    #expect(parts.flatMap(\.self).count == 12)
  }

  @Test func aSearchIsDividedByArms() throws {
    var plan = StoreSamples.plan(arms: 3, seeds: 2)
    plan.search = SettingSearch(.trials(4), space: [SearchAxis("optimizer.learningRate", LogScale(1e-4, 1))])
    let parts = try divided(plan, 2)
    #expect(Set(parts[0].map { $0.split(separator: " ")[0] }) == ["arm0", "arm2"])
    #expect(Set(parts[1].map { $0.split(separator: " ")[0] }) == ["arm1"])
    // Four trials, and one of the settings as they are written.
    #expect(parts[1].count == 5)
    let store = try StudyStore(folder("sample-2-false-2.sqlite"))
    // Its final runs are expected, and no others.
    #expect(try store.study(nil).counts.expected == 2)
  }

  @Test func whatArmsDecideTogetherIsNotDivided() throws {
    var plan = StoreSamples.plan(seeds: 20)
    plan.untilDecided = UntilDecided(first: 6)
    let store = try StudyStore(folder("sequential.sqlite"))
    let error = #expect(throws: ConfigurationError.self) {
      try store.register(plan, share: StudyShare(task: 1, of: 2))
    }
    #expect(try #require(error).description.contains("the results of all arms decide which seeds follow"))
    #expect(throws: ConfigurationError.self) { try StudyShare.count(of: plan) }
  }

  @Test(arguments: [(0, 3), (4, 3), (-1, 3), (1, 0), (1, -5), (1, 10_001), (Int.max, Int.max)])
  func aTaskOutOfRangeIsRefused(_ task: Int, _ tasks: Int) {
    #expect(throws: ConfigurationError.self) { try StudyShare(task: task, of: tasks) }
  }

  @Test func aStoreKeepsItsShare() throws {
    let path = folder("task.sqlite")
    let (plan, share) = (StoreSamples.plan(), try StudyShare(task: 2, of: 3, vectorizes: true))
    let study = try StudyStore(path, isShared: true).register(plan, share: share)
    // On a disk that other machines use, a write-ahead log loses data, whoever opens the store.
    let store = try StudyStore(path)
    #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    #expect(try store.register(plan) == study)
    let other = try StudyShare(task: 1, of: 3, vectorizes: true)
    #expect(throws: StoreError.otherShare(path: path, study: "sample", stored: share, given: other)) {
      try store.register(plan, share: other)
    }
    let whole = try StudyStore(folder("whole.sqlite"))
    try whole.register(plan)
    let error = #expect(throws: StoreError.self) { try whole.register(plan, share: share) }
    #expect(try #require(error).description.contains("has all of study 'sample', not share 2 of 3, vectorized"))
  }

  @Test func aShareIsReadBackAsItIsWritten() throws {
    for share in [try StudyShare(task: 3, of: 20), try StudyShare(task: 1, of: 1, vectorizes: true)] {
      #expect(StudyShare(text: share.description) == share)
    }
    for text in ["", "3", "4 of 3", "a of b", "1 of 2, fast", "1 of 2 of 3"] { #expect(StudyShare(text: text) == nil) }
    #expect(try StudyShare(task: 7, of: 20).storeName == "task-0007.sqlite")
    #expect(try StudyShare(task: 10_000, of: 10_000).storeName == "task-10000.sqlite")
  }
}
