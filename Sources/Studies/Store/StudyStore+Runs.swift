import GRDB

extension StudyStore {
  /// Attempts that may end without having finished an epoch before a run counts as failed: a run that ends every
  /// process that trains it would end all workers otherwise.
  static let idleAttemptLimit = 10

  /// Gives a pending run to a worker, or one whose worker is gone: its lease has ended, or its process on this
  /// machine has. No two workers get the same run.
  /// - Parameters:
  ///   - study: nil for any.
  ///   - lease: seconds for which the worker may be silent.
  /// - Returns: nil if there is nothing to be claimed now.
  /// - Throws: ``StoreError``.
  public func claim(
    of study: StoredStudy? = nil, worker: WorkerIdentity, lease: Double = 60
  ) throws(StoreError) -> ClaimedRun? {
    try claim(of: study, upTo: 1, worker: worker, lease: lease).first
  }

  /// Gives a worker a run as ``claim(of:worker:lease:)`` does, with more that are trained together with it: those of its
  /// group by the study's plan, as far as they are open and as far trained. See ``RunGroups``.
  /// - Parameter limit: how many runs in all, 1 or more.
  /// - Returns: none if there is nothing to be claimed now.
  /// - Throws: ``StoreError``.
  public func claim(
    of study: StoredStudy? = nil, upTo limit: Int, worker: WorkerIdentity, lease: Double = 60
  ) throws(StoreError) -> [ClaimedRun] {
    try write { database in
      try Self.endLeasesOfEndedProcesses(database)
      try Self.failIdle(database)
      try Self.pauseTrained(database)
      let keys = try Self.claimable(of: study, upTo: limit, database)
      return try keys.map { try Self.claim($0, of: study, worker, lease: lease, database) }
    }
  }

  /// The runs that ``claim(of:upTo:worker:lease:)`` gives.
  private static func claimable(of study: StoredStudy?, upTo limit: Int, _ database: Database) throws -> [Int64] {
    let rows = "runs ON runs.key = memberships.run"
    let open = """
      WHERE memberships.open = 1
        AND (\(RunState.sql) = 'pending' OR (runs.state = 'running' AND runs.lease_expires < :now))
      """
    let trained = "(SELECT max(epoch) FROM epochs WHERE epochs.run = runs.key)"
    // Indices are named, since SQLite would rather go through all runs of the study, those that are done as well.
    let index = study == nil ? "memberships_open_anywhere" : "memberships_open"
    let first = try Row.fetchOne(
      database,
      sql: """
        SELECT runs.key, memberships.study, memberships.grouping, runs.until, \(trained) AS trained
          FROM memberships INDEXED BY \(index) CROSS JOIN \(rows) \(open)
          \(study == nil ? "" : "AND memberships.study = :study")
        ORDER BY memberships.position, memberships.study LIMIT 1
        """, arguments: study.map { ["study": $0.key, "now": now] } ?? ["now": now])
    guard let first else { return [] }
    let key: Int64 = try first.decode(forColumn: "key")
    guard limit > 1 else { return [key] }
    let like = try Int64.fetchAll(
      database,
      sql: """
        SELECT runs.key FROM memberships INDEXED BY memberships_by_grouping CROSS JOIN \(rows) \(open)
          AND memberships.study = :study AND memberships.grouping = :grouping AND runs.key <> :first
          AND runs.until IS :until AND \(trained) IS :trained
        GROUP BY runs.key ORDER BY min(memberships.position) LIMIT :limit
        """,
      arguments: [
        "study": try first.decode(Int64.self, forColumn: "study"), "now": now, "first": key,
        "grouping": try first.decode(Int.self, forColumn: "grouping"),
        "until": try first.decode(Int?.self, forColumn: "until"),
        "trained": try first.decode(Int?.self, forColumn: "trained"), "limit": limit - 1,
      ])
    return [key] + like
  }

