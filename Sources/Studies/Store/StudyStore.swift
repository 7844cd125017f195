import Files
import Foundation
import GRDB
@_exported import Plans
@_exported import Reports

/// The one file that studies live in: plans, runs, what each epoch showed, and where it was computed.
///
/// A store is an SQLite database, which several processes may use at once; see ``StudyStore/claim(of:worker:lease:)``.
/// Everything is written in transactions, so a process that is killed at whatever moment leaves a whole store.
/// Where other machines may use the same disk, SQLite's rollback journal is used instead of its write-ahead log.
public final class StudyStore: Sendable {
  /// What a store is opened for.
  public enum Access: Sendable {
    /// The file is made where it isn't there.
    case create
    case write
    case read
  }

  public let path: String
  private let writer: any DatabaseWriter
  /// A copy that is read where SQLite can't open the file itself; removed in the end.
  private let copy: StoreCopy?

  /// How long to wait for another process's transaction.
  static let busySeconds = 20.0

  /// - Parameter isShared: whether other machines may use the file; nil to ask the file system, which doesn't always know.
  /// - Throws: ``StoreError``.
  public convenience init(_ path: String, access: Access = .create, isShared: Bool? = nil) throws(StoreError) {
    try self.init(path, access: access, isShared: isShared, busySeconds: Self.busySeconds)
  }

  init(_ path: String, access: Access, isShared: Bool? = nil, busySeconds: Double) throws(StoreError) {
    self.path = path
    let isThere = FileManager.default.fileExists(atPath: path)
    guard isThere || access == .create else { throw .missing(path: path) }
    // Opening a pipe would wait for whoever writes to it.
    if isThere, let kind = FileSystem.specialKind(of: path) { throw .notStore(path: path, reason: "it is \(kind)") }
    do {
      if !isThere {
        try FileManager.default.createDirectory(
          at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      }
    } catch {
      let failure = FileFailure(.makeFolder, path: path, error)
      throw failure.isDiskFull ? .full(path: path) : .cannotOpen(path: path, reason: failure.reason)
    }
    do {
      copy = access == .read ? try StoreCopy(ifNeededFor: path) : nil
      writer = try Self.open(
        copy?.path ?? path, named: path, access: access, isShared: isShared, busySeconds: busySeconds)
    } catch {
      throw StoreError(error, path: path, timeout: busySeconds)
    }
  }

  private static func open(
    _ path: String, named name: String, access: Access, isShared: Bool?, busySeconds: Double
  ) throws -> any DatabaseWriter {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.label = "study store"
    configuration.readonly = access == .read
    // What it is comes first: opening for writing changes the file.
    let (version, hasShare) = try DatabaseQueue(path: path, configuration: configuration).read { database in
      let version = try StoreSchema.check(database, path: name)
      return (version, try StoreSchema.hasShare(database, version: version))
    }
    if access == .read {
      guard version > 0 else { throw StoreError.notStore(path: name, reason: "it is empty") }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    let writer: any DatabaseWriter
    if hasShare || isShared ?? FileSystem.isShared(path) {
      writer = try DatabaseQueue(path: path, configuration: configuration)
      _ = try writer.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
    } else {
      writer = try pool(path, configuration: configuration, until: Date(timeIntervalSinceNow: busySeconds))
    }
    try writer.write { try StoreSchema.migrate($0, path: name) }
    return writer
  }

  /// SQLite doesn't wait where two processes switch a new file to the write-ahead log at once.
  private static func pool(_ path: String, configuration: GRDB.Configuration, until end: Date) throws -> DatabasePool {
    while true {
      do {
        return try DatabasePool(path: path, configuration: configuration)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try writer.read(body) } catch { throw StoreError(error, path: path) }
  }

  /// One transaction, which begins as a writing one.
  func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try writer.write(body) } catch { throw StoreError(error, path: path) }
  }

  /// As ``read(_:)``, for what may find a plan that can't be run.
  func readConfigured<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try passingConfigurationErrors { try writer.read(body) }
  }

  /// As ``write(_:)``, for what may find a plan that can't be run.
  func writeConfigured<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try passingConfigurationErrors { try writer.write(body) }
  }

  private func passingConfigurationErrors<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ConfigurationError { throw error } catch {
      throw StoreError(error, path: path)
    }
  }

  static var now: Double { Date().timeIntervalSince1970 }
}

