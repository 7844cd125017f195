import Foundation

/// Runs that a worker has claimed, to be trained together, or an experiment.
final class ClaimedGroup {
  /// Of these the group is at fault, and its runs can be trained one after the other.
  private static let trainApart: [TrainingError] = [
    .differentMethods, .shardedGroup, .groupOfProcesses, .floodLevelsOfGroup,
  ]

  private let runs: [ClaimedRun]
  private let study: StoredStudy?
  private let runner: StudyRunner
  private let tally: RunTally
  private let counts: RunCounts
  private let asked: Int
  private let heartbeats: [LeaseHeartbeat]
  /// Indices of the runs that haven't ended yet.
  private var open: [Int]

  private var store: StudyStore { runner.store }

  /// - Parameter runs: one or more of a ``RunConfiguration/family``.
  /// - Throws: ``StoreError``.
  init(_ runs: [ClaimedRun], of study: StoredStudy?, _ tally: RunTally, by runner: StudyRunner) throws(StoreError) {
    (self.runs, self.study, self.tally, self.runner) = (runs, study, tally, runner)
    open = Array(runs.indices)
    counts = try tally.counts()
    asked = tally.asked
    heartbeats = runs.map { LeaseHeartbeat($0, in: runner.store, lease: runner.lease) }
  }

  /// Trains the runs, and stores their end, good or bad.
  /// - Throws: what isn't the runs' fault, and would happen to others too.
  func train(_ cache: DatasetCache) throws {
    defer { for heartbeat in heartbeats { heartbeat.stop() } }
    do {
      let configurations = try runs.map { run in
        try RunConfiguration(canonicalText: run.configuration, source: "run \(run.id.prefix(12))")
      }
      if configurations[0].experiment == nil {
        try fit(configurations, cache)
      } else {
        try conduct(configurations, cache)
      }
    } catch {
      try fail(error)
    }
  }

  private func progress(_ index: Int, epochs: Int = 0, resumed: Int = 0, together: Int = 1) -> RunProgress {
    RunProgress(
      number: counts.done + counts.failed + counts.paused + 1 + index, count: counts.total + counts.expected,
      arm: runs[index].arm,
      seed: runs[index].seed, stage: runs[index].stage, together: together, epochs: epochs, resumed: resumed)
  }

  private func close(_ indices: [Int]) {
    let before = open.count
    open.removeAll(where: indices.contains)
    tally.end(before - open.count, since: asked)
  }

  // MARK: - Experiments

  /// Runs experiments, in shared programs if they can, and stores what each showed as its only epoch.
  private func conduct(_ configurations: [RunConfiguration], _ cache: DatasetCache) throws {
    let data = try zip(runs, configurations).map { run, configuration in
      let entry = try cache.entry(configuration)
      try store.begin(run, environment: .current(), data: entry.identity)
      return entry.data.pair
    }
    var groups = [Array(runs.indices)]
    while !groups.isEmpty {
      let indices = groups.removeFirst()
      if let group = try ExperimentGroup(indices.map { configurations[$0] }) {
        runner.report(.runBegan(progress(indices[0], epochs: 1, together: indices.count)))
        if try timed({ try? group.run(on: data[indices[0]]) }, of: indices) { continue }
        // What goes wrong with one of them is its own. Seeds of one configuration stay together, then each runs by itself:
        // those without a fault have results.
        let alike = indices.grouped { configurations[$0].workload }
        groups = (alike.count > 1 ? alike : indices.map { [$0] }) + groups
        continue
      }
      for index in indices {
        runner.report(.runBegan(progress(index, epochs: 1)))
        do {
          _ = try timed({ [try configurations[index].runExperiment(on: data[index])] }, of: [index])
        } catch  where Self.isFault(error) {
          try fail([index], error)
        }
      }
    }
  }

