import GRDB

extension StudyStore {
  /// Adds to a study the runs that the ends of others have made known.
  ///
  /// Reading the results and adding the runs is one transaction, and what is added follows from the results alone: any
  /// number of workers may do this, at any moment.
  /// - Returns: whether the study's runs have changed.
  /// - Throws: `ConfigurationError` for a run that can't be configured; ``StoreError``.
  @discardableResult
  func unfold(_ study: StoredStudy, by unfolder: PlanUnfolder) throws -> Bool {
    try writeConfigured { database in
      try Self.setRuns(Self.unfolded(by: unfolder, database), of: study.key, database)
    }
  }

  /// How many attempts at a study's runs have ended in whatever way; the number only grows.
  func endedAttempts(of study: StoredStudy) throws(StoreError) -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM attempts
          WHERE ended IS NOT NULL AND run IN (SELECT run FROM memberships WHERE study = ?)
          """, arguments: [study.key]) ?? 0
    }
  }

  /// The runs of a plan as far as the results in the store make them known, whatever study they were trained for.
  /// - Throws: as ``unfold(_:by:)`` does.
  func unfolded(_ plan: StudyPlan) throws -> UnfoldedRuns {
    let unfolder = try PlanUnfolder(plan)
    return try readConfigured { try Self.unfolded(by: unfolder, $0) }
  }

  static func unfolded(by unfolder: PlanUnfolder, _ database: Database) throws -> UnfoldedRuns {
    var known = KnownResults()
    var unfolded = try unfolder.runs(given: known)
    guard unfolder.plan.unfolds else { return unfolded }
    // A run that is known now may be done already: of another study, or before the plan was changed.
    var asked: Set<String> = []
    while true {
      var hasMore = false
      for run in unfolded.runs where asked.insert(run.id).inserted {
        guard let found = try Self.known(run.id, database) else { continue }
        known[run.id] = found
        hasMore = true
      }
      guard hasMore else { return unfolded }
      unfolded = try unfolder.runs(given: known)
    }
  }

  /// What is known of a run; nil where it isn't in the store, or has no epochs yet.
  private static func known(_ id: String, _ database: Database) throws -> KnownRun? {
    guard let row = try Row.fetchOne(database, sql: "SELECT key, state FROM runs WHERE id = ?", arguments: [id]) else {
      return nil
    }
    let state: KnownRun.State =
      switch RunState(rawValue: try row.decode(forColumn: "state")) {
      case .done: .done
      case .failed: .failed
      default: .open
      }
    let history = try history(of: row.decode(forColumn: "key"), database)
    return state == .open && history.epochs.isEmpty ? nil : KnownRun(history, state: state)
  }

  /// Makes runs those of a study, in their order; of a store with a share of the study those of the share.
  /// - Returns: whether they weren't before.
  @discardableResult
  static func setRuns(_ unfolded: UnfoldedRuns, of study: Int64, _ database: Database) throws -> Bool {
    let families = try families(of: unfolded.runs, database)
    var groups = RunGroups(areSearched: unfolded.runs.contains { $0.stage != .final })
    let grouping = zip(unfolded.runs, families).map { run, family in
      groups.group(of: run.id, family: family, arm: run.arm, trial: run.stage.trial)
    }
    let share = try share(of: study, database)
    let places = share?.places(in: unfolded.runs) { grouping } ?? Array(unfolded.runs.indices)
    let expected = share?.expected(unfolded.expected, beside: unfolded.runs) ?? unfolded.expected
    try database.execute(
      sql: "UPDATE studies SET expected = ? WHERE key = ?", arguments: [expected.reduce(0) { $0 + $1.count }, study])
    let stored = try Row.fetchAll(
      database,
      sql: """
        SELECT runs.id, arm, seed, trial, memberships.until FROM memberships JOIN runs ON runs.key = memberships.run
        WHERE study = ? ORDER BY position
        """, arguments: [study])
    let isSame =
      try stored.count == places.count
      && zip(stored, places).allSatisfy { row, place -> Bool in
        let run = unfolded.runs[place]
        let (id, arm): (String, String) = (try row.decode(forColumn: "id"), try row.decode(forColumn: "arm"))
        let seed: Int = try row.decode(forColumn: "seed")
        let (trial, until): (Int?, Int?) = (try row.decode(forColumn: "trial"), try row.decode(forColumn: "until"))
        return id == run.id && arm == run.arm && seed == run.seed && trial == run.stage.trial && until == run.until
      }
    if isSame { return false }
    try database.execute(sql: "DELETE FROM memberships WHERE study = ?", arguments: [study])
    let insertRun = try database.makeStatement(
      sql: """
        INSERT INTO runs (id, configuration, workload, family, data, epochs, created) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        """)
    let insertMembership = try database.makeStatement(
      sql: """
        INSERT INTO memberships (study, position, run, arm, seed, trial, until, grouping, open)
        SELECT ?, ?, key, ?, ?, ?, ?, ?, \(StoreSchema.isOpen("runs")) FROM runs WHERE id = ?
        """)
    for place in places {
      let run = unfolded.runs[place]
      let configuration = run.configuration
      try insertRun.execute(
        arguments: [
          run.id, configuration.canonicalText, configuration.workload, families[place], configuration.data.description,
          configuration.epochs, now,
        ])
      try insertMembership.execute(
        arguments: [study, place, run.arm, run.seed, run.stage.trial, run.until, grouping[place], run.id])
    }
    try database.execute(
      sql: """
        UPDATE runs SET until = (
          SELECT CASE WHEN count(*) = count(until) THEN max(until) END FROM memberships WHERE run = runs.key)
        WHERE key IN (SELECT run FROM memberships WHERE study = ?)
        """, arguments: [study])
    return true
  }

  /// The ``RunConfiguration/family`` of each run, which costs more to compute than to look up.
  private static func families(of runs: [PlannedRun], _ database: Database) throws -> [String] {
    let stored = try database.makeStatement(sql: "SELECT family FROM runs WHERE id = ?")
    return try runs.map { run in
      try String.fetchOne(stored, arguments: [run.id]) ?? run.configuration.family
    }
  }

  private static func share(of study: Int64, _ database: Database) throws -> StudyShare? {
    let text = try String?.fetchOne(database, sql: "SELECT share FROM studies WHERE key = ?", arguments: [study])
    return text?.flatMap(StudyShare.init(text:))
  }
}
