import Foundation
import PJRT

/// Trains the runs of a store's studies, beside other processes that do the same.
///
/// A run that is done is skipped; one whose worker is gone goes on from its last epoch, and ends with the results
/// that it would have had without the break, bit for bit.
public struct StudyRunner {
  public let store: StudyStore
  public var folders = DataFolders()
  public var progress: DownloadProgress?
  /// Seconds for which this worker may be silent before others take its run.
  public var lease = 60.0
  /// Whether to wait for runs that other workers are at, in case one of them ends before its run does.
  public var waits = true
  /// Whether the last checkpoint of a run that is done stays.
  public var keepsCheckpoints = false
  /// The most bytes that the inputs of this process take at a time; nil to have all data in memory. Data that need more are
  /// read part by part. Results and the runs' ids are the same.
  public var memory: Int?
  /// Whether runs that differ by their seed alone are trained in one program.
  public var vectorization = Vectorization.auto
  /// The part of a study that this runner trains, in a store of its own; nil for all of it, or for the part that the store has.
  public var share: StudyShare?
  /// Whether ends of runs that other workers train are reported too.
  public var reportsOthers = false
  public var report: (StudyEvent) -> Void = { _ in }

  public init(_ store: StudyStore) { self.store = store }

  /// Puts a plan into the store and works until all its runs are done or failed.
  /// - Parameters:
  ///   - retriesFailed: whether runs that failed in an earlier call are tried again.
  ///   - replaces: whether the plan may lack runs with results that the study of its name has.
  /// - Throws: `ConfigurationError` for a plan that can't be run; ``StoreError``; `DatasetError` for unavailable data;
  ///   `CheckpointError` if checkpoints can't be written; `EngineError` if there is no engine. What goes
  ///   wrong within a run is stored, and doesn't end the others.
  @discardableResult
  public func run(_ plan: StudyPlan, retriesFailed: Bool = true, replaces: Bool = false) throws -> StudyResults {
    let study = try store.register(plan, share: share, replaces: replaces)
    if retriesFailed { try store.retryFailed(of: study) }
    try work(on: study)
    return try store.results(of: store.study(named: plan.name))
  }

  /// Works until nothing is left to be claimed.
  /// - Parameter study: nil for all of the store.
  /// - Throws: as ``run(_:retriesFailed:replaces:)`` does.
  public func work(on study: StoredStudy? = nil) throws {
    let worker = WorkerIdentity()
    let cache = DatasetCache(folders: folders, progress: progress, memory: memory) { report(.loaded(origin: $0)) }
    report(.began(try store.counts(of: study)))
    try removeLeftovers()
    // A share was divided for programs of one run, or of several.
    let ways = study?.share.map { $0.vectorizes ? Vectorization.on : .off } ?? vectorization
    let limit = ways.groupLimit(platform: try Engine.shared().platform)
    var isWaiting = false
    let unfolding = StudyUnfolding(store, study)
    let tally = RunTally(store, study)
    let others = try OtherRuns(of: reportsOthers ? study : nil, in: store, tally)
    while true {
      let runs = try store.claim(of: study, upTo: limit, worker: worker, lease: lease)
      if !runs.isEmpty {
        isWaiting = false
        try ClaimedGroup(runs, of: study, tally, by: self).train(cache)
        others.know(runs)
        try others.events().forEach(report)
        continue
      }
      if try unfolding.advance() {
        tally.reset()
        continue
      }
      try others.events().forEach(report)
      let counts = try store.counts(of: study)
      // Other workers' runs may make runs known that are for this one.
      guard counts.running > 0, waits || counts.expected > 0 else { return }
      if !isWaiting { report(.waiting(counts)) }
      isWaiting = true
      Thread.sleep(forTimeInterval: counts.expected > 0 ? Self.unfoldingPause : min(1, lease / 4))
    }
  }

  /// Seconds between looks for runs that others' ends have made known.
  private static let unfoldingPause = 0.1

  /// Removes checkpoints of runs that were done just before their process ended.
  private func removeLeftovers() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: store.filesFolder)) ?? []
    for id in try store.finishedRuns(among: names) { store.removeFiles(of: id) }
  }
}
