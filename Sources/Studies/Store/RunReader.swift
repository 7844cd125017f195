import GRDB
import OrderedCollections

/// Reads the runs of a study, of which there may be many: statements are prepared once, and epochs share the names of their metrics.
final class RunReader {
  /// Where the study's runs were computed, as they came.
  let environments: [RunEnvironment]
  private let store: StudyStore
  private let study: StoredStudy
  private let database: Database
  private let finished: FinishedRuns?
  /// The places of the environments by their keys.
  private var places: [Int64: Int] = [:]

  /// - Parameter finished: what is taken from there isn't read, and what is read is kept there.
  init(_ store: StudyStore, _ study: StoredStudy, _ database: Database, finished: FinishedRuns? = nil) throws {
    (self.store, self.study, self.database, self.finished) = (store, study, database, finished)
    var environments: [RunEnvironment] = []
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT environments.key, description, min(position * 1000 + number) AS place
        FROM memberships JOIN attempts ON attempts.run = memberships.run
        JOIN environments ON environments.key = attempts.environment
        WHERE memberships.study = ? GROUP BY environments.key ORDER BY place
        """, arguments: [study.key])
    for row in rows {
      guard let environment = RunEnvironment(text: try row.decode(forColumn: "description")) else { continue }
      places[try row.decode(forColumn: "key")] = environments.count
      environments.append(environment)
    }
    self.environments = environments
    finished?.begin(environments)
  }

  private static let selection = """
    SELECT memberships.*, runs.* FROM memberships JOIN runs ON runs.key = memberships.run WHERE memberships.study = ?
    """

  /// All runs in the plan's order.
  /// - Throws: ``StoreError/damagedRun(path:run:arm:seed:study:)``.
  func readAll(_ body: (StoredRun) throws -> Void) throws {
    let rows = try Row.fetchCursor(
      database, sql: Self.selection + " ORDER BY memberships.position", arguments: [study.key])
    while let row = try rows.next() { try body(run(row)) }
  }

  /// Some runs in the plan's order, once for each of their arms.
  func read(_ ids: [String], _ body: (StoredRun) throws -> Void) throws {
    let statement = try database.cachedStatement(sql: Self.selection + " AND runs.id = ?")
    let rows = try ids.flatMap { try Row.fetchAll(statement, arguments: [study.key, $0]) }
    let places = try rows.map { try $0.decode(Int.self, forColumn: "position") }
    for index in rows.indices.sorted(by: { places[$0] < places[$1] }) { try body(run(rows[index])) }
  }

  private func run(_ row: Row) throws -> StoredRun {
    if let known = try finished?.run(row, of: study) { return known }
    let run = try read(row)
    try finished?.keep(run, row, of: study)
    return run
  }

  private func read(_ row: Row) throws -> StoredRun {
    let key: Int64 = try row.decode(forColumn: "key")
    let history = try StudyStore.history(of: key, database)
    guard try StudyStore.isWhole(row, history) else {
      throw StoreError.damagedRun(
        path: store.path, run: try row.decode(forColumn: "id"), arm: try row.decode(forColumn: "arm"),
        seed: try row.decode(forColumn: "seed"), study: study.name)
    }
    let used = try Int64.fetchAll(
      database.cachedStatement(
        sql: "SELECT DISTINCT environment FROM attempts WHERE run = ? AND environment IS NOT NULL"),
      arguments: [key])
    return try StoredRun(
      id: row.decode(forColumn: "id"), arm: row.decode(forColumn: "arm"), seed: row.decode(forColumn: "seed"),
      stage: RunStage(row), configuration: row.decode(forColumn: "configuration"),
      state: Self.state(of: row, history), attempts: row.decode(forColumn: "attempts"),
      error: row.decode(forColumn: "error"), history: history,
      seconds: row.decode(forColumn: "seconds"), steps: row.decode(forColumn: "steps"),
      gradientEvaluations: row.decode(forColumn: "gradient_evaluations"),
      isDiverged: row.decode(forColumn: "diverged"), dataOrigin: row.decode(forColumn: "data_origin"),
      environments: used.compactMap { places[$0] }, artifacts: artifacts(of: key))
  }

  private static func state(of row: Row, _ history: History) throws -> RunState {
    let state = RunState(rawValue: try row.decode(forColumn: "state")) ?? .pending
    // `until` is the study's own in a row of both tables: another study may have it trained further.
    guard state == .pending, row.hasColumn("until"), let until: Int = try row.decode(forColumn: "until") else {
      return state
    }
    return until <= history.epochs.last?.epoch ?? 0 ? .paused : .pending
  }

  private func artifacts(of run: Int64) throws -> [RunArtifact] {
    let rows = try Row.fetchAll(
      database.cachedStatement(sql: "SELECT kind, path FROM artifacts WHERE run = ? ORDER BY kind"), arguments: [run])
    return try rows.map { row in
      let file: String = try row.decode(forColumn: "path")
      return RunArtifact(kind: try row.decode(forColumn: "kind"), path: "\(store.filesFolder)/\(file)")
    }
  }
}

extension StudyStore {
  /// The epochs of a run.
  static func history(of run: Int64, _ database: Database) throws -> History {
    let metrics = try Row.fetchCursor(
      database.cachedStatement(sql: "SELECT epoch, name, value FROM metrics WHERE run = ? ORDER BY epoch, position"),
      arguments: [run])
    let epochs = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT epoch, step, training_seconds, evaluation_seconds FROM epochs WHERE run = ? ORDER BY epoch
          """), arguments: [run])
    var records: [EpochRecord] = []
    var next = try metrics.next()
    // Dictionaries of equal names share them, which halves the memory of many epochs.
    var last: OrderedDictionary<String, Double> = [:]
    while let row = try epochs.next() {
      let epoch = try row.decode(Int.self, atIndex: 0)
      var own = last
      var count = 0
      while let metric = next, try metric.decode(Int.self, atIndex: 0) <= epoch {
        if try metric.decode(Int.self, atIndex: 0) == epoch {
          let name = try metric.decode(String.self, atIndex: 1)
          let value = try metric.decode(Double?.self, atIndex: 2) ?? .nan
          if count < own.count, own.keys[count] == name {
            own.values[count] = value
          } else {
            own.removeLast(max(0, own.count - count))
            own[name] = value
          }
          count = own.index(forKey: name).map { $0 + 1 } ?? count
        }
        next = try metrics.next()
      }
      own.removeLast(max(0, own.count - count))
      last = own
      records.append(
        EpochRecord(
          epoch: epoch, step: try row.decode(Int.self, atIndex: 1), metrics: own,
          trainingSeconds: try row.decode(Double.self, atIndex: 2),
          evaluationSeconds: try row.decode(Double.self, atIndex: 3)))
    }
    return History(epochs: records)
  }
}
