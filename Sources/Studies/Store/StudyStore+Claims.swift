import GRDB

extension StudyStore {
  /// Attempts that may end without having finished an epoch before a run counts as failed: a run that ends every
  /// process that trains it would end all workers otherwise.
  static let fruitlessLimit = 10

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
    try write { database in
      try Self.endLeasesOfEndedProcesses(database)
      try Self.failFruitless(database)
      let claimed = try Row.fetchOne(
        database,
        sql: """
          UPDATE runs SET state = 'running', worker = :worker, host = :host, process = :process,
            process_started = :processStarted, lease_expires = :now + :lease, attempts = attempts + 1,
            fruitless = fruitless + 1, started = coalesce(started, :now), error = NULL
          WHERE key = (
            SELECT runs.key FROM runs JOIN memberships ON memberships.run = runs.key
            WHERE (:study IS NULL OR memberships.study = :study)
              AND (runs.state = 'pending' OR (runs.state = 'running' AND runs.lease_expires < :now))
            ORDER BY memberships.position, memberships.study LIMIT 1)
          RETURNING key, id, configuration, attempts
          """,
        arguments: [
          "worker": worker.id, "host": worker.host, "process": worker.process,
          "processStarted": worker.processStarted, "now": Self.now, "lease": lease, "study": study?.key,
        ])
      guard let claimed else { return nil }
      let (key, attempt): (Int64, Int) = (claimed["key"], claimed["attempts"])
      try database.execute(
        sql: "UPDATE attempts SET ended = ?, outcome = 'died' WHERE run = ? AND ended IS NULL",
        arguments: [Self.now, key])
      try database.execute(
        sql: "INSERT INTO attempts (run, number, worker, started) VALUES (?, ?, ?, ?)",
        arguments: [key, attempt, worker.id, Self.now])
      let membership = try Row.fetchOne(
        database,
        sql: """
          SELECT arm, seed FROM memberships WHERE run = :run AND (:study IS NULL OR study = :study)
          ORDER BY position, study LIMIT 1
          """, arguments: ["run": key, "study": study?.key])
      let checkpoint = try Row.fetchOne(
        database, sql: "SELECT path, number FROM artifacts WHERE run = ? AND kind = 'checkpoint'", arguments: [key])
      return ClaimedRun(
        key: key, id: claimed["id"], arm: membership?["arm"] ?? "", seed: membership?["seed"] ?? 0,
        configuration: claimed["configuration"], attempt: attempt, worker: worker.id,
        checkpoint: checkpoint.map { StoredCheckpoint(folder: $0["path"], number: $0["number"]) })
    }
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

  /// Changes a run's row as long as this worker's claim holds.
  static func update(_ run: ClaimedRun, _ database: Database, set: String, _ values: StatementArguments) throws {
    try database.execute(
      sql: "UPDATE runs SET \(set) WHERE key = ? AND worker = ? AND attempts = ? AND state = 'running'",
      arguments: values + [run.key, run.worker, run.attempt])
    guard database.changesCount == 1 else { throw StoreError.leaseLost(run: run.id) }
  }

  static func end(_ run: ClaimedRun, _ database: Database, outcome: String) throws {
    try database.execute(
      sql: "UPDATE attempts SET ended = ?, outcome = ? WHERE run = ? AND number = ?",
      arguments: [now, outcome, run.key, run.attempt])
  }

  private static func endLeasesOfEndedProcesses(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT key, process, process_started FROM runs WHERE state = 'running' AND host = ? AND lease_expires > 0",
      arguments: [WorkerIdentity.thisHost])
    for row in rows where WorkerIdentity.hasEnded(process: row["process"], started: row["process_started"]) {
      try database.execute(sql: "UPDATE runs SET lease_expires = 0 WHERE key = ?", arguments: [row["key"] as Int64])
    }
  }

  private static func failFruitless(_ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE runs SET state = 'failed', finished = ?,
          error = 'its process ended ' || fruitless || ' times before an epoch was finished'
        WHERE state = 'running' AND lease_expires < ? AND fruitless >= ?
        """, arguments: [now, now, fruitlessLimit])
  }
}