extension StudyStore {
  /// Puts a plan into the store: runs that aren't there yet are pending, those that are there stay as they are,
  /// whichever study they were trained for. A study of the same name gets the new plan, which may have more runs.
  /// - Parameters:
  ///   - share: the part of the study that the store has; nil for all of it, or for the part that it has already.
  ///   - replaces: whether the plan may lack runs with results that the study has. They stay in the store, and
  ///     are the study's again with a plan that has them.
  /// - Throws: `ConfigurationError` for a plan that can't be run or divided, ``StoreError/narrowed(study:dropped:of:runs:)``,
  ///   ``StoreError/otherShare(path:study:stored:given:)`` and other ``StoreError``s.
  @discardableResult
  public func register(
    _ plan: StudyPlan, share: StudyShare? = nil, replaces: Bool = false
  ) throws -> StoredStudy {
    if share != nil { try StudyShare.check(plan) }
    let unfolder = try PlanUnfolder(plan)
    try writeConfigured { database in
      if let share { try self.checkShare(share, of: plan, database) }
      try Self.register(unfolder, share: share, replaces: replaces, database)
    }
    return try study(named: plan.name)
  }

  /// As ``register(_:share:replaces:)``, in a transaction.
  static func register(
    _ unfolder: PlanUnfolder, share: StudyShare? = nil, replaces: Bool, _ database: Database
  ) throws {
    let plan = unfolder.plan
    let unfolded = try unfolded(by: unfolder, database)
    if !replaces { try checkNothingIsLost(for: plan, keeping: Set(unfolded.runs.map(\.id)), database) }
    let study = try Int64.fetchOne(
      database,
      sql: """
        INSERT INTO studies (name, title, plan, created, changed, share) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET title = excluded.title, plan = excluded.plan,
          changed = CASE WHEN plan = excluded.plan THEN changed ELSE excluded.changed END
        RETURNING key
        """, arguments: [plan.name, plan.title, try plan.yaml(), now, now, share?.description])
    if let study { try setRuns(unfolded, of: study, database) }
  }

  /// Another share's runs, or another division's, would be trained twice.
  private func checkShare(_ share: StudyShare, of plan: StudyPlan, _ database: Database) throws {
    let row = try Row.fetchOne(database, sql: "SELECT share FROM studies WHERE name = ?", arguments: [plan.name])
    guard let row else { return }
    let stored: String? = try row.decode(forColumn: "share")
    guard stored == share.description else {
      throw StoreError.otherShare(
        path: path, study: plan.name, stored: stored.flatMap(StudyShare.init(text:)), given: share)
    }
  }

