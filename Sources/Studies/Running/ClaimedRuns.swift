import Foundation

/// Runs that a worker has claimed, to be trained together.
struct ClaimedRuns {
  private let runs: [ClaimedRun]
  private let study: StoredStudy?
  private let runner: StudyRunner
  private var store: StudyStore { runner.store }

  /// - Parameter runs: one or more of a ``RunConfiguration/family``.
  init(_ runs: [ClaimedRun], of study: StoredStudy?, by runner: StudyRunner) {
    (self.runs, self.study, self.runner) = (runs, study, runner)
  }

  /// A run on its way.
  private struct Member {
    let run: ClaimedRun
    let configuration: RunConfiguration
    let trainer: Trainer
    let options: FitOptions
    let keeper: LeaseKeeper
    let restart: String?
  }

  /// Trains the runs, and stores their end, good or bad.
  /// - Throws: what isn't the runs' fault, and would happen to others too.
  func train(_ shelf: DataShelf) throws {
    let counts = try store.counts(of: study)
    let keepers = runs.map { LeaseKeeper($0, in: store, lease: runner.lease) }
    defer { keepers.forEach { $0.stop() } }
    var rest = Array(runs.indices)
    func progress(_ index: Int, epochs: Int = 0, resumed: Int = 0, together: Int = 1) -> RunProgress {
      RunProgress(
        number: counts.done + counts.failed + 1 + index, count: counts.total, arm: runs[index].arm,
        seed: runs[index].seed, together: together, epochs: epochs, resumed: resumed)
    }
    do {
      if runs[0].isExperiment {
        for (index, run) in runs.enumerated() {
          try conduct(run, keepers[index], progress(index, epochs: 1), shelf)
          rest.removeAll { $0 == index }
        }
        return
      }
      let members = try zip(runs, keepers).map { try member($0, $1, shelf) }
      // A damaged checkpoint sets its run back; the others don't wait for it.
      var groups = members.indices.grouped { members[$0].trainer.epoch }
      var told: Set<Int> = []
      while !groups.isEmpty {
        let indices = groups.removeFirst()
        let group = indices.map { members[$0] }
        let first = group[0]
        let progress = indices.map {
          progress($0, epochs: first.configuration.epochs, resumed: first.trainer.epoch, together: group.count)
        }
        // A group that fell apart was told of already.
        if told.isDisjoint(with: indices) {
          for (own, member) in zip(progress, group) {
            if let restart = member.restart { runner.report(.runRestarted(own, reason: restart)) }
          }
          runner.report(.runBegan(progress[0]))
          told.formUnion(indices)
        }
        do {
          try fit(group, progress[0], shelf)
        } catch TrainingError.differentMethods where group.count > 1 {
          // Their graphs differ by more than numbers: those of one method still are together.
          let alike = indices.grouped { members[$0].configuration.workload }
          groups += alike.count > 1 ? alike : indices.map { [$0] }
          continue
        }
        rest.removeAll(where: indices.contains)
        for (own, member) in zip(progress, group) { runner.report(.runEnded(own, member.trainer.history)) }
      }
    } catch {
      try end(rest.map { (runs[$0], progress($0)) }, error)
    }
  }

  /// Runs an experiment, and stores what it showed as its only epoch.
  private func conduct(_ run: ClaimedRun, _ keeper: LeaseKeeper, _ progress: RunProgress, _ shelf: DataShelf) throws {
    let configuration = try run.parsed()
    let entry = try shelf.entry(configuration.data)
    try store.begin(run, environment: .current(), data: entry.identity)
    runner.report(.runBegan(progress))
    let clock = ContinuousClock()
    let start = clock.now
    let result = try configuration.runExperiment(on: entry.data)
    try keeper.check()
    let record = EpochRecord(
      epoch: 1, step: 1, metrics: result.metrics, trainingSeconds: (clock.now - start) / .seconds(1))
    let end = RunEnd(
      steps: 1, gradientEvaluations: 0, isDiverged: result.metrics.values.contains { !$0.isFinite },
      keepsCheckpoint: false)
    try store.record([.init(run: run, record: record, checkpoint: nil, end: end)])
    runner.report(.epochEnded(progress, record, remaining: nil))
    runner.report(.runEnded(progress, History(epochs: [record])))
  }

  private func member(_ run: ClaimedRun, _ keeper: LeaseKeeper, _ shelf: DataShelf) throws -> Member {
    let configuration = try run.parsed()
    let entry = try shelf.entry(configuration.data)
    try store.begin(run, environment: .current(), data: entry.identity)
    let (trainer, options) = try Run(configuration, data: entry.data).trainer()
    let restart = try store.restore(run, into: trainer)
    return Member(
      run: run, configuration: configuration, trainer: trainer, options: options, keeper: keeper, restart: restart)
  }

  private func fit(_ members: [Member], _ progress: RunProgress, _ shelf: DataShelf) throws {
    let configuration = members[0].configuration
    let clock = StudyClock(store, study, configuration, members: members.count)
    let ledger = EpochLedger(store, members: members.count) { record in
      // An earlier attempt's files go once this one has a checkpoint of its own.
      if record.epoch == progress.resumed + 1 { members.forEach { store.removeOtherAttempts(of: $0.run) } }
      runner.report(.epochEnded(progress, record, remaining: clock.remaining(after: record)))
    }
    let recorders = try members.map {
      try RunRecorder(
        $0.run, $0.configuration, in: store, keeper: $0.keeper, keepsCheckpoint: runner.keepsCheckpoints, ledger: ledger
      )
    }
    let resident = try shelf.resident(configuration)
    _ = try TrainerGroup(members.map(\.trainer)).fit(
      resident.train, epochs: configuration.epochs - progress.resumed, batchSize: configuration.batch,
      validation: resident.test, options: members.map(\.options), callbacks: recorders.map { [$0] })
    for (member, recorder) in zip(members, recorders) {
      try recorder.trainingDone(member.trainer)
      if !runner.keepsCheckpoints { store.removeFiles(of: member.run.id) }
    }
  }

  private func end(_ runs: [(run: ClaimedRun, progress: RunProgress)], _ error: any Error) throws {
    switch error {
    case StoreError.leaseLost(let lost):
      for (run, progress) in runs {
        if run.id == lost { runner.report(.runLost(progress)) } else { try store.releaseIfHeld(run) }
      }
    // What is wrong isn't the runs' fault, and would happen to the others too.
    case is StoreError, is DatasetError, CheckpointError.file:
      for (run, _) in runs { try? store.release(run) }
      throw error
    default:
      for (run, progress) in runs {
        do throws(StoreError) {
          try store.fail(run, error: "\(error)")
          runner.report(.runFailed(progress, error: "\(error)"))
        } catch {
          guard case .leaseLost = error else { throw error }
          runner.report(.runLost(progress))
        }
      }
    }
  }
}

extension ClaimedRun {
  fileprivate func parsed() throws(ConfigurationError) -> RunConfiguration {
    try RunConfiguration(canonicalText: configuration, source: "run \(id.prefix(12))")
  }

  fileprivate var isExperiment: Bool { (try? parsed())?.experiment != nil }
}

extension Sequence where Element == Int {
  /// The elements of equal keys together, in the order of their first ones.
  fileprivate func grouped(by key: (Int) -> some Hashable) -> [[Int]] {
    Dictionary(grouping: self, by: key).values.sorted { $0[0] < $1[0] }
  }
}
