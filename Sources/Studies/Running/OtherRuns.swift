/// The ends of a study's runs that other workers train, each told once.
final class OtherRuns {
  private let store: StudyStore
  /// nil to tell of none.
  private let study: StoredStudy?
  private let tally: RunTally
  /// Runs that had ended before, that this worker trained, or that were told.
  private var known: Set<String> = []
  /// When the last one that is known ended.
  private var latest = -Double.infinity

  /// Clocks of workers may differ by this many seconds.
  private static let slack = 60.0

  init(of study: StoredStudy?, in store: StudyStore, _ tally: RunTally) throws(StoreError) {
    (self.study, self.store, self.tally) = (study, store, tally)
    _ = try news()
  }

  /// Leaves out runs of this worker.
  func know(_ runs: [ClaimedRun]) { known.formUnion(runs.map(\.id)) }

  /// - Throws: ``StoreError``.
  func events() throws(StoreError) -> [StudyEvent] {
    let news = try news()
    guard !news.isEmpty, let study else { return [] }
    let runs = try store.runs(news, of: study)
    let counts = try tally.counts()
    let before = known.count - news.count
    return runs.enumerated().map { index, run in
      let progress = RunProgress(
        number: before + index + 1, count: counts.total + counts.expected, arm: run.arm, seed: run.seed,
        stage: run.stage, together: 1, epochs: run.history.epochs.last?.epoch ?? 0, resumed: 0)
      return run.state == .done ? .runEnded(progress, run.history) : .runFailed(progress, error: run.error ?? "")
    }
  }

  /// Runs that have ended and weren't known to.
  private func news() throws(StoreError) -> [String] {
    guard let study else { return [] }
    let ended = try store.endedRuns(of: study, since: latest - Self.slack)
    latest = max(latest, ended.last?.finished ?? latest)
    return ended.map(\.id).filter { known.insert($0).inserted }
  }
}
