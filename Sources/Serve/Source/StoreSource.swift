import Studies

/// The studies of a store, which other processes may be writing. The store is opened anew for each look, for reading
/// only, so that it may come, go and be replaced.
public struct StoreSource: LiveStudySource {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// - Throws: `StoreError`.
  public func studies() throws -> [LiveStudySummary] {
    try StudyStore(path, access: .read).studies().sorted { $0.changed > $1.changed }.map {
      LiveStudySummary(name: $0.name, title: $0.title, counts: $0.counts)
    }
  }

  /// - Throws: `StoreError`, or `ConfigurationError` for a plan that this version can't expand.
  public func study(named name: String) throws -> LiveStudy? {
    let store = try StudyStore(path, access: .read)
    guard let study = try store.studies().first(where: { $0.name == name }) else { return nil }
    let results = try store.results(of: study)
    let facts = try StudyFacts(results)
    var epochs: [String: Int] = [:]
    for arm in facts.arms {
      epochs[arm.name] = arm.settings.first { $0.path == "epochs" }?.number.flatMap { Int(exactly: $0) }
    }
    return LiveStudy(
      facts: facts,
      runs: results.runs.map { run in
        LiveRun(
          arm: run.arm, seed: run.seed, state: run.state, history: run.history, plannedEpochs: epochs[run.arm] ?? 1,
          error: run.error)
      })
  }
}
