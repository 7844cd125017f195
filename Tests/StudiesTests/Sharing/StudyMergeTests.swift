import Foundation
import GRDB
import TestSupport
import Testing

@testable import Studies

/// Stores that are put together; nothing is trained.
@Suite(.tags(.unit)) struct StudyMergeTests {
  private let folder: TemporaryFolder
  private let plan = StoreSamples.plan(arms: 2, seeds: 4)

  init() throws { folder = try TemporaryFolder() }

  /// The numbers of a run follow from its configuration, as those of a training do.
  private func finish(_ store: StudyStore, loss: Double = 0) throws {
    try StoreSamples.finishAll(store) { run, epoch in Double(run.seed) + Double(epoch) / 8 + loss }
  }

  @discardableResult
  private func task(_ task: Int, of tasks: Int = 3, finished: Bool = true) throws -> StudyStore {
    let store = try StudyStore(folder("stores/task-\(task).sqlite"), isShared: true)
    try store.register(plan, share: StudyShare(task: task, of: tasks))
    if finished { try finish(store) }
    return store
  }

  private func merge(_ paths: [String], into target: String = "merged.sqlite") throws -> StudyMerge.Summary {
    try StudyMerge(into: StudyStore(folder(target))).merge(paths)
  }

  private func results(_ name: String) throws -> StudyResults {
    let store = try StudyStore(folder(name), access: .read)
    return try store.results(of: store.study("sample"))
  }

  private func contradictions(_ paths: [String], into target: String = "merged.sqlite") throws -> [MergeContradiction] {
    let before = try StudyStore(folder(target)).counts()
    let error = #expect(throws: StoreError.self) { try merge(paths, into: target) }
    guard case .contradictory(_, let found) = error else {
      Issue.record("\(String(describing: error))")
      return []
    }
    #expect(try StudyStore(folder(target)).counts() == before, "a refused merge changes nothing")
    return found
  }

  // MARK: - What is merged

  @Test func theTasksStoresMakeUpTheStudy() throws {
    for number in 1...3 { try task(number) }
    let single = try StudyStore(folder("single.sqlite"))
    try single.register(plan)
    try finish(single)
    let paths = try StudyMerge.paths([folder("stores")], besides: folder("merged.sqlite"))
    #expect(paths.count == 3)
    let summary = try merge(paths)
    #expect((summary.stores, summary.merged, summary.known, summary.running) == (3, 8, 0, 0))
    #expect(summary.missing == ["sample": []])
    #expect(summary.studies.map(\.counts.done) == [8] && summary.studies.allSatisfy { $0.share == nil })
    let (merged, expected) = (try results("merged.sqlite"), try results("single.sqlite"))
    #expect(StudyDiff(expected, merged).isEmpty)
    #expect(merged.runs.map(\.id) == expected.runs.map(\.id))
    #expect(merged.runs.map(\.history) == expected.runs.map(\.history))
    #expect(merged.runs.map(\.steps) == expected.runs.map(\.steps))
  }

  @Test func mergingAgainChangesNothing() throws {
    let paths = try (1...3).map { try task($0).path }
    _ = try merge(paths)
    func content() throws -> [[DatabaseValue]] {
      try StudyStore(folder("merged.sqlite")).read { database in
        try ["studies", "runs", "memberships", "epochs", "metrics", "attempts", "environments", "artifacts"]
          .flatMap { try Row.fetchAll(database, sql: "SELECT * FROM \($0)").map { Array($0.databaseValues) } }
      }
    }
    let before = try content()
    let again = try merge(paths + paths)
    #expect((again.stores, again.merged, again.known) == (6, 0, 16))
    #expect(try content() == before)
    // In whatever order, and from a store that was merged.
    #expect(try merge(paths.reversed() + [folder("merged.sqlite")], into: "other.sqlite").merged == 8)
    #expect(StudyDiff(try results("merged.sqlite"), try results("other.sqlite")).isEmpty)
  }

  @Test func whatComesLaterIsAdded() throws {
    try task(1)
    let second = try task(2, finished: false)
    let run = try #require(try second.claim(worker: WorkerIdentity()))
    try second.record(StoreSamples.record(1, loss: Double(run.seed) + 1 / 8), of: run, checkpoint: nil, end: nil)
    let paths = [folder("stores/task-1.sqlite"), second.path]
    let first = try merge(paths)
    // This process is training it.
    #expect((first.merged, first.running) == (3, 1))
    #expect(first.missing == ["sample": [3]])
    #expect(first.studies[0].counts.pending == 5)
    try second.release(run)
    #expect(try merge(paths).merged == 1)
    let begun = try #require(try results("merged.sqlite").runs.first { $0.id == run.id })
    #expect(begun.state == .pending && begun.history.epochs.count == 1)
    let again = try #require(try second.claim(worker: WorkerIdentity()))
    try second.record(
      StoreSamples.record(2, loss: Double(run.seed) + 2 / 8), of: again, checkpoint: nil, end: StoreSamples.end)
    try finish(second)
    #expect(try merge(paths + [try task(3).path]).merged == 5)
    #expect(try results("merged.sqlite").runs.allSatisfy { $0.state == .done })
  }

  /// Of a task whose node is gone, and whose lease isn't over yet: its process on this machine has ended.
  @Test func aRunOfAnEndedProcessIsMerged() throws {
    let store = try task(1, finished: false)
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/bin/sh")
    ended.arguments = ["-c", "exit 0"]
    try ended.run()
    ended.waitUntilExit()
    let worker = WorkerIdentity(
      id: "w", host: WorkerIdentity.thisHost, process: ended.processIdentifier, processStarted: "1")
    let run = try #require(try store.claim(worker: worker))
    try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: nil)
    let summary = try merge([store.path])
    #expect((summary.merged, summary.running) == (1, 0))
    // It goes on in the target.
    #expect(try StudyStore(folder("merged.sqlite")).claim(worker: WorkerIdentity())?.id == run.id)
  }

  @Test func aFailureIsMergedAndMadeGoodLater() throws {
    let store = try task(1, finished: false)
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    try store.fail(run, error: "no memory")
    #expect(try merge([store.path]).merged == 1)
    #expect(try results("merged.sqlite").runs.first { $0.id == run.id }?.error == "no memory")
    try store.retryFailed(of: store.study(nil))
    try finish(store)
    #expect(try merge([store.path]).merged == 3)
    #expect(try results("merged.sqlite").runs.first { $0.id == run.id }?.state == .done)
  }

  @Test func checkpointsGoWithTheirRuns() throws {
    let store = try task(1, finished: false)
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    let checkpoint = Checkpoint(tensors: [:], epoch: 1, step: 10, key: [1, 2], configuration: run.configuration)
    let name = RunCheckpointer.folder(of: run)
    let number = try CheckpointFolder("\(store.filesFolder)/\(name)").save(checkpoint)
    try store.record(
      StoreSamples.record(1), of: run, checkpoint: StoredCheckpoint(folder: name, number: number), end: nil)
    try store.release(run)
    _ = try merge([store.path])
    let target = try StudyStore(folder("merged.sqlite"))
    let claimed = try #require(try target.claim(worker: WorkerIdentity()))
    #expect(claimed.attempt == 2)
    let stored = try #require(claimed.checkpoint)
    #expect(try CheckpointFolder("\(target.filesFolder)/\(stored.folder)").load(stored.number) == checkpoint)
  }

  @Test func onlyTheNamedStudyIsMerged() throws {
    let store = try StudyStore(folder("both.sqlite"))
    try store.register(StoreSamples.plan("first", arms: 1, seeds: 2))
    try store.register(StoreSamples.plan("second", arms: 3, seeds: 1))
    try finish(store)
    let target = try StudyStore(folder("merged.sqlite"))
    let summary = try StudyMerge(into: target).merge([store.path], study: "second")
    #expect(summary.merged == 3 && summary.studies.map(\.name) == ["second"])
    #expect(throws: StoreError.unknownStudy(name: "third", known: ["first", "second"], path: store.path)) {
      try StudyMerge(into: target).merge([store.path], study: "third")
    }
    // A task that was killed before it had done anything.
    let empty = try StudyStore(folder("empty.sqlite"))
    #expect(try StudyMerge(into: target).merge([empty.path], study: "second").stores == 0)
  }

  @Test func olderStoresAreMerged() throws {
    let store = try StudyStore(folder("older.sqlite"))
    try store.register(plan)
    try finish(store)
    try StoreSamples.age(store.path, to: 1)
    #expect(try merge([store.path]).merged == 8)
  }

  // MARK: - What isn't merged

  @Test func differentResultsOfARunAreNamed() throws {
    let (one, other) = (try StudyStore(folder("one.sqlite")), try StudyStore(folder("other.sqlite")))
    for (store, loss) in [(one, 0.0), (other, 1e-16)] {
      try store.register(plan)
      try StoreSamples.finishAll(store) { run, _ in run.seed == 2 ? 0.1 + loss : 0.5 }
    }
    let found = try contradictions([one.path, other.path])
    #expect(found.count == 2)
    let values = [0.1, 0.1 + 1e-16]
    let id = try #require(try results("one.sqlite").runs.first { $0.arm == "arm0" && $0.seed == 2 }).id
    #expect(
      found.first
        == .result(
          run: .init(id: id, arm: "arm0", seed: 2), stores: [one.path, other.path], epoch: 1, metric: "loss",
          values: values))
    let text = try #require(found.first).description
    #expect(text.contains("arm0, seed 2") && text.contains("loss of epoch 1 is 0.1 in \(one.path)"), "\(text)")
    // With what was merged before, too.
    _ = try merge([one.path])
    #expect(try contradictions([other.path]).first?.description.contains(folder("merged.sqlite")) == true)
  }

  @Test func differentCostsAndLengthsAreNamed() throws {
    let (one, other) = (try StudyStore(folder("one.sqlite")), try StudyStore(folder("other.sqlite")))
    for (store, epochs) in [(one, 2), (other, 3)] {
      try store.register(plan)
      let run = try #require(try store.claim(worker: WorkerIdentity()))
      for epoch in 1...epochs {
        try store.record(
          StoreSamples.record(epoch), of: run, checkpoint: nil, end: epoch == epochs ? StoreSamples.end : nil)
      }
    }
    let found = try contradictions([one.path, other.path])
    #expect(found.count == 1)
    #expect(
      found[0].description.contains("2 epochs, 20 steps") && found[0].description.contains("3 epochs"), "\(found)")
  }

  @Test func anotherPlanOfTheStudyIsNamed() throws {
    try task(1)
    var wider = plan
    wider.seeds.append(99)
    let store = try StudyStore(folder("stores/wider.sqlite"))
    try store.register(wider)
    let found = try contradictions([folder("stores/task-1.sqlite"), store.path])
    #expect(found.count == 1)
    let text = found[0].description
    #expect(
      text.contains("study 'sample' has different plans: 'seeds: [0, 1, 2, 3]'") && text.contains("99"), "\(text)")
    // A plan may grow, but not lose results that were merged before.
    _ = try merge([folder("stores/task-1.sqlite")])
    #expect(try merge([store.path]).studies[0].counts.total == 10)
    let narrow = try StudyStore(folder("narrow.sqlite"))
    try narrow.register(StoreSamples.plan(arms: 2, seeds: 1))
    #expect(throws: StoreError.self) { try merge([narrow.path]) }
  }

  @Test func anotherDivisionIsNamed() throws {
    let found = try contradictions([try task(1, of: 3).path, try task(2, of: 4).path])
    #expect(found.count == 1)
    #expect(found[0].description.contains("share 1 of 3 in") && found[0].description.contains("share 2 of 4 in"))
  }

  @Test func differentDataOfOneNameAreNamed() throws {
    let stores = try (1...2).map { number in
      let store = try task(number, finished: false)
      let source = try SyntheticDigits.generate(trainCount: 20, testCount: 10, seed: UInt64(number))
      let run = try #require(try store.claim(worker: WorkerIdentity()))
      let data = try DataIdentity(OpenedData(source), source: "syntheticDigits")
      try store.begin(run, environment: StoreSamples.environment, data: data)
      try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: StoreSamples.end)
      return store.path
    }
    let found = try contradictions(stores)
    #expect(found.count == 1)
    #expect(found[0].description.contains("were trained on different data"), "\(found)")
  }

  @Test func aCheckpointOfAnotherConfigurationIsNamed() throws {
    let store = try task(1, finished: false)
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    let name = RunCheckpointer.folder(of: run)
    let checkpoint = Checkpoint(tensors: [:], epoch: 1, step: 10, key: [1, 2], configuration: "epochs: 7\n")
    let number = try CheckpointFolder("\(store.filesFolder)/\(name)").save(checkpoint)
    try store.record(
      StoreSamples.record(1), of: run, checkpoint: StoredCheckpoint(folder: name, number: number), end: nil)
    try store.release(run)
    let label = MergeContradiction.RunLabel(id: run.id, arm: run.arm, seed: run.seed)
    #expect(try contradictions([store.path]) == [.checkpoint(run: label, path: "\(store.filesFolder)/\(name)")])
    #expect(!FileManager.default.fileExists(atPath: folder("merged.sqlite.files")))
  }

  @Test func manyContradictionsAreCounted() throws {
    let (one, other) = (try StudyStore(folder("one.sqlite")), try StudyStore(folder("other.sqlite")))
    for (store, loss) in [(one, 0.0), (other, 1.0)] {
      try store.register(StoreSamples.plan(arms: 3, seeds: 5))
      try finish(store, loss: loss)
    }
    let error = #expect(throws: StoreError.self) { try merge([one.path, other.path]) }
    let text = try #require(error).description
    #expect(text.contains("… and 5 more"), "\(text)")
  }

  @Test func aDamagedRunIsNotMerged() throws {
    let store = try task(1)
    try DatabaseQueue(path: store.path).write {
      try $0.execute(sql: "UPDATE metrics SET value = 7 WHERE run = 1 AND epoch = 2 AND position = 0")
    }
    let error = #expect(throws: StoreError.self) { try merge([try task(2).path, store.path]) }
    guard case .damagedRun(store.path, _, "arm0", 0, "sample") = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try StudyStore(folder("merged.sqlite")).counts().total == 0)
  }

  @Test func whatIsNoStoreIsNotMerged() throws {
    let path = folder("stores/text.sqlite")
    try task(1)
    try "this is text".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: StoreError.notStore(path: path, reason: "it isn't an SQLite database")) { try merge([path]) }
    let truncated = folder("stores/truncated.sqlite")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder("stores/task-1.sqlite")))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: truncated))
    let error = #expect(throws: StoreError.self) { try merge([truncated]) }
    guard case .damaged = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func anEmptyFolderIsTold() throws {
    try FileManager.default.createDirectory(atPath: folder("none"), withIntermediateDirectories: true)
    let target = folder("none/merged.sqlite")
    #expect(throws: StoreError.noStores(folder: folder("none"))) {
      try StudyMerge.paths([folder("none")], besides: target)
    }
    // The target isn't one of them.
    _ = try StudyStore(target)
    #expect(throws: StoreError.noStores(folder: folder("none"))) {
      try StudyMerge.paths([folder("none")], besides: target)
    }
    #expect(throws: StoreError.missing(path: folder("nowhere"))) {
      try StudyMerge.paths([folder("nowhere")], besides: target)
    }
  }
}