  private static func claim(
    _ key: Int64, of study: StoredStudy?, _ worker: WorkerIdentity, lease: Double, _ database: Database
  ) throws -> ClaimedRun {
    let claimed = try Row.fetchOne(
      database,
      sql: """
        UPDATE runs SET state = 'running', worker = :worker, host = :host, process = :process,
          process_started = :processStarted, lease_expires = :now + :lease, attempts = attempts + 1,
          fruitless = fruitless + 1, started = coalesce(started, :now), error = NULL
        WHERE key = :key RETURNING id, configuration, attempts, until
        """,
      arguments: [
        "key": key, "worker": worker.id, "host": worker.host, "process": worker.process,
        "processStarted": worker.processStarted, "now": now, "lease": lease,
      ])
    guard let claimed else { throw StoreError.leaseLost(run: "\(key)") }
    let attempt: Int = try claimed.decode(forColumn: "attempts")
    try database.execute(
      sql: "UPDATE attempts SET ended = ?, outcome = 'died' WHERE run = ? AND ended IS NULL", arguments: [now, key])
    try database.execute(
      sql: "INSERT INTO attempts (run, number, worker, started) VALUES (?, ?, ?, ?)",
      arguments: [key, attempt, worker.id, now])
    let membership = try Row.fetchOne(
      database,
      sql: """
        SELECT arm, seed, trial FROM memberships WHERE run = :run AND (:study IS NULL OR study = :study)
        ORDER BY position, study LIMIT 1
        """, arguments: ["run": key, "study": study?.key])
    let checkpoint = try Row.fetchOne(
      database, sql: "SELECT path, number FROM artifacts WHERE run = ? AND kind = 'checkpoint'", arguments: [key])
    return try ClaimedRun(
      key: key, id: claimed.decode(forColumn: "id"), arm: membership?.decode(forColumn: "arm") ?? "",
      seed: membership?.decode(forColumn: "seed") ?? 0, stage: membership.map(RunStage.init) ?? .final,
      configuration: claimed.decode(forColumn: "configuration"),
      attempt: attempt, worker: worker.id,
      checkpoint: checkpoint.map {
        StoredCheckpoint(folder: try $0.decode(forColumn: "path"), number: try $0.decode(forColumn: "number"))
      }, until: claimed.decode(forColumn: "until"))
  }

  /// Keeps a claim for `lease` seconds from now.
  /// - Throws: ``StoreError/leaseLost(run:)`` if another worker has claimed the run.
  public func renew(_ run: ClaimedRun, lease: Double = 60) throws(StoreError) {
    try write { database in
      try Self.update(run, database, set: "lease_expires = ?", [Self.now + lease])
    }
  }

  /// Gives a run back that wasn't finished, for reasons that aren't its own.
  /// - Throws: ``StoreError``.
  public func release(_ run: ClaimedRun) throws(StoreError) {
    try write { database in
      try Self.update(
        run, database, set: "state = 'pending', worker = NULL, lease_expires = NULL, fruitless = fruitless - 1", [])
      try Self.end(run, database, outcome: "released")
    }
  }

  /// Gives a run back, unless another worker has claimed it.
  func releaseIfHeld(_ run: ClaimedRun) throws(StoreError) {
    do throws(StoreError) { try release(run) } catch {
      guard case .leaseLost = error else { throw error }
    }
  }

  /// Changes a run's row as long as this worker's claim holds.
  private static func update(_ run: ClaimedRun, _ database: Database, set: String, _ values: StatementArguments) throws
  {
    try database.execute(
      sql: "UPDATE runs SET \(set) WHERE key = ? AND worker = ? AND attempts = ? AND state = 'running'",
      arguments: values + [run.key, run.worker, run.attempt])
    guard database.changesCount == 1 else { throw StoreError.leaseLost(run: run.id) }
  }

  private static func end(_ run: ClaimedRun, _ database: Database, outcome: String) throws {
    try database.execute(
      sql: "UPDATE attempts SET ended = ?, outcome = ? WHERE run = ? AND number = ?",
      arguments: [now, outcome, run.key, run.attempt])
  }

