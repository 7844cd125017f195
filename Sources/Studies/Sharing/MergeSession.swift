import Foundation
import GRDB
import Training

/// A merge on its way, in one transaction of the target.
struct MergeSession {
  private let database: Database
  private let target: StudyStore
  private let study: String?
  private(set) var summary = StudyMerge.Summary()
  private var contradictions: [MergeContradiction] = []
  private var found: [FoundStudy] = []
  /// Where runs came from in this merge, by their ids.
  private var origins: [String: String] = [:]
  /// Checkpoint folders to copy.
  private var folders: [(from: String, to: String)] = []

  /// What the stores say of a study.
  private struct FoundStudy {
    let name: String
    let plan: String
    let path: String
    var shares: [(share: StudyShare, path: String)]
  }

  init(_ database: Database, target: StudyStore, study: String?) {
    (self.database, self.target, self.study) = (database, target, study)
  }

  var studies: [String] { found.map(\.name) }

  // MARK: - Stores

  /// Adds what a store knows.
  /// - Throws: `StoreError` for a store that lacks the study, and for a run that is damaged.
  mutating func add(_ source: StudyStore, _ rows: Database) throws {
    let all = try Row.fetchAll(rows, sql: "SELECT * FROM studies ORDER BY name")
    // A task that was killed before it had done anything.
    if all.isEmpty { return }
    let names = try all.map { try $0.decode(String.self, forColumn: "name") }
    if let study, !names.contains(study) {
      throw StoreError.unknownStudy(name: study, known: names, path: source.path)
    }
    summary.stores += 1
    for (name, row) in zip(names, all) where study == nil || name == study { try add(row, named: name, of: source) }
    let runs = try Row.fetchCursor(
      rows,
      sql: """
        SELECT * FROM runs WHERE :study IS NULL
          OR key IN (SELECT run FROM memberships JOIN studies ON studies.key = study WHERE studies.name = :study)
        ORDER BY key
        """, arguments: ["study": study])
    while let row = try runs.next() { try add(row, of: source, rows) }
  }

  private mutating func add(_ row: Row, named name: String, of source: StudyStore) throws {
    let plan: String = try row.decode(forColumn: "plan")
    let share = row.hasColumn("share") ? try row.decode(String?.self, forColumn: "share") : nil
    let shares = share.flatMap(StudyShare.init(text:)).map { [($0, source.path)] } ?? []
    guard let index = found.firstIndex(where: { $0.name == name }) else {
      found.append(FoundStudy(name: name, plan: plan, path: source.path, shares: shares))
      return
    }
    if found[index].plan != plan {
      let (first, second) = (found[index].plan.lines, plan.lines)
      let place = zip(first, second).prefix { $0 == $1 }.count
      contradictions.append(
        .plan(
          study: name, stores: [found[index].path, source.path],
          lines: [first, second].map { place < $0.count ? String($0[place]) : nil }))
    }
    if let share = shares.first?.0, let other = found[index].shares.first,
      share.tasks != other.share.tasks || share.vectorizes != other.share.vectorizes
    {
      contradictions.append(
        .division(study: name, stores: [other.path, source.path], shares: [other.share, share]))
    }
    found[index].shares += shares
  }

  // MARK: - Runs

  private mutating func add(_ row: Row, of source: StudyStore, _ rows: Database) throws {
    let (key, id): (Int64, String) = (try row.decode(forColumn: "key"), try row.decode(forColumn: "id"))
    let label = try Self.label(of: id, key, rows)
    let history = try StudyStore.history(of: key, rows)
    guard try StudyStore.isWhole(row, history) else {
      throw StoreError.damagedRun(
        path: source.path, run: id, arm: label.arm, seed: label.seed, study: study ?? studies.last ?? "")
    }
    if try Self.isRunning(row) {
      summary.running += 1
      return
    }
    let own = try MergedRun(row, history)
    // What nobody has begun becomes known with the plan.
    guard own.progress > .nothing else { return }
    guard let other = try writing({ try known(id) }) else {
      summary.merged += 1
      try insert(row, own, label, of: source, rows)
      return
    }
    if let contradiction = other.contradiction(own, label, stores: [origins[id] ?? target.path, source.path]) {
      contradictions.append(contradiction)
      return
    }
    guard other.progress < own.progress else {
      summary.known += 1
      return
    }
    summary.merged += 1
    try insert(row, own, label, of: source, rows)
  }