  /// Stores the results of some runs, which share the time that they took.
  /// - Returns: whether there are results.
  private func timed(_ conducted: () throws -> [ExperimentResult]?, of indices: [Int]) throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    guard let results = try conducted() else { return false }
    let seconds = (clock.now - start) / .seconds(1) / Double(indices.count)
    let records = results.map { EpochRecord(epoch: 1, step: 1, metrics: $0.metrics, trainingSeconds: seconds) }
    try store.record(
      zip(indices, records).map { index, record in
        try heartbeats[index].check()
        let end = RunEnd(
          steps: 1, gradientEvaluations: 0, isDiverged: record.metrics.values.contains { !$0.isFinite },
          keepsCheckpoint: false)
        return StoredEpoch(run: runs[index], record: record, checkpoint: nil, end: end)
      })
    for (index, record) in zip(indices, records) {
      let progress = progress(index, epochs: 1, together: indices.count)
      runner.report(.epochEnded(progress, record, remaining: nil))
      runner.report(.runEnded(progress, History(epochs: [record])))
    }
    close(indices)
    return true
  }

  // MARK: - Trainings

  /// A run on its way.
  private struct Member {
    let index: Int
    let run: ClaimedRun
    let configuration: RunConfiguration
    let trainer: Trainer
    let options: FitOptions
    let restart: String?
  }

  /// Trains the runs together as far as they can be.
  private func fit(_ configurations: [RunConfiguration], _ cache: DatasetCache) throws {
    let members = try zip(runs.indices, configurations).map { try member($0, $1, cache) }
    // A damaged checkpoint sets its run back; the others don't wait for it.
    var groups = members.grouped { [$0.trainer.epoch, $0.trainer.step] }.map { (members: $0, isReported: false) }
    while !groups.isEmpty {
      let (group, isReported) = groups.removeFirst()
      let progress = group.map { member in
        self.progress(
          member.index, epochs: member.run.until ?? member.configuration.epochs, resumed: member.trainer.epoch,
          together: group.count)
      }
      if !isReported {
        for (own, member) in zip(progress, group) {
          if let restart = member.restart { runner.report(.runRestarted(own, reason: restart)) }
        }
        runner.report(.runBegan(progress[0]))
      }
      do {
        try fit(group, progress[0], cache)
      } catch let error as TrainingError where group.count > 1 && Self.trainApart.contains(error) {
        // Their graphs differ by more than numbers: those of one method still are together. Sharded ones aren't.
        let alike = group.grouped(by: \.configuration.workload)
        groups += (alike.count > 1 ? alike : group.map { [$0] }).map { ($0, true) }
        continue
      }
      close(group.map(\.index))
      for (own, member) in zip(progress, group) { runner.report(.runEnded(own, member.trainer.history)) }
    }
  }

  private func member(_ index: Int, _ configuration: RunConfiguration, _ cache: DatasetCache) throws -> Member {
    let run = runs[index]
    let entry = try cache.entry(configuration)
    try store.begin(run, environment: .current(), data: entry.identity)
    let (trainer, options) = try Run(configuration, entry.data).trainer()
    let restart = try store.restore(run, into: trainer)
    return Member(
      index: index, run: run, configuration: configuration, trainer: trainer, options: options, restart: restart)
  }

  private func fit(_ members: [Member], _ progress: RunProgress, _ cache: DatasetCache) throws {
    let configuration = members[0].configuration
    let clock = StudyClock(store, study, tally, configuration, members: members.count)
    let transaction = EpochTransaction(store, members: members.count) { [store, runner] record in
      // An earlier attempt's files go once this one has a checkpoint of its own.
      if record.epoch == progress.resumed + 1 {
        for member in members { store.removeOtherAttempts(of: member.run) }
      }
      runner.report(.epochEnded(progress, record, remaining: clock.remaining(after: record)))
    }
    let checkpointers = try members.map {
      try RunCheckpointer(
        $0.run, $0.configuration, in: store, heartbeat: heartbeats[$0.index],
        keepsCheckpoint: runner.keepsCheckpoints, transaction: transaction)
    }
    let callbacks = try zip(members, checkpointers).map { member, checkpointer in
      let place = CallbackPlace(
        folder: store.callbackFolder(of: member.run.id), configuration: member.configuration.canonicalText)
      return try member.configuration.makeCallbacks(in: place) + [checkpointer]
    }
    let resident = try cache.resident(configuration)
    _ = try TrainerGroup(members.map(\.trainer)).fit(
      resident.train, epochs: configuration.epochs - progress.resumed, batchSize: configuration.batchSize,
      validation: resident.test, options: members[0].options, orders: { members[$0].options.order },
      callbacks: { callbacks[$0] })
    for (member, checkpointer) in zip(members, checkpointers) {
      try checkpointer.trainingDone(member.trainer)
      // A run that stops for now goes on from its checkpoint.
      if !runner.keepsCheckpoints, !transaction.paused.contains(member.run.id) { store.removeFiles(of: member.run.id) }
    }
  }

  // MARK: - Failures

  /// Stores why the runs that haven't ended yet can't be finished.
  private func fail(_ error: any Error) throws {
    switch error {
    case StoreError.leaseLost(let lost):
      for index in open {
        if runs[index].id == lost {
          runner.report(.runLost(progress(index)))
        } else {
          try store.releaseIfHeld(runs[index])
        }
      }
    case _ where Self.isFault(error): try fail(open, error)
    default:
      for index in open { try? store.release(runs[index]) }
      throw error
    }
  }

  /// Whether an error is the runs' own, and wouldn't happen to others too.
  private static func isFault(_ error: any Error) -> Bool {
    switch error {
    case is StoreError, is DatasetError, CheckpointError.file: false
    default: true
    }
  }

  private func fail(_ indices: [Int], _ error: any Error) throws(StoreError) {
    for index in indices {
      do throws(StoreError) {
        try store.fail(runs[index], error: "\(error)")
        runner.report(.runFailed(progress(index), error: "\(error)"))
      } catch {
        guard case .leaseLost = error else { throw error }
        runner.report(.runLost(progress(index)))
      }
    }
    close(indices)
  }
}

extension Array {
  /// The elements of equal keys together, in the order of their first ones.
  fileprivate func grouped(by key: (Element) -> some Hashable) -> [[Element]] {
    Dictionary(grouping: indices) { key(self[$0]) }.values.sorted { $0[0] < $1[0] }.map { $0.map { self[$0] } }
  }
}
