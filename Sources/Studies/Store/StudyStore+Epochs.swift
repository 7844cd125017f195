import GRDB

extension StudyStore {
  /// Stores what an epoch showed together with the checkpoint that goes with it, or with the run's end: at any
  /// moment a store knows exactly the epochs that its checkpoint has done.
  /// - Parameter entries: of runs that are trained together; all of them are stored, or none.
  /// - Throws: ``StoreError``, ``StoreError/leaseLost(run:)`` if another worker has claimed a run.
  func record(_ entries: [EpochLedger.Entry]) throws(StoreError) {
    try write { database in
      for entry in entries {
        try Self.update(entry.run, database, set: "fruitless = 0", [])
        try Self.insert(entry.record, of: entry.run, database)
        if let checkpoint = entry.checkpoint { try Self.put(checkpoint, of: entry.run, database) }
        if let end = entry.end { try Self.finish(entry.run, end, database) }
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
      let other = try String.fetchOne(
        database,
        sql: """
          SELECT runs.data_origin FROM runs JOIN memberships ON memberships.run = runs.key
          WHERE runs.data = (SELECT data FROM runs WHERE key = :run) AND runs.data_digest <> :digest
            AND memberships.study IN (SELECT study FROM memberships WHERE run = :run) LIMIT 1
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

/// What is stored when a run is done.
struct RunEnd: Sendable {
  let steps: Int
  let gradientEvaluations: Double
  let isDiverged: Bool
  let keepsCheckpoint: Bool
}
