import OrderedCollections

/// The compiled programs of one call of `fit`, and how to run an epoch with them: for one trainer, or for several
/// that differ by their seed, in one program.
struct FitRun {
  static let learningRate = "learning_rate"

  let plan: FitPlan
  private let methods: [Method]
  private let options: [FitOptions]
  private let keys: [Key]
  private let training: ResidentData
  private let chunks: [ChunkProgram]
  private let evaluation: EvaluationProgram?
  private let untrainedEvaluation: EvaluationProgram?
  /// Where the averaged parameters have running statistics of their own.
  private let statistics: StatisticsProgram?
  /// Nothing added yet, a trainer each.
  private let noSums: [RunningSums]

  /// - Parameters:
  ///   - trainers: alike but for their states and keys.
  ///   - options: one a trainer; but for the order, the first's are for all.
  init(
    _ trainers: [Trainer], _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData?,
    options all: [FitOptions]
  ) throws {
    let (trainer, options) = (trainers[0], all[0])
    try TrainingError.check(epochs, name: "epochs", atLeast: 0)
    try TrainingError.check(batchSize, name: "batch size", atLeast: 1)
    try TrainingError.check(options.chunksPerEpoch, name: "chunks per epoch", atLeast: 1)
    for (name, data) in [("training", training), ("validation", validation)] {
      if let data { try trainer.check(data, named: name, batchSize: options.evaluationBatch) }
    }
    for other in trainers.dropFirst() { try other.checkCompatibility(with: training) }
    guard batchSize <= training.count else {
      throw TrainingError.batchLargerThanData(batchSize: batchSize, count: training.count)
    }
    (methods, self.options, keys, self.training) = (trainers.map(\.method), all, trainers.map(\.key), training)
    noSums = trainers.map { RunningSums($0, training) }
    let isMasked = options.remainder == .masked && training.count % batchSize != 0
    let steps = training.count / batchSize + (isMasked ? 1 : 0)
    let names = trainer.method.recordedNames
    let rate = options.recordsLearningRate && trainer.method.optimizer.learningRate != nil ? [Self.learningRate] : []
    plan = FitPlan(
      epochs: epochs, lastEpoch: trainer.epoch + epochs, stepsPerEpoch: steps, batchSize: batchSize,
      metrics: names + (validation == nil ? [] : names.map { "val_" + $0 }) + rate)
    chunks = try Self.chunks(trainers, training, plan, isMasked: isMasked, count: options.chunksPerEpoch)
    let dataPlan = DataPlan(epochs: plan.lastEpoch, stepsPerEpoch: steps, batchSize: batchSize, order: "")
    func evaluation(_ data: ResidentData) throws -> EvaluationProgram {
      try EvaluationProgram(trainers, data: data, batchSize: options.evaluationBatch, plan: dataPlan)
    }
    self.evaluation = try validation.map(evaluation)
    untrainedEvaluation = options.evaluatesUntrained && trainer.epoch == 0 ? try evaluation(training) : nil
    statistics =
      trainer.state.averagedState.isEmpty || epochs == 0
      ? nil
      : try StatisticsProgram(
        trainers, data: training, batchSize: batchSize, order: TensorType(.int32, [steps * batchSize]))
  }

  /// An epoch's programs in order: of two lengths at most, so that two programs serve them all.
  private static func chunks(
    _ trainers: [Trainer], _ data: ResidentData, _ plan: FitPlan, isMasked: Bool, count: Int
  ) throws -> [ChunkProgram] {
    guard plan.epochs > 0 else { return [] }
    let steps = plan.stepsPerEpoch
    let tracers = trainers.map {
      StepTracer(
        model: $0.model, method: $0.method, precision: $0.precision, stepsPerEpoch: steps, epochs: plan.lastEpoch,
        classes: $0.outputType.shape.last)
    }
    let length = (steps + Swift.min(count, steps) - 1) / Swift.min(count, steps)
    let lengths = stride(from: 0, to: steps, by: length).map { Swift.min(length, steps - $0) }
    var made: [Int: ChunkProgram] = [:]
    for length in Set(lengths) {
      made[length] = try ChunkProgram(
        tracers, state: trainers[0].state, data: data, steps: length, batchSize: plan.batchSize, isMasked: isMasked,
        order: TensorType(.int32, [steps * plan.batchSize]))
    }
    return lengths.compactMap { made[$0] }
  }