  /// What the target has of a run.
  private func known(_ id: String) throws -> MergedRun? {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]) else {
      return nil
    }
    return try MergedRun(row, StudyStore.history(of: row.decode(forColumn: "key"), database))
  }

  /// Does something with the target while a source is read, and has its errors say so.
  private func writing<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw StoreError(error, path: target.path) }
  }

  /// Whether a process may be training the run at this moment.
  private static func isRunning(_ row: Row) throws -> Bool {
    guard try row.decode(String.self, forColumn: "state") == RunState.running.rawValue,
      let expires: Double = try row.decode(forColumn: "lease_expires"), expires > StudyStore.now
    else { return false }
    guard try row.decode(String?.self, forColumn: "host") == WorkerIdentity.thisHost else { return true }
    return try !WorkerIdentity.hasEnded(
      process: row.decode(forColumn: "process"), started: row.decode(forColumn: "process_started"))
  }

  private static func label(of id: String, _ key: Int64, _ rows: Database) throws -> MergeContradiction.RunLabel {
    let row = try Row.fetchOne(
      rows, sql: "SELECT arm, seed FROM memberships WHERE run = ? ORDER BY study, position LIMIT 1", arguments: [key])
    return MergeContradiction.RunLabel(
      id: id, arm: try row?.decode(forColumn: "arm") ?? "", seed: try row?.decode(forColumn: "seed") ?? 0)
  }

  /// Puts a run in the place of what the target knows of it.
  private mutating func insert(
    _ row: Row, _ run: MergedRun, _ label: MergeContradiction.RunLabel, of source: StudyStore, _ rows: Database
  ) throws {
    origins[label.id] = source.path
    let whole = try RunRows(row, rows)
    try writing { try whole.write(as: run.state, to: database) }
    let checkpoints = try Row.fetchAll(
      rows, sql: "SELECT path, number FROM artifacts WHERE run = ?",
      arguments: [try row.decode(Int64.self, forColumn: "key")])
    for checkpoint in checkpoints {
      let folder: String = try checkpoint.decode(forColumn: "path")
      let from = "\(source.filesFolder)/\(folder)"
      // A damaged one is noticed, and replaced, where the run goes on.
      if let saved = try? CheckpointFolder(from).load(checkpoint.decode(forColumn: "number")),
        try saved.configuration != row.decode(forColumn: "configuration")
      {
        contradictions.append(.checkpoint(run: label, path: from))
      }
      folders.append((from, "\(target.filesFolder)/\(folder)"))
    }
  }

  // MARK: - End

  /// Makes the runs those of the studies.
  /// - Throws: ``StoreError/contradictory(path:_:)`` if the stores contradict each other, or the target.
  mutating func finish(replaces: Bool) throws {
    try checkContradictions()
    for study in found {
      let plan = try StudyPlan(
        yaml: study.plan, source: "plan of study '\(study.name)' in \(study.path)", name: study.name)
      try StudyStore.register(PlanUnfolder(plan), replaces: replaces, database)
      try checkData(of: study.name)
      if let tasks = study.shares.first?.share.tasks {
        summary.missing[study.name] = Set(1...tasks).subtracting(study.shares.map(\.share.task)).sorted()
      }
    }
    try checkContradictions()
    try copyCheckpoints()
  }

  private func checkContradictions() throws(StoreError) {
    guard contradictions.isEmpty else { throw .contradictory(path: target.path, contradictions) }
  }

  private mutating func checkData(of study: String) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT data, data_origin, min(runs.id) AS id FROM runs
        WHERE data_digest IS NOT NULL
          AND key IN (SELECT run FROM memberships JOIN studies ON studies.key = study WHERE studies.name = ?)
        GROUP BY data, data_digest ORDER BY data, min(key)
        """, arguments: [study])
    let origins = try Dictionary(grouping: rows) { try $0.decode(String.self, forColumn: "data") }
    for (name, rows) in origins.sorted(by: { $0.key < $1.key }) where rows.count > 1 {
      contradictions.append(
        .data(
          study: study, name: name,
          origins: try rows.map { row in
            let (origin, id): (String?, String) = try (
              row.decode(forColumn: "data_origin"), row.decode(forColumn: "id")
            )
            return "\(origin ?? "unknown") (\(self.origins[id] ?? target.path))"
          }))
    }
  }

  private func copyCheckpoints() throws {
    let files = FileManager.default
    for (from, to) in folders where files.fileExists(atPath: from) {
      do {
        try? files.removeItem(atPath: to)
        try files.createDirectory(
          at: URL(fileURLWithPath: to).deletingLastPathComponent(), withIntermediateDirectories: true)
        try files.copyItem(atPath: from, toPath: to)
      } catch {
        throw StoreError.failed(path: target.path, reason: "the checkpoint \(from) can't be copied: \(error)")
      }
    }
  }
}

extension String {
  fileprivate var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
}
