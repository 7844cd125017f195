import GRDB

/// The store's tables, version by version. A version is never changed once it was published: the next one alters
/// what it made.
enum StoreSchema {
  /// "TNRN", so that another program's database isn't taken for a store.
  static let applicationID: Int32 = 0x544E_524E

  static let migrations: [@Sendable (Database) throws -> Void] = [
    { database in try database.execute(sql: version1) },
    { database in try addFamilies(database) },
    { database in try addDigests(database) },
    { database in try database.execute(sql: version4) },
    { database in try addGroups(database) },
    { database in try database.execute(sql: version6) },
  ]

  static var version: Int { migrations.count }

  /// Brings a database to the newest version, in one transaction, which other processes wait for.
  /// - Throws: ``StoreError`` if it is another program's, or of a newer version.
  static func migrate(_ database: Database, path: String) throws {
    let current = try check(database, path: path)
    for migration in migrations.dropFirst(current) { try migration(database) }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// The version of a database; 0 for an empty one.
  @discardableResult
  static func check(_ database: Database, path: String) throws -> Int {
    let id = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard id == applicationID || (id == 0 && version == 0 && tables == 0) else {
      throw StoreError.notStore(path: path, reason: "it is another program's database")
    }
    guard version <= Self.version else {
      throw StoreError.newerSchema(path: path, version: version, supported: Self.version)
    }
    return version
  }

  /// Whether a store has a task's share of a study: other machines use its folder.
  static func hasShare(_ database: Database, version: Int) throws -> Bool {
    guard version >= 5 else { return false }
    return try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM studies WHERE share IS NOT NULL)") ?? false
  }

  /// Version 2: runs know which others may be trained together with them.
  private static func addFamilies(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE runs ADD COLUMN family TEXT NOT NULL DEFAULT ''")
    for row in try Row.fetchAll(database, sql: "SELECT key, id, configuration FROM runs") {
      let (id, text): (String, String) = (try row.decode(forColumn: "id"), try row.decode(forColumn: "configuration"))
      // What an older version's methods were called may be unknown today: such a run is trained by itself.
      let family = (try? RunConfiguration(canonicalText: text, source: id))?.family ?? id
      try database.execute(
        sql: "UPDATE runs SET family = ? WHERE key = ?",
        arguments: [family, try row.decode(Int64.self, forColumn: "key")])
    }
    try database.execute(sql: "CREATE INDEX runs_by_family ON runs (family, state)")
  }

  /// Version 3: runs have a digest of their numbers. What is there is taken as it is.
  private static func addDigests(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE runs ADD COLUMN digest TEXT")
    for row in try Row.fetchAll(database, sql: "SELECT * FROM runs") {
      let key: Int64 = try row.decode(forColumn: "key")
      let history = try StudyStore.history(of: key, database)
      guard try !history.epochs.isEmpty || RunState.done.rawValue == row.decode(forColumn: "state") else { continue }
      try database.execute(
        sql: "UPDATE runs SET digest = ? WHERE key = ?",
        arguments: [StudyStore.digest(of: row, history).text, key])
    }
  }

  /// Version 4: studies whose runs become known as others end. A final run has no trial. A run stops for now at the epoch
  /// `until`, the greatest that its studies want it trained to, or at none.
  private static let version4 = """
    ALTER TABLE memberships ADD COLUMN trial INTEGER;
    ALTER TABLE memberships ADD COLUMN until INTEGER;
    ALTER TABLE runs ADD COLUMN until INTEGER;
    ALTER TABLE studies ADD COLUMN expected INTEGER NOT NULL DEFAULT 0;
    """