  /// How many runs of a study are at processes of this machine.
  public func runningCount(of study: String, by processes: [Int32]) throws(StoreError) -> Int {
    try read { database in
      let running = try Int32?.fetchAll(
        database,
        sql: """
          SELECT runs.process FROM runs JOIN memberships ON memberships.run = runs.key
          JOIN studies ON studies.key = memberships.study
          WHERE runs.state = 'running' AND runs.host = ? AND studies.name = ?
          """, arguments: [WorkerIdentity.thisHost, study])
      return running.count { $0.map(processes.contains) == true }
    }
  }

  private static func endLeasesOfEndedProcesses(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT key, process, process_started FROM runs WHERE state = 'running' AND host = ? AND lease_expires > 0",
      arguments: [WorkerIdentity.thisHost])
    for row in rows {
      let (process, started): (Int32, String) = (
        try row.decode(forColumn: "process"), try row.decode(forColumn: "process_started")
      )
      guard WorkerIdentity.hasEnded(process: process, started: started) else { continue }
      let key: Int64 = try row.decode(forColumn: "key")
      try database.execute(sql: "UPDATE runs SET lease_expires = 0 WHERE key = ?", arguments: [key])
    }
  }

  private static func failIdle(_ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE runs SET state = 'failed', finished = ?,
          error = 'its process ended ' || fruitless || ' times before an epoch was finished'
        WHERE state = 'running' AND lease_expires < ? AND fruitless >= ?
        """, arguments: [now, now, idleAttemptLimit])
  }

  /// Runs whose process ended when they had been trained as far as they should.
  private static func pauseTrained(_ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE runs SET state = 'pending', worker = NULL, lease_expires = NULL
        WHERE state = 'running' AND lease_expires < ?
          AND until <= (SELECT max(epoch) FROM epochs WHERE epochs.run = runs.key)
        """, arguments: [now])
  }

  /// Stores what an epoch showed together with the checkpoint that goes with it, or with the run's end: at any
  /// moment a store knows exactly the epochs that its checkpoint has done.
  /// - Parameter entries: of runs that are trained together; all of them are stored, or none.
  /// - Throws: ``StoreError``, ``StoreError/leaseLost(run:)`` if another worker has claimed a run.
  package func record(_ entries: [StoredEpoch]) throws(StoreError) {
    try write { database in
      for entry in entries {
        try Self.update(entry.run, database, set: "fruitless = 0", [])
        try Self.insert(entry.record, of: entry.run, database)
        if let checkpoint = entry.checkpoint { try Self.put(checkpoint, of: entry.run, database) }
        if let end = entry.end {
          try Self.finish(entry.run, end, database)
        } else if entry.pauses {
          try Self.update(entry.run, database, set: "state = 'pending', worker = NULL, lease_expires = NULL", [])
          try Self.end(entry.run, database, outcome: "paused")
        }
      }
    }
  }

  /// Keeps checkpoints from within an epoch, of runs that are trained together: all of them, or none.
  /// - Throws: ``StoreError``, ``StoreError/leaseLost(run:)`` if another worker has claimed a run.
  func keep(_ checkpoints: [(run: ClaimedRun, checkpoint: StoredCheckpoint)]) throws(StoreError) {
    try write { database in
      for (run, checkpoint) in checkpoints {
        try Self.update(run, database, set: "fruitless = 0", [])
        try Self.put(checkpoint, of: run, database)
      }
    }
  }

  /// Marks a run as done that has no epoch left.
  /// - Throws: ``StoreError``.
  func finish(_ run: ClaimedRun, _ end: RunEnd) throws(StoreError) {
    try write { try Self.finish(run, end, $0) }
  }

  /// Replaces a run's epochs by those that a checkpoint knows, or by none where it begins again.
  /// - Throws: ``StoreError``.
  func rewrite(
    _ run: ClaimedRun, _ history: History, checkpoint: StoredCheckpoint? = nil
  ) throws(StoreError) {
    try write { database in
      try Self.update(run, database, set: "fruitless = fruitless", [])
      try database.execute(sql: "DELETE FROM epochs WHERE run = ?", arguments: [run.key])
      try database.execute(sql: "UPDATE runs SET digest = NULL WHERE key = ?", arguments: [run.key])
      for record in history.epochs { try Self.insert(record, of: run, database) }
      try database.execute(sql: "DELETE FROM artifacts WHERE run = ?", arguments: [run.key])
      if let checkpoint { try Self.put(checkpoint, of: run, database) }
    }
  }

  /// Keeps why a run can't be finished.
  /// - Throws: ``StoreError``.
  public func fail(_ run: ClaimedRun, error: String) throws(StoreError) {
    try write { database in
      try Self.update(run, database, set: "state = 'failed', error = ?, finished = ?", [error, Self.now])
      try Self.end(run, database, outcome: "failed")
    }
  }

  /// Notes where and on what a run is trained.
  /// - Throws: ``StoreError/differentData(source:stored:found:)`` if the study's other runs had other data.
  func begin(_ run: ClaimedRun, environment: RunEnvironment, data: DataIdentity) throws(StoreError) {
    let description = environment.text
    try write { database in
      // Two ranges of an index, both empty as a rule: for a condition with OR all runs would be read.
      let ranges = ["<", ">"].map { side in
        """
        SELECT key, data_origin FROM runs INDEXED BY runs_by_data
        WHERE data = (SELECT data FROM runs WHERE key = :run) AND data_digest \(side) :digest
        """
      }
      let other = try String.fetchOne(
        database,
        sql: """
          SELECT others.data_origin FROM (\(ranges.joined(separator: " UNION ALL "))) AS others
          CROSS JOIN memberships ON memberships.run = others.key
          WHERE memberships.study IN (SELECT study FROM memberships WHERE run = :run) LIMIT 1
          """, arguments: ["run": run.key, "digest": data.digest])
      if let other { throw StoreError.differentData(source: data.source, stored: other, found: data.origin) }
      try Self.update(
        run, database, set: "data_digest = ?, data_origin = ?", [data.digest, data.origin])
      try database.execute(
        sql: "INSERT INTO environments (description) VALUES (?) ON CONFLICT DO NOTHING", arguments: [description])
      try database.execute(
        sql: """
          UPDATE attempts SET environment = (SELECT key FROM environments WHERE description = ?)
          WHERE run = ? AND number = ?
          """, arguments: [description, run.key, run.attempt])
    }
  }

  private static func insert(_ record: EpochRecord, of run: ClaimedRun, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO epochs (run, epoch, step, training_seconds, evaluation_seconds, attempt)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run.key, record.epoch, record.step, record.trainingSeconds, record.evaluationSeconds, run.attempt,
      ])
    for (position, (name, value)) in record.metrics.enumerated() {
      try database.execute(
        sql: "INSERT INTO metrics (run, epoch, position, name, value) VALUES (?, ?, ?, ?, ?)",
        arguments: [run.key, record.epoch, position, name, value])
    }
    try digest(record, of: run.key, database)
  }

  private static func put(_ checkpoint: StoredCheckpoint, of run: ClaimedRun, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO artifacts (run, kind, path, number, created) VALUES (?, 'checkpoint', ?, ?, ?)
        ON CONFLICT DO UPDATE SET path = excluded.path, number = excluded.number, created = excluded.created
        """, arguments: [run.key, checkpoint.folder, checkpoint.number, now])
  }

  private static func finish(_ run: ClaimedRun, _ end: RunEnd, _ database: Database) throws {
    try update(
      run, database,
      set: """
        state = 'done', finished = ?, steps = ?, gradient_evaluations = ?, diverged = ?, lease_expires = NULL,
        seconds = (SELECT sum(training_seconds + evaluation_seconds) FROM epochs WHERE run = runs.key)
        """, [now, end.steps, end.gradientEvaluations, end.isDiverged])
    try digestEnd(of: run.key, database)
    if !end.keepsCheckpoint {
      try database.execute(sql: "DELETE FROM artifacts WHERE run = ? AND kind = 'checkpoint'", arguments: [run.key])
    }
    try self.end(run, database, outcome: "done")
  }
}
