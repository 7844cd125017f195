import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.process)) struct ClaimTests {
  private let folder: TemporaryFolder
  private let store: StudyStore

  init() throws {
    folder = try TemporaryFolder()
    store = try StudyStore(folder("store.sqlite"))
  }

  @Test func runsAreClaimedInThePlansOrder() throws {
    let plan = StoreSamples.plan()
    try store.register(plan)
    var claimed: [String] = []
    while let run = try store.claim(worker: WorkerIdentity()) { claimed.append("\(run.arm) \(run.seed) \(run.id)") }
    #expect(claimed == (try plan.runs()).map { "\($0.arm) \($0.seed) \($0.id)" })
    #expect(try store.counts().running == 6)
  }

  @Test func severalConnectionsNeverClaimTheSameRun() throws {
    try store.register(StoreSamples.plan(arms: 10, seeds: 12))
    let path = store.path
    let claimed = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      do {
        let store = try StudyStore(path)
        while let run = try store.claim(worker: WorkerIdentity()) { claimed.withLock { $0.append(run.id) } }
      } catch {
        Issue.record(error)
      }
    }
    let ids = claimed.withLock { $0 }
    #expect(ids.count == 120)
    #expect(Set(ids).count == 120)
  }

  @Test func severalProcessesMayMakeAStoreAtOnce() throws {
    let path = folder("new.sqlite")
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      do {
        try StudyStore(path).register(StoreSamples.plan("study\(index % 2)"))
      } catch {
        Issue.record(error)
      }
    }
    #expect(try StudyStore(path).studies().map(\.name) == ["study0", "study1"])
    #expect(try StudyStore(path).counts().total == 6)
  }

  @Test func aRunGoesToAnotherWorkerWhenItsLeaseEnds() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 1))
    let first = try #require(try store.claim(worker: WorkerIdentity(), lease: 0.2))
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
    try store.renew(first, lease: 0.4)
    Thread.sleep(forTimeInterval: 0.25)
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
    Thread.sleep(forTimeInterval: 0.25)
    let second = try #require(try store.claim(worker: WorkerIdentity()))
    #expect(second.id == first.id)
    #expect(second.attempt == 2)
    // The first worker, come to life again, can't change anything any more.
    let lost = StoreError.leaseLost(run: first.id)
    #expect(throws: lost) { try store.renew(first) }
    #expect(throws: lost) { try store.record(StoreSamples.record(1), of: first, checkpoint: nil, end: nil) }
    #expect(throws: lost) { try store.finish(first, StoreSamples.end) }
    #expect(throws: lost) { try store.fail(first, error: "x") }
    #expect(throws: lost) { try store.release(first) }
    #expect(throws: lost) { try store.rewrite(first, History()) }
    try store.record(StoreSamples.record(1), of: second, checkpoint: nil, end: nil)
  }

  @Test func aRunOfAnEndedProcessIsClaimedAtOnce() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 3))
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/bin/sh")
    ended.arguments = ["-c", "exit 0"]
    try ended.run()
    ended.waitUntilExit()
    let ids = try (0..<3).map { _ in try #require(try store.claim(worker: WorkerIdentity())).id }
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
    let here = WorkerIdentity()
    let workers = [
      (here.host, ended.processIdentifier, "1"),
      // The same number, but another process.
      (here.host, here.process, "1"),
      (here.host + " elsewhere", ended.processIdentifier, "1"),
    ]
    for (id, worker) in zip(ids, workers) {
      try store.write {
        try $0.execute(
          sql: "UPDATE runs SET host = ?, process = ?, process_started = ? WHERE id = ?",
          arguments: [worker.0, worker.1, worker.2, id])
      }
    }
    #expect(try store.claim(worker: WorkerIdentity())?.id == ids[0])
    #if os(Linux)
      // Elsewhere there is no telling when a process began: the lease has to end.
      #expect(try store.claim(worker: WorkerIdentity())?.id == ids[1])
    #endif
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
  }

  @Test func aReleasedRunIsPendingAgain() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 1))
    for _ in 0..<30 { try store.release(try #require(try store.claim(worker: WorkerIdentity()))) }
    #expect(try store.counts().pending == 1)
  }

  @Test func aRunThatEndsEveryProcessFailsInTheEnd() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 2))
    var claims = 0
    while let run = try store.claim(worker: WorkerIdentity(), lease: -1) {
      claims += 1
      // The other one gets on.
      if run.seed == 1 { try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: StoreSamples.end) }
    }
    #expect(claims == StudyStore.idleAttemptLimit + 1)
    let runs = try store.results(of: store.study(nil)).runs
    #expect(runs.map(\.state) == [.failed, .done])
    #expect(runs[0].error == "its process ended 10 times before an epoch was finished")
    #expect(try store.retryFailed(of: store.study(nil)) == 1)
    #expect(try store.claim(worker: WorkerIdentity())?.seed == 0)
  }

  @Test func aRunThatGetsOnMayBeInterruptedAsOftenAsOneLikes() throws {
    try store.register(StoreSamples.plan(arms: 1, seeds: 1))
    for epoch in 1...50 {
      let run = try #require(try store.claim(worker: WorkerIdentity(), lease: -1))
      #expect(run.attempt == epoch)
      try store.record(StoreSamples.record(epoch), of: run, checkpoint: nil, end: nil)
    }
  }

  @Test func onlyTheStudysRunsAreClaimed() throws {
    let first = try store.register(StoreSamples.plan("first", arms: 1, seeds: 2))
    let second = try store.register(StoreSamples.plan("second", arms: 2, seeds: 1))
    // The run of arm 0 and seed 0 is in both.
    #expect(try store.counts().total == 3)
    #expect(try store.claim(of: second, worker: WorkerIdentity())?.seed == 0)
    #expect(try store.claim(of: second, worker: WorkerIdentity())?.arm == "arm1")
    #expect(try store.claim(of: second, worker: WorkerIdentity()) == nil)
    #expect(try store.claim(of: first, worker: WorkerIdentity())?.seed == 1)
    #expect(try store.counts(of: first).running == 2)
  }

  /// 40 runs of a family are groups of 32 and 8, whoever claims what when: last bits depend on what is trained together.
  @Test func whatIsTrainedTogetherFollowsFromThePlan() throws {
    try store.register(StoreSamples.plan(arms: 2, seeds: 20))
    func claim() throws -> [ClaimedRun] { try store.claim(upTo: 32, worker: WorkerIdentity()) }
    func names(_ runs: [ClaimedRun]) -> [String] { runs.map { "\($0.arm) \($0.seed)" } }
    let first = try claim()
    #expect(first.count == 32)
    for run in first {
      if run.arm == "arm0", run.seed == 3 {
        try store.fail(run, error: "no memory")
      } else {
        try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: StoreSamples.end)
      }
    }
    try store.retryFailed(of: store.study(nil))
    // It doesn't fill up the next group.
    #expect(names(try claim()) == ["arm0 3"])
    let second = try claim()
    #expect(names(second) == (16..<20).flatMap { ["arm0 \($0)", "arm1 \($0)"] })
    for run in second { try store.release(run) }
    #expect(names(try claim()) == names(second))
  }

  /// A store whose runs were grouped by who claimed them is given the plan's groups.
  @Test func olderStoresGetThePlansGroups() throws {
    try store.register(StoreSamples.plan(arms: 3, seeds: 15))
    func groups(_ store: StudyStore) throws -> [Int] {
      try store.read { try Int.fetchAll($0, sql: "SELECT grouping FROM memberships ORDER BY position") }
    }
    let expected = try groups(store)
    #expect(Set(expected) == [0, 1])
    let older = folder("older.sqlite")
    try StudyStore(older).register(StoreSamples.plan(arms: 3, seeds: 15))
    try StoreSamples.age(older, to: 4)
    #expect(try groups(StudyStore(older)) == expected)
  }

  /// What is done isn't looked at again: with every run of a large study, the next would take longer.
  @Test func claimingAndStoringReadNoWholeTable() throws {
    let study = try store.register(StoreSamples.plan(arms: 3, seeds: 20))
    let texts = Mutex<Set<String>>([])
    try store.write { database in
      database.trace { event in
        guard case .statement(let statement) = event else { return }
        texts.withLock { _ = $0.insert(statement.expandedSQL) }
      }
    }
    for study in [study, nil] {
      for limit in [1, 32] {
        for run in try store.claim(of: study, upTo: limit, worker: WorkerIdentity()) {
          let data = try DataIdentity(
            OpenedData(SyntheticDigits.generate(trainCount: 20, testCount: 10, seed: 1)), source: "digits")
          try store.begin(run, environment: StoreSamples.environment, data: data)
          try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: nil)
          try store.record(StoreSamples.record(2), of: run, checkpoint: nil, end: StoreSamples.end)
        }
      }
    }
    _ = try store.endedRuns(of: study, since: 0)
    let plans = try store.write { database in
      database.trace(options: [])
      return try texts.withLock(\.self).filter { $0.hasPrefix("SELECT") || $0.hasPrefix("UPDATE") }.flatMap { text in
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + text).map {
          "\(try $0.decode(String.self, forColumn: "detail")): \(text)"
        }
      }
    }
    #expect(plans.contains { $0.contains("memberships_open") } && plans.contains { $0.contains("runs_by_data") })
    for plan in plans {
      for table in ["runs", "memberships", "epochs", "metrics", "attempts"] {
        #expect(!plan.hasPrefix("SCAN \(table)") || plan.contains("memberships_open"), "\(plan)")
      }
      #expect(!plan.hasPrefix("SEARCH memberships USING PRIMARY KEY (study=?):"), "all runs of the study: \(plan)")
    }
  }

  /// A trial that was stopped early has nothing to do until its study has it go on.
  @Test func aRunThatIsPausedIsClosedAndOpenedAgain() throws {
    let study = try store.register(StoreSamples.plan(arms: 1, seeds: 1, epochs: 4))
    func open() throws -> Bool? { try store.read { try Bool.fetchOne($0, sql: "SELECT open FROM memberships") } }
    func stop(at epoch: Int?) throws {
      try store.write { try $0.execute(sql: "UPDATE runs SET until = ?", arguments: [epoch]) }
    }
    #expect(try open() == true)
    try stop(at: 1)
    let run = try #require(try store.claim(of: study, worker: WorkerIdentity()))
    var entry = StoredEpoch(run: run, record: StoreSamples.record(1), checkpoint: nil, end: nil)
    entry.pauses = true
    try store.record([entry])
    #expect(try open() == false)
    #expect(try store.claim(worker: WorkerIdentity()) == nil)
    try stop(at: 2)
    #expect(try open() == true)
    let again = try #require(try store.claim(worker: WorkerIdentity()))
    for epoch in 2...4 {
      try store.record(
        StoreSamples.record(epoch), of: again, checkpoint: nil, end: epoch == 4 ? StoreSamples.end : nil)
    }
    #expect(try open() == false)
    try store.write { try $0.execute(sql: "UPDATE metrics SET value = 9 WHERE epoch = 1 AND position = 0") }
    #expect(try store.retrainDamaged(of: study) == 1)
    #expect(try open() == true)
  }
}
