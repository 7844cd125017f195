import GRDB

/// All that a store has of a run, to be written to another one.
struct RunRows {
  private let run: Row
  private let tables: [(name: String, columns: [String], rows: [Row])]
  /// With the environments' descriptions, since their keys differ from store to store.
  private let attempts: [Row]

  /// Of a run's own row; who trains it, and until when, is a matter of each store.
  private static let columns = [
    "id", "configuration", "workload", "family", "data", "epochs", "state", "attempts", "fruitless", "error", "created",
    "started", "finished", "seconds", "steps", "gradient_evaluations", "diverged", "data_digest", "data_origin",
    "digest",
  ]

  private static let tableColumns = [
    ("epochs", ["epoch", "step", "training_seconds", "evaluation_seconds", "attempt"]),
    ("metrics", ["epoch", "position", "name", "value"]), ("artifacts", ["kind", "path", "number", "created"]),
  ]

  /// - Parameter run: a row of the table of runs.
  init(_ run: Row, _ database: Database) throws {
    self.run = run
    let key: Int64 = try run.decode(forColumn: "key")
    tables = try Self.tableColumns.map { name, columns in
      let sql = "SELECT \(columns.joined(separator: ", ")) FROM \(name) WHERE run = ?"
      return (name, columns, try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [key]))
    }
    attempts = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT number, worker, started, ended, outcome, description FROM attempts
          LEFT JOIN environments ON environments.key = environment WHERE run = ?
          """), arguments: [key])
  }

  /// Writes the run in the place of what a store has of it.
  func write(as state: RunState, to database: Database) throws {
    let values = Self.columns.map { $0 == "state" ? state.rawValue.databaseValue : run[$0] as DatabaseValue }
    let changes = Self.columns.map { "\($0) = excluded.\($0)" } + ["worker = NULL", "lease_expires = NULL"]
    let written = try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          INSERT INTO runs (\(Self.columns.joined(separator: ", "))) VALUES (\(Self.marks(Self.columns.count)))
          ON CONFLICT (id) DO UPDATE SET \(changes.joined(separator: ", ")) RETURNING key
          """), arguments: StatementArguments(values))
    guard let key = written?.databaseValue else { return }
    for table in ["epochs", "attempts", "artifacts"] {
      try database.cachedStatement(sql: "DELETE FROM \(table) WHERE run = ?").execute(arguments: [key])
    }
    for (name, columns, rows) in tables {
      let insertion = try database.cachedStatement(
        sql: "INSERT INTO \(name) (run, \(columns.joined(separator: ", "))) VALUES (\(Self.marks(columns.count + 1)))")
      for row in rows { try insertion.execute(arguments: StatementArguments([key] + row.databaseValues)) }
    }
    for row in attempts {
      let description: DatabaseValue = row["description"]
      if !description.isNull {
        try database.cachedStatement(sql: "INSERT INTO environments (description) VALUES (?) ON CONFLICT DO NOTHING")
          .execute(arguments: [description])
      }
      try database.cachedStatement(
        sql: """
          INSERT INTO attempts (run, number, worker, started, ended, outcome, environment)
          VALUES (?, ?, ?, ?, ?, ?, (SELECT key FROM environments WHERE description = ?))
          """
      ).execute(arguments: StatementArguments([key] + row.databaseValues))
    }
  }

  private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
