/// Counts what a plan costs, and times what nobody has timed yet if asked.
public struct StudyEstimator {
  /// Tells what is done and how long epochs took.
  public var store: StudyStore?
  public var folders = DataFolders()
  /// Whether two epochs of each kind of run are trained, and nothing of them stored, where times aren't known.
  public var calibrates = false

  public init(store: StudyStore? = nil) { self.store = store }

  /// - Throws: `ConfigurationError` for a plan that can't be run; ``StoreError``; when calibrating whatever training
  ///   throws.
  public func estimate(_ plan: StudyPlan) throws -> StudyEstimate {
    var specs: [String: RunSpec] = [:]
    for spec in try plan.runs() { specs[spec.id] = specs[spec.id] ?? spec }
    let done = try store?.doneRuns(among: Array(specs.keys)) ?? []
    let open = specs.values.filter { !done.contains($0.id) }
    let kinds = Dictionary(grouping: open) { $0.configuration.workload }
    let shelf = DataShelf(folders: folders, progress: nil) { _ in }
    var (seconds, steps): (Double?, Int?) = (0, 0)
    var untimed: Set<String> = []
    for (workload, specs) in kinds {
      let epochs = specs.reduce(0) { $0 + $1.configuration.epochs }
      var perEpoch = try store?.secondsPerEpoch(of: workload)
      if perEpoch == nil, calibrates, let first = specs.first {
        perEpoch = try time(first.configuration, shelf)
      }
      if perEpoch == nil { untimed.formUnion(specs.map(\.arm)) }
      seconds = seconds.flatMap { sum in perEpoch.map { sum + $0 * Double(epochs) } }
      let perEpochSteps = specs.first.flatMap { try? self.steps($0.configuration, shelf) }
      steps = steps.flatMap { sum in perEpochSteps.map { sum + $0 * epochs } }
    }
    return StudyEstimate(
      runs: specs.count, done: done.count, epochs: open.reduce(0) { $0 + $1.configuration.epochs }, steps: steps,
      seconds: seconds, untimed: try plan.plannedArms().map(\.arm.name).filter { untimed.contains($0) })
  }

  private func steps(_ configuration: RunConfiguration, _ shelf: DataShelf) throws -> Int {
    if configuration.experiment != nil { return 1 }
    let all = try shelf.entry(configuration.data).data.train.count
    let count = min(configuration.examples ?? all, all)
    let isMasked = configuration.remainder == .pad && count % configuration.batch != 0
    return count / configuration.batch + (isMasked ? 1 : 0)
  }

  /// Seconds of an epoch once everything is compiled.
  private func time(_ configuration: RunConfiguration, _ shelf: DataShelf) throws -> Double? {
    if configuration.experiment != nil {
      let data = try shelf.entry(configuration.data).data
      return try ContinuousClock().measure { _ = try configuration.runExperiment(on: data) } / .seconds(1)
    }
    var short = configuration
    (short.epochs, short.untrained) = (2, false)
    let (trainer, options) = try Run(short, data: try shelf.entry(short.data).data).trainer()
    let resident = try shelf.resident(short)
    let history = try trainer.fit(
      resident.train, epochs: short.epochs, batchSize: short.batch, validation: resident.test, options: options)
    return history.epochs.last.map { $0.trainingSeconds + $0.evaluationSeconds }
  }
}
