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
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT memberships.*, runs.* FROM memberships JOIN runs ON runs.key = memberships.run
          WHERE memberships.study = ? ORDER BY memberships.position
          """, arguments: [study.key])
      var environments: OrderedDictionary<Int64, RunEnvironment> = [:]
      let runs = try rows.map { row in
        let key: Int64 = try row.decode(forColumn: "key")
        let history = try Self.history(of: key, database)
        guard try Self.isWhole(row, history) else {
          throw StoreError.damagedRun(
            path: self.path, run: try row.decode(forColumn: "id"), arm: try row.decode(forColumn: "arm"),
            seed: try row.decode(forColumn: "seed"), study: study.name)
        }
        for row in try Row.fetchAll(
          database,
          sql: """
            SELECT DISTINCT environments.* FROM attempts JOIN environments ON environments.key = attempts.environment
            WHERE attempts.run = ? ORDER BY attempts.number
            """, arguments: [key])
        {
          let key: Int64 = try row.decode(forColumn: "key")
          environments[key] = try environments[key] ?? RunEnvironment(text: row.decode(forColumn: "description"))
        }
        let used = try Int64.fetchAll(
          database, sql: "SELECT DISTINCT environment FROM attempts WHERE run = ? AND environment IS NOT NULL",
          arguments: [key])
        return try StoredRun(
          id: row.decode(forColumn: "id"), arm: row.decode(forColumn: "arm"), seed: row.decode(forColumn: "seed"),
          stage: RunStage(row), configuration: row.decode(forColumn: "configuration"),
          state: Self.state(of: row, history),
          attempts: row.decode(forColumn: "attempts"),
          error: row.decode(forColumn: "error"), history: history,
          seconds: row.decode(forColumn: "seconds"), steps: row.decode(forColumn: "steps"),
          gradientEvaluations: row.decode(forColumn: "gradient_evaluations"),
          isDiverged: row.decode(forColumn: "diverged"),
          dataOrigin: row.decode(forColumn: "data_origin"),
          environments: used.compactMap { environments.index(forKey: $0) },
          artifacts: self.artifacts(of: key, database))
      }
      return StudyResults(study: study, runs: runs, environments: Array(environments.values))
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

  /// What runs that nobody has claimed yet have to do: how many epochs of which workload.
  func pendingWork(of study: StoredStudy?) throws(StoreError) -> [(workload: String, family: String, epochs: Int)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT workload, min(family) AS family, sum(epochs) AS epochs FROM runs
          WHERE \(RunState.sql) = 'pending' AND key IN (SELECT run FROM memberships WHERE :study IS NULL OR study = :study)
          GROUP BY workload
          """, arguments: ["study": study?.key]
      ).map {
        (try $0.decode(forColumn: "workload"), try $0.decode(forColumn: "family"), try $0.decode(forColumn: "epochs"))
      }
    }
  }

  /// Which of some runs are done.
  /// - Throws: ``StoreError``.
  public func doneRuns(among ids: [String]) throws(StoreError) -> Set<String> {
    try read { database in
      let done = Set(try String.fetchAll(database, sql: "SELECT id FROM runs WHERE state = 'done'"))
      return done.intersection(ids)
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

  static func history(of run: Int64, _ database: Database) throws -> History {
    var metrics: [Int: OrderedDictionary<String, Double>] = [:]
    for row in try Row.fetchAll(
      database, sql: "SELECT epoch, name, value FROM metrics WHERE run = ? ORDER BY epoch, position", arguments: [run])
    {
      let value: Double? = try row.decode(forColumn: "value")
      metrics[try row.decode(forColumn: "epoch"), default: [:]][try row.decode(forColumn: "name")] = value ?? .nan
    }
    let rows = try Row.fetchAll(database, sql: "SELECT * FROM epochs WHERE run = ? ORDER BY epoch", arguments: [run])
    return History(
      epochs: try rows.map { row in
        let epoch: Int = try row.decode(forColumn: "epoch")
        return try EpochRecord(
          epoch: epoch, step: row.decode(forColumn: "step"), metrics: metrics[epoch] ?? [:],
          trainingSeconds: row.decode(forColumn: "training_seconds"),
          evaluationSeconds: row.decode(forColumn: "evaluation_seconds"))
      })
  }

  private static func state(of row: Row, _ history: History) throws -> RunState {
    let state = RunState(rawValue: try row.decode(forColumn: "state")) ?? .pending
    // `until` is the study's own in a row of both tables: another study may have it trained further.
    guard state == .pending, row.hasColumn("until"), let until: Int = try row.decode(forColumn: "until") else {
      return state
    }
    return until <= history.epochs.last?.epoch ?? 0 ? .paused : .pending
  }

  private func artifacts(of run: Int64, _ database: Database) throws -> [RunArtifact] {
    try Row.fetchAll(database, sql: "SELECT kind, path FROM artifacts WHERE run = ? ORDER BY kind", arguments: [run])
      .map { row in
        let file: String = try row.decode(forColumn: "path")
        return RunArtifact(kind: try row.decode(forColumn: "kind"), path: "\(filesFolder)/\(file)")
      }
  }
}
