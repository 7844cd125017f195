import Foundation
import GRDB
import OrderedCollections

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension StudyStore {
  /// The folder of what doesn't go into the file: checkpoints.
  public var filesFolder: String { path + ".files" }

  /// Removes all checkpoints of a run.
  func removeFiles(of id: String) {
    try? FileManager.default.removeItem(atPath: "\(filesFolder)/\(id)")
    // Only an empty folder goes away.
    _ = rmdir(filesFolder)
  }

  /// Everything known of a study, in one view of the store.
  /// - Throws: ``StoreError``, ``StoreError/damagedRun(path:run:arm:seed:study:)`` if the numbers of a run aren't those
  ///   that were stored.
  public func results(of study: StoredStudy) throws(StoreError) -> StudyResults {
    try results(of: study, reusing: nil)
  }

  /// As ``results(of:)``, of a study that is read again and again.
  /// - Parameter finished: runs that were done before.
  package func results(of study: StoredStudy, reusing finished: FinishedRuns?) throws(StoreError) -> StudyResults {
    try read { database in
      let reader = try RunReader(self, study, database, finished: finished)
      var runs: [StoredRun] = []
      try reader.readAll { runs.append($0) }
      return StudyResults(study: study, runs: runs, environments: reader.environments)
    }
  }

  /// Gives the runs of a study one after the other, in the plan's order and in one view of the store: a study may be larger than
  /// the memory.
  /// - Throws: as ``results(of:)`` does, and what `body` throws.
  public func forEachRun(of study: StoredStudy, _ body: (StoredRun) throws -> Void) throws {
    // What goes wrong in the body is no fault of the store.
    var failure: (any Error)?
    do {
      try read { database in
        let reader = try RunReader(self, study, database)
        try reader.readAll { run in
          do { try body(run) } catch {
            failure = error
            throw error
          }
        }
      }
    } catch {
      throw failure ?? error
    }
  }

  /// Whether some runs of a study are trials.
  func hasTrials(_ study: StoredStudy) throws(StoreError) -> Bool {
    try read { database in
      // A store that an older version made and that is opened for reading has none.
      guard try database.columns(in: "memberships").contains(where: { $0.name == "trial" }) else { return false }
      return try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM memberships WHERE study = ? AND trial IS NOT NULL)",
        arguments: [study.key]) ?? false
    }
  }

  /// Where the runs of a study were computed, as they came.
  func environments(of study: StoredStudy) throws(StoreError) -> [RunEnvironment] {
    try read { try RunReader(self, study, $0).environments }
  }

  /// The runs of some ids, in the plan's order.
  func runs(_ ids: [String], of study: StoredStudy) throws(StoreError) -> [StoredRun] {
    try read { database in
      var runs: [StoredRun] = []
      try RunReader(self, study, database).read(ids) { runs.append($0) }
      return runs
    }
  }

  /// The runs of a study that are done or have failed since some time, the last one last.
  func endedRuns(of study: StoredStudy, since: Double) throws(StoreError) -> [(id: String, finished: Double)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, finished FROM runs WHERE state IN ('done', 'failed') AND finished >= ?
            AND EXISTS (SELECT 1 FROM memberships WHERE memberships.run = runs.key AND memberships.study = ?)
          ORDER BY finished
          """, arguments: [since, study.key]
      ).map { (try $0.decode(forColumn: "id"), try $0.decode(forColumn: "finished")) }
    }
  }

  /// Typical seconds of an epoch of runs that cost the same, nil if there were none.
  /// - Parameters:
  ///   - workload: ``RunConfiguration/workload``.
  ///   - family: ``RunConfiguration/family``: runs of it stand in for those of the workload if there were none.
  /// - Throws: ``StoreError``.
  public func secondsPerEpoch(of workload: String, family: String? = nil) throws(StoreError) -> Double? {
    try read { database in
      for (column, value) in [("workload", workload), ("family", family)] {
        // The median: a first epoch, or a machine that was busy for a while, shouldn't count.
        let seconds = try Double.fetchAll(
          database,
          sql: """
            SELECT training_seconds + evaluation_seconds FROM epochs JOIN runs ON runs.key = epochs.run
            WHERE runs.\(column) = ? AND epochs.epoch > 0 ORDER BY runs.started DESC, epochs.epoch DESC LIMIT 200
            """, arguments: [value])
        if !seconds.isEmpty { return seconds.sorted()[seconds.count / 2] }
      }
      return nil
    }
  }

  /// What runs that nobody has claimed yet have to do, by workload.
  func pendingWork(of study: StoredStudy?) throws(StoreError) -> [PendingWork] {
    let kinds = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT workload, min(family) AS family, sum(epochs) AS epochs FROM runs
          WHERE \(RunState.sql) = 'pending' AND key IN (SELECT run FROM memberships WHERE :study IS NULL OR study = :study)
          GROUP BY workload
          """, arguments: ["study": study?.key]
      ).map { row -> (workload: String, family: String, epochs: Int) in
        (
          try row.decode(forColumn: "workload"), try row.decode(forColumn: "family"),
          try row.decode(forColumn: "epochs")
        )
      }
    }
    return try kinds.map { kind throws(StoreError) in
      PendingWork(
        epochs: kind.epochs, secondsPerEpoch: try secondsPerEpoch(of: kind.workload, family: kind.family))
    }
  }

  /// Which of some runs are done.
  /// - Throws: ``StoreError``.
  public func doneRuns(among ids: [String]) throws(StoreError) -> Set<String> {
    try read { database in
      let isDone = try database.cachedStatement(sql: "SELECT state = 'done' FROM runs WHERE id = ?")
      return Set(try ids.filter { try Bool.fetchOne(isDone, arguments: [$0]) ?? false })
    }
  }

  /// Which of some runs are done and have no checkpoint that is kept.
  func finishedRuns(among ids: [String]) throws(StoreError) -> Set<String> {
    guard !ids.isEmpty else { return [] }
    return try read { database in
      let finished = try String.fetchAll(
        database,
        sql: """
          SELECT id FROM runs
          WHERE state = 'done' AND key NOT IN (SELECT run FROM artifacts WHERE kind = 'checkpoint')
          """)
      return Set(finished).intersection(ids)
    }
  }

  /// Mean seconds of a study's runs that are done, nil if there are none.
  func secondsPerRun(of study: StoredStudy) throws(StoreError) -> Double? {
    try read {
      try Double.fetchOne(
        $0,
        sql: """
          SELECT avg(seconds) FROM runs WHERE state = 'done' AND key IN (SELECT run FROM memberships WHERE study = ?)
          """, arguments: [study.key])
    }
  }
}
