import OrderedCollections

/// The compiled programs of one call of `fit`, and how to run an epoch with them.
struct FitRun {
  static let learningRate = "learning_rate"

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
    try TrainingError.check(epochs, name: "epochs", atLeast: 0)
    try TrainingError.check(batchSize, name: "batch size", atLeast: 1)
    try TrainingError.check(options.chunksPerEpoch, name: "chunks per epoch", atLeast: 1)
    for data in [training] + [validation].compactMap(\.self) {
      try trainer.check(data, batchSize: options.evaluationBatch)
    }
    guard batchSize <= training.count else {
      throw TrainingError.batchLargerThanData(batchSize: batchSize, count: training.count)
    }
    (method, self.options, key, self.training) = (trainer.method, options, trainer.key, training)
    let isMasked = options.remainder == .masked && training.count % batchSize != 0
    let steps = training.count / batchSize + (isMasked ? 1 : 0)
    let names = method.reportedNames
    let rate = options.recordsLearningRate && method.optimizer.learningRate != nil ? [Self.learningRate] : []
    plan = FitPlan(
      epochs: epochs, lastEpoch: trainer.epoch + epochs, stepsPerEpoch: steps, batchSize: batchSize,
      metrics: names + (validation == nil ? [] : names.map { "val_" + $0 }) + rate)
    chunks = try Self.chunks(trainer, training, plan, isMasked: isMasked, count: options.chunksPerEpoch)
    func evaluation(_ data: ResidentData) throws -> EvaluationProgram {
      try EvaluationProgram(trainer, data: data, batchSize: options.evaluationBatch)
    }
    self.evaluation = try validation.map(evaluation)
    untrainedEvaluation = options.evaluatesUntrained && trainer.epoch == 0 ? try evaluation(training) : nil
  }

  /// An epoch's programs in order: of two lengths at most, so that two programs serve them all.
  private static func chunks(
    _ trainer: Trainer, _ data: ResidentData, _ plan: FitPlan, isMasked: Bool, count: Int
  ) throws -> [ChunkProgram] {
    guard plan.epochs > 0 else { return [] }
    let steps = plan.stepsPerEpoch
    let tracer = StepTracer(
      model: trainer.model, method: trainer.method, dtype: trainer.dtype, stepsPerEpoch: steps, epochs: plan.lastEpoch)
    let length = (steps + Swift.min(count, steps) - 1) / Swift.min(count, steps)
    let lengths = stride(from: 0, to: steps, by: length).map { Swift.min(length, steps - $0) }
    var made: [Int: ChunkProgram] = [:]
    for length in Set(lengths) {
      made[length] = try ChunkProgram(
        tracer, state: trainer.state, data: data, steps: length, batchSize: plan.batchSize, isMasked: isMasked,
        order: TensorType(.int32, [steps * plan.batchSize]))
    }
    return lengths.compactMap { made[$0] }
  }

  /// Trains the trainer for one epoch, setting its state and step as they advance.
  func epoch(_ trainer: Trainer, report: (ChunkProgress) throws -> Void) throws -> EpochRecord {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }
    let order = try indices(epoch: trainer.epoch)
    var done = 0
    var sums = RunningSums(method)
    for chunk in chunks {
      let result = try chunk(trainer.state, order: order, firstStep: trainer.step, firstBatch: done, key: key)
      trainer.state = result.state
      trainer.step += chunk.steps
      done += chunk.steps
      try sums.add(result.sums)
      if chunks.count > 1 {
        try report(
          ChunkProgress(
            epoch: trainer.epoch + 1, steps: done, stepsPerEpoch: plan.stepsPerEpoch, seconds: seconds(),
            metrics: sums.means.map { ($0.key, $0.value) }))
      }
    }
    let trained = seconds()
    let metrics = try metrics(sums.means, trainer.state, lastStep: trainer.step - 1)
    return EpochRecord(
      epoch: trainer.epoch + 1, step: trainer.step, metrics: metrics, trainingSeconds: trained,
      evaluationSeconds: seconds() - trained)
  }

  /// Record 0: the untrained model, truly evaluated.
  func untrained(_ state: TrainingState) throws -> EpochRecord {
    let clock = ContinuousClock()
    let start = clock.now
    var sums = RunningSums(method)
    try untrainedEvaluation.map { try sums.add($0(state)) }
    let metrics = try metrics(sums.means, state, lastStep: 0)
    return EpochRecord(epoch: 0, step: 0, metrics: metrics, evaluationSeconds: (clock.now - start) / .seconds(1))
  }

  /// The training set's metrics, with those of the validation set and the learning rate, where they are asked for.
  private func metrics(
    _ training: OrderedDictionary<String, Double>, _ state: TrainingState, lastStep: Int
  ) throws -> OrderedDictionary<String, Double> {
    var metrics = training
    if let evaluation {
      var sums = RunningSums(method)
      try sums.add(evaluation(state))
      for (name, value) in sums.means { metrics["val_" + name] = value }
    }
    if options.recordsLearningRate, let rate = method.optimizer.learningRate {
      let step = try Tensor([Int32(clamping: lastStep)], shape: []).hidden()
      let progress = Progress(
        step: step, stepsPerEpoch: plan.stepsPerEpoch, epochs: plan.lastEpoch, batchSize: plan.batchSize)
      metrics[Self.learningRate] = try rate.value(at: progress, dtype: .float64).scalar()
    }
    return metrics
  }

  /// The epoch's indices, as many as its batches take.
  private func indices(epoch: Int) throws -> Tensor {
    let order = try options.order.indices(count: training.count, epoch: epoch, key: key)
    let type = TensorType(.int32, [training.count])
    guard order.type == type || order.diagnostic != nil else {
      throw TrainingError.wrongOrder(expected: "\(type.dtype)\(type.shape)", actual: "\(order.dtype)\(order.shape)")
    }
    let wanted = plan.stepsPerEpoch * plan.batchSize
    if wanted == training.count { return order }
    return wanted < training.count
      ? order.slice(0..<wanted) : order.pad([(0, wanted - training.count)], with: -1)
  }
}
