import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
  public var report: (StudyEvent) -> Void = { _ in }

  public init(_ store: StudyStore) { self.store = store }

  /// Puts a plan into the store and works until all its runs are done or failed.
  /// - Parameter retriesFailed: whether runs that failed in an earlier call are tried again.
  /// - Throws: `ConfigurationError` for a plan that can't be run; ``StoreError``; `DatasetError` for data that can't
  ///   be had; `CheckpointError` if checkpoints can't be written; `EngineError` if there is no engine. What goes
  ///   wrong within a run is stored, and doesn't end the others.
  @discardableResult
  public func run(_ plan: StudyPlan, retriesFailed: Bool = true) throws -> StudyResults {
    let study = try store.register(plan)
    if retriesFailed { try store.retryFailed(of: study) }
    try work(on: study)
    return try store.results(of: store.study(named: plan.name))
  }

  /// Works until nothing is left to be claimed.
  /// - Parameter study: nil for all of the store.
  /// - Throws: as ``run(_:retriesFailed:)`` does.
  public func work(on study: StoredStudy? = nil) throws {
    let worker = WorkerIdentity()
    let shelf = DataShelf(folders: folders, progress: progress) { report(.loaded(origin: $0)) }
    report(.began(try store.counts(of: study)))
    try removeLeftovers()
    var isWaiting = false
    while true {
      if let run = try store.claim(of: study, worker: worker, lease: lease) {
        isWaiting = false
        try train(run, of: study, shelf)
        continue
      }
      let counts = try store.counts(of: study)
      guard waits, counts.running > 0 else { return }
      if !isWaiting { report(.waiting(counts)) }
      isWaiting = true
      Thread.sleep(forTimeInterval: min(1, lease / 4))
    }
  }

  /// Trains a claimed run, and stores its end, good or bad.
  private func train(_ run: ClaimedRun, of study: StoredStudy?, _ shelf: DataShelf) throws {
    let counts = try store.counts(of: study)
    var progress = RunProgress(
      number: counts.done + counts.failed + 1, count: counts.total, arm: run.arm, seed: run.seed, epochs: 0, resumed: 0)
    let keeper = LeaseKeeper(run, in: store, lease: lease)
    defer { keeper.stop() }
    do {
      let configuration = try RunConfiguration(canonicalText: run.configuration, source: "run \(run.id.prefix(12))")
      let entry = try shelf.entry(configuration.data)
      try store.begin(run, environment: .current(), data: entry.identity)
      let (trainer, options) = try Run(configuration, data: entry.data).trainer()
      let restart = try restore(run, into: trainer)
      progress = RunProgress(
        number: progress.number, count: progress.count, arm: run.arm, seed: run.seed, epochs: configuration.epochs,
        resumed: trainer.epoch)
      if let restart { report(.runRestarted(progress, reason: restart)) }
      report(.runBegan(progress))
      let clock = StudyClock(store, study, configuration)
      let recorder = try RunRecorder(
        run, configuration, in: store, keeper: keeper, keepsCheckpoint: keepsCheckpoints
      ) { [progress] record in
        if record.epoch == trainer.epoch, record.epoch == progress.resumed + 1 { removeOtherAttempts(of: run) }
        report(.epochEnded(progress, record, remaining: clock.remaining(after: record)))
      }
      let resident = try shelf.resident(configuration)
      _ = try trainer.fit(
        resident.train, epochs: configuration.epochs - trainer.epoch, batchSize: configuration.batch,
        validation: resident.test, options: options, callbacks: [recorder])
      try recorder.trainingDone(trainer)
      if !keepsCheckpoints { removeFiles(of: run.id) }
      report(.runEnded(progress, trainer.history))
    } catch {
      try end(run, progress, error)
    }
  }

  private func end(_ run: ClaimedRun, _ progress: RunProgress, _ error: any Error) throws {
    switch error {
    case StoreError.leaseLost: report(.runLost(progress))
    // What is wrong isn't the run's fault, and would happen to the others too.
    case is StoreError, is DatasetError, CheckpointError.file:
      try? store.release(run)
      throw error
    default:
      do throws(StoreError) {
        try store.fail(run, error: "\(error)")
        report(.runFailed(progress, error: "\(error)"))
      } catch {
        guard case .leaseLost = error else { throw error }
        report(.runLost(progress))
      }
    }
  }

  /// Takes up training at the checkpoint that the store knows, or else at the last one that was on the disk for
  /// certain.
  /// - Returns: why the first isn't possible; nil if it is, or nothing was done yet.
  private func restore(_ run: ClaimedRun, into trainer: Trainer) throws -> String? {
    // An untrained model's record has no checkpoint; it is made again.
    guard let stored = run.checkpoint else {
      try store.rewrite(run, History())
      return nil
    }
    let path = "\(store.filesFolder)/\(stored.folder)"
    let reason: CheckpointError
    do {
      try trainer.restore(CheckpointFolder(path).load(stored.number))
      return nil
    } catch let error as CheckpointError {
      reason = error
    }
    do {
      let durable = RunRecorder.durableFolder(in: stored.folder)
      let folder = CheckpointFolder("\(store.filesFolder)/\(durable)")
      guard let number = try folder.numbers().last else { throw reason }
      let older = try folder.load(number)
      try trainer.restore(older)
      try store.rewrite(run, older.history, checkpoint: StoredCheckpoint(folder: durable, number: number))
    } catch is CheckpointError {
      try store.rewrite(run, History())
    }
    return reason.description
  }

  private func removeOtherAttempts(of run: ClaimedRun) {
    let folder = "\(store.filesFolder)/\(run.id)"
    let own = "attempt-\(run.attempt)"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name != own {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  private func removeFiles(of id: String) {
    try? FileManager.default.removeItem(atPath: "\(store.filesFolder)/\(id)")
    // Only an empty folder goes away.
    _ = rmdir(store.filesFolder)
  }

  /// Removes checkpoints of runs that were done just before their process ended.
  private func removeLeftovers() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: store.filesFolder)) ?? []
    for id in try store.finishedRuns(among: names) { removeFiles(of: id) }
  }
}