  /// - Parameter kept: the ids of the new plan's runs.
  private static func checkNothingIsLost(for plan: StudyPlan, keeping kept: Set<String>, _ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT runs.id, memberships.arm, memberships.seed, memberships.trial FROM memberships
        JOIN studies ON studies.key = memberships.study JOIN runs ON runs.key = memberships.run
        WHERE studies.name = ? AND (runs.state IN ('done', 'running') OR EXISTS
          (SELECT 1 FROM epochs WHERE epochs.run = runs.key)) ORDER BY memberships.position
        """, arguments: [plan.name])
    // Results choose the final runs of a plan that unfolds, and more results may choose others.
    let text = try String.fetchOne(database, sql: "SELECT plan FROM studies WHERE name = ?", arguments: [plan.name])
    let old = text.flatMap { try? StudyPlan(yaml: $0, source: plan.name, name: plan.name) }
    let mayChoose = plan.unfolds && old?.unfolds == true
    let dropped = try rows.filter { row in
      if try kept.contains(row.decode(forColumn: "id")) { return false }
      guard mayChoose, try row.decode(Int?.self, forColumn: "trial") == nil else { return true }
      return try !plan.mayHaveFinalRun(arm: row.decode(forColumn: "arm"), seed: row.decode(forColumn: "seed"))
    }
    guard !dropped.isEmpty else { return }
    var arms: [(name: String, seeds: Set<Int>)] = []
    for row in dropped {
      let (arm, seed): (String, Int) = try (row.decode(forColumn: "arm"), row.decode(forColumn: "seed"))
      if let index = arms.firstIndex(where: { $0.name == arm }) {
        arms[index].seeds.insert(seed)
      } else {
        arms.append((arm, [seed]))
      }
    }
    let texts = arms.prefix(4).map {
      "\($0.name) (\($0.seeds.count == 1 ? "seed" : "seeds") \(SeedList.ranges(Array($0.seeds))))"
    }
    throw StoreError.narrowed(
      study: plan.name, dropped: dropped.count, of: rows.count,
      runs: (texts + (arms.count > 4 ? ["… of \(arms.count) arms"] : [])).joined(separator: ", "))
  }

  /// All studies, by name.
  /// - Throws: ``StoreError``.
  public func studies() throws(StoreError) -> [StoredStudy] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM studies ORDER BY name").map { try self.study($0, database) }
    }
  }

  /// - Throws: ``StoreError/unknownStudy(name:known:path:)`` with the nearest name.
  public func study(named name: String) throws(StoreError) -> StoredStudy {
    try read { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM studies WHERE name = ?", arguments: [name]) else {
        let known = try String.fetchAll(database, sql: "SELECT name FROM studies ORDER BY name")
        throw StoreError.unknownStudy(name: name, known: known, path: self.path)
      }
      return try self.study(row, database)
    }
  }

  /// The study of that name, or the only one.
  /// - Throws: ``StoreError`` if there is none, or several and no name.
  public func study(_ name: String?) throws(StoreError) -> StoredStudy {
    if let name { return try study(named: name) }
    let all = try studies()
    guard all.count == 1, let only = all.first else {
      throw .unnamedStudy(known: all.map(\.name), path: path)
    }
    return only
  }

  /// How many runs of a study are in which state; of all studies without a name.
  public func counts(of study: StoredStudy? = nil) throws(StoreError) -> RunCounts {
    try read { try Self.counts(of: study?.key, $0) }
  }

  /// Has failed runs of a study tried again.
  /// - Returns: how many.
  @discardableResult
  public func retryFailed(of study: StoredStudy) throws(StoreError) -> Int {
    try write { database in
      try database.execute(
        sql: """
          UPDATE runs SET state = 'pending', error = NULL, fruitless = 0
          WHERE state = 'failed' AND key IN (SELECT run FROM memberships WHERE study = ?)
          """, arguments: [study.key])
      return database.changesCount
    }
  }

  private func study(_ row: Row, _ database: Database) throws -> StoredStudy {
    let (key, name): (Int64, String) = (try row.decode(forColumn: "key"), try row.decode(forColumn: "name"))
    let (title, plan): (String, String) = (try row.decode(forColumn: "title"), try row.decode(forColumn: "plan"))
    let (created, changed): (Double, Double) = (
      try row.decode(forColumn: "created"), try row.decode(forColumn: "changed")
    )
    let counts = try Self.counts(of: key, database)
    // A store that an older version made and that is opened for reading has none.
    let share = row.hasColumn("share") ? try row.decode(String?.self, forColumn: "share") : nil
    do throws(ConfigurationError) {
      return StoredStudy(
        key: key, name: name, title: title,
        plan: try StudyPlan(yaml: plan, source: "plan of study '\(name)'", name: name),
        share: share.flatMap(StudyShare.init(text:)),
        counts: counts, created: created, changed: changed)
    } catch {
      throw StoreError.damaged(path: path, reason: error.description)
    }
  }

  static func counts(of study: Int64?, _ database: Database) throws -> RunCounts {
    // A store that an older version made and that is opened for reading has no runs that stop early.
    let state = try database.columns(in: "runs").contains { $0.name == "until" } ? RunState.sql : "state"
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT \(state) AS state, count(*) AS count FROM runs
        WHERE key IN (SELECT run FROM memberships WHERE :study IS NULL OR study = :study) GROUP BY 1
        """, arguments: ["study": study])
    var counts = RunCounts()
    let studies = try Row.fetchAll(
      database, sql: "SELECT * FROM studies WHERE :study IS NULL OR key = :study", arguments: ["study": study])
    // A store that an older version made and that is opened for reading has none.
    for row in studies where row.hasColumn("expected") {
      counts.expected += try row.decode(Int.self, forColumn: "expected")
    }
    for row in rows {
      if let state = RunState(rawValue: try row.decode(forColumn: "state")) {
        counts[state] = try row.decode(forColumn: "count")
      }
    }
    return counts
  }
}
