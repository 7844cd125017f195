import GRDB

@testable import Studies

/// Plans and epochs for tests that train nothing.
enum StoreSamples {
  static func plan(_ name: String = "sample", arms: Int = 2, seeds: Int = 3, epochs: Int = 2) -> StudyPlan {
    StudyPlan(
      name: name, base: ["epochs": "\(epochs)", "data": "syntheticDigits(train: 200, test: 100)"],
      arms: (0..<arms).map { Arm("arm\($0)", ["optimizer": "sgd(learningRate: \(Double($0 + 1) / 10))"]) },
      seeds: Array(0..<seeds))
  }

  static func record(_ epoch: Int, loss: Double = 0.5, accuracy: Double = 0.25) -> EpochRecord {
    EpochRecord(
      epoch: epoch, step: epoch * 10,
      metrics: ["loss": loss, "accuracy": accuracy, "val_loss": loss + 1, "val_accuracy": accuracy / 2],
      trainingSeconds: 2, evaluationSeconds: 1)
  }

  static let end = RunEnd(steps: 20, gradientEvaluations: 40, isDiverged: false, keepsCheckpoint: false)

  static let environment = RunEnvironment(
    tanren: "0.0", platform: "cpu", platformVersion: "1", device: "cpu", processor: "p", cores: 2, memoryBytes: 1,
    system: "s", host: "h", commit: nil)

  /// What each version of the schema has added, from the second on, taken back.
  private static let takenBack = [
    "DROP INDEX runs_by_family; ALTER TABLE runs DROP COLUMN family",
    "ALTER TABLE runs DROP COLUMN digest",
    """
    ALTER TABLE memberships DROP COLUMN trial; ALTER TABLE memberships DROP COLUMN until;
    ALTER TABLE runs DROP COLUMN until; ALTER TABLE studies DROP COLUMN expected
    """,
    """
    DROP INDEX memberships_by_grouping; ALTER TABLE memberships DROP COLUMN grouping;
    ALTER TABLE studies DROP COLUMN share
    """,
    """
    DROP TRIGGER runs_open; DROP INDEX memberships_open; DROP INDEX memberships_open_anywhere; DROP INDEX runs_by_data;
    DROP INDEX runs_by_end; ALTER TABLE memberships DROP COLUMN open
    """,
  ]

  /// Makes a store what an older version of the schema left.
  static func age(_ path: String, to version: Int) throws {
    let database = try DatabaseQueue(path: path)
    try database.write { database in
      for changes in takenBack.dropFirst(version - 1).reversed() { try database.execute(sql: changes) }
      try database.execute(sql: "PRAGMA user_version = \(version)")
    }
    try database.close()
  }

  /// Claims and finishes all runs of a store.
  static func finishAll(_ store: StudyStore, loss: (ClaimedRun, Int) -> Double = { _, _ in 0.5 }) throws {
    while let run = try store.claim(worker: WorkerIdentity()) {
      try store.record(record(1, loss: loss(run, 1)), of: run, checkpoint: nil, end: nil)
      try store.record(record(2, loss: loss(run, 2)), of: run, checkpoint: nil, end: end)
    }
  }
}

extension StudyStore {
  /// One run's epoch by itself.
  func record(
    _ record: EpochRecord, of run: ClaimedRun, checkpoint: StoredCheckpoint?, end: RunEnd?
  ) throws(StoreError) {
    try self.record([.init(run: run, record: record, checkpoint: checkpoint, end: end)])
  }
}
