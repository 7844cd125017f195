import Foundation
import GRDB
import TestSupport
import Testing

@testable import Studies

/// Numbers that aren't those that were stored are never shown.
@Suite(.tags(.engine)) struct RunDigestTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("store.sqlite")
  }

  /// A store of four runs, three done and one with an epoch.
  private func makeStore() throws -> StudyStore {
    let store = try StudyStore(path)
    try store.register(StoreSamples.plan(arms: 2, seeds: 2, epochs: 3))
    for number in 0..<4 {
      let run = try #require(try store.claim(worker: WorkerIdentity()))
      try store.record(StoreSamples.record(1, loss: 0.3 + Double(number)), of: run, checkpoint: nil, end: nil)
      guard number < 3 else { break }
      for (epoch, loss) in [(2, Double.nan), (3, -.infinity)] {
        let end = epoch == 3 ? StoreSamples.end : nil
        try store.record(StoreSamples.record(epoch, loss: loss, accuracy: -0.0), of: run, checkpoint: nil, end: end)
      }
    }
    return store
  }

  private func change(_ sql: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.write {
      try $0.execute(sql: sql)
      #expect($0.changesCount > 0)
    }
    try database.close()
  }

  private func results(_ access: StudyStore.Access = .read) throws -> StudyResults {
    let store = try StudyStore(path, access: access)
    return try store.results(of: store.study(nil))
  }

  @Test func whatWasStoredIsRead() throws {
    _ = try makeStore()
    for access in [StudyStore.Access.read, .write] {
      #expect(try results(access).runs.map(\.history.epochs.count) == [3, 3, 3, 1])
    }
  }

  @Test(arguments: [
    "UPDATE metrics SET value = 0.30000000000000004 WHERE run = 1 AND epoch = 1 AND name = 'loss'",
    "UPDATE metrics SET value = 1 WHERE run = 1 AND epoch = 2 AND name = 'loss'",
    "UPDATE metrics SET value = NULL WHERE run = 1 AND epoch = 3 AND name = 'loss'",
    "UPDATE metrics SET name = 'lost' WHERE run = 1 AND epoch = 1 AND name = 'loss'",
    "UPDATE metrics SET position = 9 WHERE run = 1 AND epoch = 1 AND name = 'loss'",
    "DELETE FROM metrics WHERE run = 1 AND epoch = 2 AND name = 'val_loss'",
    "DELETE FROM epochs WHERE run = 1 AND epoch = 2", "DELETE FROM epochs WHERE run = 1",
    "UPDATE epochs SET step = 11 WHERE run = 1 AND epoch = 1",
    "UPDATE epochs SET training_seconds = 2.0000000001 WHERE run = 1 AND epoch = 1",
    "UPDATE runs SET gradient_evaluations = 41 WHERE key = 1", "UPDATE runs SET steps = 21 WHERE key = 1",
    "UPDATE runs SET seconds = 1 WHERE key = 1", "UPDATE runs SET diverged = 1 WHERE key = 1",
    "UPDATE runs SET configuration = configuration || ' ' WHERE key = 1", "UPDATE runs SET digest = NULL WHERE key = 1",
    "UPDATE runs SET digest = (SELECT digest FROM runs WHERE key = 2) WHERE key = 1",
    "UPDATE runs SET state = 'pending' WHERE key = 1",
  ]) func anyOtherNumberIsFound(_ sql: String) throws {
    let id = try makeStore().results(of: StudyStore(path).study(nil)).runs[0].id
    try change(sql)
    let error = #expect(throws: StoreError.self) { try results() }
    #expect(error == .damagedRun(path: path, run: id, arm: "arm0", seed: 0, study: "sample"))
    let text = try #require(error).description
    for part in [String(id.prefix(12)), "arm0, seed 0", path, "--retrain-damaged"] { #expect(text.contains(part)) }
  }

  @Test func epochsOfARunThatGoesOnAreGuarded() throws {
    _ = try makeStore()
    try change("UPDATE metrics SET value = 3 WHERE run = 4 AND name = 'accuracy'")
    #expect(throws: StoreError.self) { try results() }
  }

  @Test func aFlippedBitOfTheFileIsFound() throws {
    let store = try makeStore()
    // What is in the log goes to the file.
    try DatabasePool(path: store.path).writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let number = withUnsafeBytes(of: (1.3).bitPattern.bigEndian) { Array($0) }
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: number) })
    bytes[place + 7] ^= 1
    let copy = folder("copy.sqlite")
    try Data(bytes).write(to: URL(fileURLWithPath: copy))
    let damaged = try StudyStore(copy, access: .read)
    let error = #expect(throws: StoreError.self) { try damaged.results(of: damaged.study(nil)) }
    guard case .damagedRun(path: copy, _, _, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func damagedRunsAreTrainedAgainAndOthersStay() throws {
    let store = try makeStore()
    try change("UPDATE metrics SET value = 3 WHERE run = 2 AND name = 'accuracy'")
    #expect(try store.retrainDamaged(of: store.study(nil)) == 1)
    #expect(try results().runs.map(\.history.epochs.count) == [3, 0, 3, 1])
    #expect(try results().runs.map(\.state) == [.done, .pending, .done, .running])
    #expect(try store.retrainDamaged(of: store.study(nil)) == 0)
    try StoreSamples.finishAll(store)
    #expect(try results().runs[1].state == .done)
  }

  @Test func aRunThatBeginsAgainHasANewDigest() throws {
    let store = try StudyStore(path)
    try store.register(StoreSamples.plan(arms: 1, seeds: 1))
    let run = try #require(try store.claim(worker: WorkerIdentity()))
    try store.record(StoreSamples.record(1), of: run, checkpoint: nil, end: nil)
    try store.rewrite(run, History(epochs: [StoreSamples.record(1, loss: 7)]))
    try store.record(StoreSamples.record(2), of: run, checkpoint: nil, end: StoreSamples.end)
    #expect(try results().runs[0].history.values("loss").map(\.value) == [7, 0.5])
  }

  /// A store of the version before is read as it is, and gets its digests when it is written to.
  @Test func olderStoresGetDigests() throws {
    _ = try makeStore()
    try StoreSamples.age(path, to: 2)
    try change("UPDATE metrics SET value = 5 WHERE run = 1 AND position = 0")
    #expect(try results(.read).runs[0].history.epochs[0]["loss"] == 5)
    #expect(try results(.write).runs[0].history.epochs[0]["loss"] == 5)
    try change("UPDATE metrics SET value = 6 WHERE run = 1 AND position = 0")
    #expect(throws: StoreError.self) { try results(.read) }
  }
}