  /// Version 5: the plan decides which runs are trained together, and a store may have a task's share of a study.
  private static func addGroups(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE studies ADD COLUMN share TEXT;
        ALTER TABLE memberships ADD COLUMN grouping INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX memberships_by_grouping ON memberships (study, grouping);
        """)
    for study in try Int64.fetchAll(database, sql: "SELECT key FROM studies") {
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT position, arm, trial, id, family FROM memberships JOIN runs ON runs.key = run
          WHERE study = ? ORDER BY position
          """, arguments: [study])
      var groups = RunGroups(areSearched: try rows.contains { try $0.decode(Int?.self, forColumn: "trial") != nil })
      for row in rows {
        let group = try groups.group(
          of: row.decode(forColumn: "id"), family: row.decode(forColumn: "family"), arm: row.decode(forColumn: "arm"),
          trial: row.decode(forColumn: "trial"))
        try database.execute(
          sql: "UPDATE memberships SET grouping = ? WHERE study = ? AND position = ?",
          arguments: [group, study, try row.decode(Int.self, forColumn: "position")])
      }
    }
  }

  /// Version 6: what is claimed next is found without looking at the runs that are done. A membership is open while its run may
  /// have something to do; a paused run has nothing to do until its study has it go on.
  private static let version6 = """
    ALTER TABLE memberships ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
    UPDATE memberships SET open = (SELECT \(isOpen("runs")) FROM runs WHERE key = memberships.run);
    CREATE INDEX memberships_open ON memberships (study, position) WHERE open = 1;
    CREATE INDEX memberships_open_anywhere ON memberships (position, study) WHERE open = 1;
    CREATE TRIGGER runs_open AFTER UPDATE OF state, until ON runs BEGIN
      UPDATE memberships SET open = \(isOpen("new")) WHERE run = new.key;
    END;
    CREATE INDEX runs_by_data ON runs (data, data_digest);
    CREATE INDEX runs_by_end ON runs (finished) WHERE state IN ('done', 'failed');
    """

  /// Whether a run may have something to do, in SQL.
  /// - Parameter run: a row of the table of runs.
  static func isOpen(_ run: String) -> String {
    """
    (\(run).state = 'running' OR (\(run).state = 'pending' AND (\(run).until IS NULL
      OR \(run).until > coalesce((SELECT max(epoch) FROM epochs WHERE epochs.run = \(run).key), -1))))
    """
  }

  /// Times are seconds since 1970. A metric's NaN is NULL, which is what SQLite makes of it.
  private static let version1 = """
    CREATE TABLE studies (
      key INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      plan TEXT NOT NULL,
      created REAL NOT NULL,
      changed REAL NOT NULL
    ) STRICT;

    CREATE TABLE runs (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      configuration TEXT NOT NULL,
      workload TEXT NOT NULL,
      data TEXT NOT NULL,
      epochs INTEGER NOT NULL,
      state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done', 'failed')),
      worker TEXT,
      host TEXT,
      process INTEGER,
      process_started TEXT,
      lease_expires REAL,
      attempts INTEGER NOT NULL DEFAULT 0,
      fruitless INTEGER NOT NULL DEFAULT 0,
      error TEXT,
      created REAL NOT NULL,
      started REAL,
      finished REAL,
      seconds REAL,
      steps INTEGER,
      gradient_evaluations REAL,
      diverged INTEGER,
      data_digest TEXT,
      data_origin TEXT
    ) STRICT;
    CREATE INDEX runs_by_state ON runs (state, lease_expires);
    CREATE INDEX runs_by_workload ON runs (workload, state);

    CREATE TABLE memberships (
      study INTEGER NOT NULL REFERENCES studies (key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      run INTEGER NOT NULL REFERENCES runs (key),
      arm TEXT NOT NULL,
      seed INTEGER NOT NULL,
      PRIMARY KEY (study, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships_by_run ON memberships (run, position);

    CREATE TABLE environments (
      key INTEGER PRIMARY KEY,
      description TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE attempts (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      worker TEXT NOT NULL,
      environment INTEGER REFERENCES environments (key),
      started REAL NOT NULL,
      ended REAL,
      outcome TEXT,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE epochs (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      training_seconds REAL NOT NULL,
      evaluation_seconds REAL NOT NULL,
      attempt INTEGER NOT NULL,
      PRIMARY KEY (run, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metrics (
      run INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      value REAL,
      PRIMARY KEY (run, epoch, position),
      FOREIGN KEY (run, epoch) REFERENCES epochs (run, epoch) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE artifacts (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      path TEXT NOT NULL,
      number INTEGER NOT NULL,
      created REAL NOT NULL,
      PRIMARY KEY (run, kind)
    ) STRICT, WITHOUT ROWID;
    """
}
