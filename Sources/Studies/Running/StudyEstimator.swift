/// Counts what a plan costs, and times what nobody has timed yet if asked.
public struct StudyEstimator {
  /// Tells what is done and how long epochs took.
  public var store: StudyStore?
  public var folders = DataFolders()
  /// Whether two epochs of each kind of run are trained, and nothing of them stored, where times aren't known.
  public var calibrates = false
  /// As ``StudyRunner/memory``.
  public var memory: Int?

  public init(store: StudyStore? = nil) { self.store = store }

  /// - Throws: `ConfigurationError` for a plan that can't be run; ``StoreError``; when calibrating whatever training
  ///   throws.
  public func estimate(_ plan: StudyPlan) throws -> StudyEstimate {
    let unfolded = try store?.unfolded(plan) ?? PlanUnfolder(plan).runs(given: KnownResults())
    var specs: [String: PlannedRun] = [:]
    for spec in unfolded.runs { specs[spec.id] = specs[spec.id] ?? spec }
    let done = try store?.doneRuns(among: Array(specs.keys)) ?? []
    let open = specs.values.filter { !done.contains($0.id) }
    let work: [(arm: String, configuration: RunConfiguration, epochs: Int)] =
      open.map { ($0.arm, $0.configuration, $0.configuration.epochs) }
      + unfolded.expected.map { ($0.arm, $0.configuration, $0.configuration.epochs * $0.count) }
    let kinds = Dictionary(grouping: work) { $0.configuration.workload }
    let cache = DatasetCache(folders: folders, progress: nil, memory: memory) { _ in }
    var (seconds, steps): (Double?, Int?) = (0, 0)
    var untimed: Set<String> = []
    // Runs whose methods differ in numbers take about as long: one of them is timed.
    var times: [String: Double] = [:]
    for kind in kinds.values {
      let epochs = kind.reduce(0) { $0 + $1.epochs }
      guard let first = kind.first?.configuration else { continue }
      var perEpoch =
        try store?.secondsPerEpoch(of: first.workload, family: first.family) ?? times[first.family]
      if perEpoch == nil, calibrates {
        perEpoch = try time(first, cache)
        times[first.family] = perEpoch
      }
      if perEpoch == nil { untimed.formUnion(kind.map(\.arm)) }
      seconds = seconds.flatMap { sum in perEpoch.map { sum + $0 * Double(epochs) } }
      let perEpochSteps = try? self.steps(first, cache)
      steps = steps.flatMap { sum in perEpochSteps.map { sum + $0 * epochs } }
    }
    return StudyEstimate(
      runs: specs.count, done: done.count, expected: unfolded.more, epochs: work.reduce(0) { $0 + $1.epochs },
      steps: steps, seconds: seconds, untimed: try plan.plannedArms().map(\.arm.name).filter { untimed.contains($0) })
  }

  private func steps(_ configuration: RunConfiguration, _ cache: DatasetCache) throws -> Int {
    if configuration.experiment != nil { return 1 }
    let all = try cache.entry(configuration).data.train.count
    let count = min(configuration.examples ?? all, all)
    let isMasked = configuration.partialBatch == .pad && count % configuration.batchSize != 0
    return count / configuration.batchSize + (isMasked ? 1 : 0)
  }

  /// Seconds of an epoch once everything is compiled.
  private func time(_ configuration: RunConfiguration, _ cache: DatasetCache) throws -> Double? {
    if configuration.experiment != nil {
      let data = try cache.entry(configuration).data.pair
      return try ContinuousClock().measure { _ = try configuration.runExperiment(on: data) } / .seconds(1)
    }
    var short = configuration
    (short.epochs, short.evaluatesBeforeTraining) = (2, false)
    let (trainer, options) = try Run(short, try cache.entry(short).data).trainer()
    let resident = try cache.resident(short)
    let history = try trainer.fit(
      resident.train, epochs: short.epochs, batchSize: short.batchSize, validation: resident.test, options: options)
    return history.epochs.last.map { $0.trainingSeconds + $0.evaluationSeconds }
  }
}

/// What a plan costs, before it is run.
public struct StudyEstimate: Sendable, Hashable {
  /// Runs of the plan; two arms with one configuration share their runs.
  public let runs: Int
  /// Of these, runs that the store has already.
  public let done: Int
  /// Runs besides these that will be known once others have ended, or as many at most.
  public let expected: Int
  /// Epochs of the runs that aren't done, those that are expected included.
  public let epochs: Int
  /// Their updates; nil where the data isn't on this machine.
  public let steps: Int?
  /// Their seconds, one after the other; nil before the first run of each kind.
  public let seconds: Double?
  /// Arms whose epochs nobody has timed.
  public let untimed: [String]
}

/// How long a study still takes, from what its epochs have taken so far.
final class StudyClock {
  private let store: StudyStore
  private let study: StoredStudy?
  private let tally: RunTally
  private let configuration: RunConfiguration
  private let members: Int
  private var (seconds, epochs) = (0.0, 0)
  /// Estimates change slowly, and asking the store each epoch would cost short ones dearly.
  private var others: (seconds: Double, epoch: Int)?

  /// - Parameter members: runs that are trained together.
  init(
    _ store: StudyStore, _ study: StoredStudy?, _ tally: RunTally, _ configuration: RunConfiguration, members: Int
  ) {
    (self.store, self.study, self.tally) = (store, study, tally)
    (self.configuration, self.members) = (configuration, members)
  }

  /// Seconds until this run is done and the pending ones are, by all workers there are; nil before the first epoch.
  func remaining(after record: EpochRecord) -> Double? {
    guard record.epoch > 0 else { return nil }
    seconds += record.trainingSeconds + record.evaluationSeconds
    epochs += 1
    let perEpoch = seconds / Double(epochs)
    let rest = perEpoch * Double(members * (configuration.epochs - record.epoch))
    if others.map({ epochs >= 2 * $0.epoch }) ?? true {
      guard let waiting = try? pending(default: perEpoch) else { return rest }
      others = (waiting, epochs)
    }
    return rest + (others?.seconds ?? 0)
  }

  private func pending(default perEpoch: Double) throws -> Double {
    let counts = try tally.counts()
    let workers = max(1, counts.running - members + 1)
    var seconds = try tally.pendingSeconds(perEpoch: perEpoch)
    if let study, counts.expected > 0 {
      let perRun = try store.secondsPerRun(of: study) ?? perEpoch * Double(configuration.epochs)
      seconds += perRun * Double(counts.expected)
    }
    return seconds / Double(workers)
  }
}
