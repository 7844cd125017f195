import OrderedCollections

/// The compiled programs of one call of `fit`, and how to run an epoch with them.
struct FitRun {
  let plan: FitPlan
  private let method: Method
  private let options: FitOptions
  private let key: Key
  private let training: ResidentData
  private let chunks: [ChunkProgram]
  private let evaluation: EvaluationProgram?
  private let untrainedEvaluation: EvaluationProgram?

  init(
    _ trainer: Trainer, _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData?,
    options: FitOptions
  ) throws {
    try Self.check(epochs, name: "epochs", atLeast: 0)
    try Self.check(batchSize, name: "batch size", atLeast: 1)
    try Self.check(options.evaluationBatch, name: "evaluation batch", atLeast: 1)
    guard batchSize <= training.count else {
      throw TrainingError.batchLargerThanData(batchSize: batchSize, count: training.count)
    }
    let isMasked = options.remainder == .masked && training.count % batchSize != 0
    let steps = training.count / batchSize + (isMasked ? 1 : 0)
    plan = FitPlan(epochs: epochs, stepsPerEpoch: steps, batchSize: batchSize)
    (method, self.options, key, self.training) = (trainer.method, options, trainer.key, training)

    let tracer = StepTracer(
      model: trainer.model, method: method, stepsPerEpoch: steps, epochs: trainer.epoch + epochs)
    let order = TensorType(.int32, [steps * batchSize])
    // Chunks of two lengths at most, so that two programs serve an epoch.
    let count = Swift.max(1, Swift.min(options.chunksPerEpoch, steps))
    let length = (steps + count - 1) / count
    let lengths = stride(from: 0, to: steps, by: length).map { Swift.min(length, steps - $0) }
    var made: [Int: ChunkProgram] = [:]
    for length in Set(lengths) where epochs > 0 {
      made[length] = try ChunkProgram(
        tracer, state: trainer.state, data: training, steps: length, batchSize: batchSize, isMasked: isMasked,
        order: order)
    }
    chunks = lengths.compactMap { made[$0] }
    func evaluation(_ data: ResidentData) throws -> EvaluationProgram {
      try EvaluationProgram(
        trainer.model, trainer.method, state: trainer.state, data: data, batchSize: options.evaluationBatch)
    }
    self.evaluation = try validation.map(evaluation)
    untrainedEvaluation = options.evaluatesUntrained ? try evaluation(training) : nil
  }

  /// Trains one epoch. `state`'s memory is taken over.
  func epoch(
    _ state: TrainingState, epoch: Int, step: Int, report: (ChunkProgress) throws -> Void
  ) throws -> (state: TrainingState, record: EpochRecord) {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }
    let order = try indices(epoch: epoch)
    var (state, done) = (state, 0)
    var sums: [Tensor] = []
    for chunk in chunks {
      let result = try chunk(state, order: order, firstStep: step + done, firstBatch: done, key: key)
      state = result.state
      done += chunk.steps
      sums.append(result.sums)
      if chunks.count > 1 {
        let metrics = try method.means(sums)
        try report(
          ChunkProgress(
            epoch: epoch + 1, steps: done, stepsPerEpoch: plan.stepsPerEpoch, seconds: seconds(),
            metrics: metrics.map { ($0.key, $0.value) }))
      }
    }
    var metrics = try method.means(sums)
    let trained = seconds()
    try addValidation(to: &metrics, state)
    let record = EpochRecord(
      epoch: epoch + 1, step: step + done, metrics: metrics, trainingSeconds: trained,
      evaluationSeconds: seconds() - trained)
    return (state, record)
  }

  /// Epoch 0: the untrained model, truly evaluated.
  func untrained(_ state: TrainingState) throws -> EpochRecord {
    let clock = ContinuousClock()
    let start = clock.now
    var metrics = try untrainedEvaluation.map { try method.means([$0(state)]) } ?? [:]
    try addValidation(to: &metrics, state)
    return EpochRecord(
      epoch: 0, step: 0, metrics: metrics, trainingSeconds: 0,
      evaluationSeconds: (clock.now - start) / .seconds(1))
  }

  private func addValidation(to metrics: inout OrderedDictionary<String, Double>, _ state: TrainingState) throws {
    guard let evaluation else { return }
    for (name, value) in try method.means([evaluation(state)]) { metrics["val_" + name] = value }
  }

  /// The epoch's indices, as many as its batches take.
  private func indices(epoch: Int) throws -> Tensor {
    let order = try options.order.indices(count: training.count, epoch: epoch, key: key)
    let wanted = plan.stepsPerEpoch * plan.batchSize
    if wanted == training.count { return order }
    return wanted < training.count
      ? order.slice(0..<wanted) : order.pad([(0, wanted - training.count)], with: -1)
  }

  private static func check(_ value: Int, name: String, atLeast least: Int) throws {
    guard value >= least else {
      throw TrainingError.invalidSetting(name: name, value: value, requirement: "\(least) or more")
    }
  }
}