  /// Trains the trainers for one epoch, setting their states and steps as they advance.
  /// - Returns: a record a trainer; the time of a program that trains several is shared out evenly.
  func epoch(_ trainers: [Trainer], report: ([ChunkProgress]) throws -> Void) throws -> [EpochRecord] {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) / Double(trainers.count) }
    let order = try stacked(trainers.indices.map { try indices(epoch: trainers[0].epoch, of: $0) })
    let key = try stacked(keys.map(\.state))
    var (state, done) = (try TrainingState.stacked(trainers.map(\.state)), 0)
    var sums = noSums
    for chunk in chunks {
      let result = try chunk(state, order: order, firstStep: trainers[0].step, firstBatch: done, key: key)
      state = result.state
      for trainer in trainers { trainer.step += chunk.steps }
      if trainers.count == 1 { trainers[0].state = state }
      done += chunk.steps
      try RunningSums.add(result.sums, to: &sums)
      if chunks.count > 1 {
        try report(
          sums.map {
            ChunkProgress(
              epoch: trainers[0].epoch + 1, steps: done, stepsPerEpoch: plan.stepsPerEpoch, seconds: seconds(),
              metrics: $0.values.map { ($0.key, $0.value) })
          })
      }
    }
    if let statistics { state = try statistics(state, order: order, key: key) }
    for (trainer, own) in zip(trainers, try state.members(trainers.count)) { trainer.state = own }
    let trained = seconds()
    let metrics = try metrics(sums, state, lastStep: trainers[0].step - 1)
    let evaluated = seconds() - trained
    return metrics.map {
      EpochRecord(
        epoch: trainers[0].epoch + 1, step: trainers[0].step, metrics: $0, trainingSeconds: trained,
        evaluationSeconds: evaluated)
    }
  }

  /// Record 0: the untrained model, truly evaluated.
  func untrained(_ trainers: [Trainer]) throws -> [EpochRecord] {
    let clock = ContinuousClock()
    let start = clock.now
    let state = try TrainingState.stacked(trainers.map(\.state))
    var sums = noSums
    try untrainedEvaluation.map { try RunningSums.add($0(state, step: 0), to: &sums) }
    let metrics = try metrics(sums, state, lastStep: 0)
    let seconds = (clock.now - start) / .seconds(1) / Double(trainers.count)
    return metrics.map { EpochRecord(epoch: 0, step: 0, metrics: $0, evaluationSeconds: seconds) }
  }

  /// The training set's metrics, with those of the validation set and the learning rate, where they are asked for.
  private func metrics(
    _ training: [RunningSums], _ state: TrainingState, lastStep: Int
  ) throws -> [OrderedDictionary<String, Double>] {
    var metrics = training.map(\.values)
    if let evaluation {
      var sums = noSums
      try RunningSums.add(evaluation(state, step: lastStep), to: &sums)
      for index in metrics.indices {
        for (name, value) in sums[index].values { metrics[index]["val_" + name] = value }
      }
    }
    if options[0].recordsLearningRate, methods[0].optimizer.learningRate != nil {
      let step = try Tensor([Int32(clamping: lastStep)], shape: []).hidden()
      let progress = Progress(
        step: step, stepsPerEpoch: plan.stepsPerEpoch, epochs: plan.lastEpoch, batchSize: plan.batchSize)
      for (index, method) in methods.enumerated() {
        metrics[index][Self.learningRate] = try method.optimizer.learningRate?.value(at: progress, dtype: .float64)
          .scalar()
      }
    }
    return metrics
  }

  private func stacked(_ members: [Tensor]) throws -> Tensor {
    members.count == 1 ? members[0] : try Tensor.stack(members).evaluate()
  }

  /// The epoch's indices for a trainer, as many as its batches take.
  private func indices(epoch: Int, of index: Int) throws -> Tensor {
    let order = try options[index].order.indices(count: training.count, epoch: epoch, key: keys[index])
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
