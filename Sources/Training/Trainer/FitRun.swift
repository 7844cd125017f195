import OrderedCollections
import PJRT

/// The compiled programs of one call of `fit`, and how to run an epoch with them. Several trainers share each program.
struct FitRun {
  static let learningRate = "learning_rate"

  let plan: FitPlan
  private let trainers: Members<Trainer>
  private let options: FitOptions
  /// One per trainer.
  private let orders: [any BatchOrder]
  private let training: ResidentData
  /// The programs of an epoch's parts, by their steps.
  private let chunks: [Int: ChunkProgram]
  /// Steps of a part.
  private let chunkSteps: Int
  private let isPadded: Bool
  /// The devices that share each batch; nil for one.
  private let devices: DeviceAxis?
  /// The devices that have several trainers.
  private let spread: MemberSpread
  private let evaluation: EvaluationProgram?
  /// Of other averages, by name.
  private let alternatives: [(name: String, evaluation: EvaluationProgram)]
  /// For the validation data, one per trainer; none if no metric needs all outputs at once.
  private let collectors: [OutputCollector]
  private let trainingEvaluation: EvaluationProgram?
  /// Present if the averaged parameters have running statistics of their own.
  private let statistics: StatisticsProgram?
  /// Empty sums, one per trainer.
  private let noSums: [RunningSums]

  /// - Parameters:
  ///   - trainers: alike but for their states, keys, and numbers of their methods.
  ///   - orders: one per trainer.
  init(
    _ trainers: Members<Trainer>, _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData?,
    options: FitOptions, orders: [any BatchOrder]
  ) throws {
    let first = trainers.first
    try TrainingError.check(epochs, name: "epochs", atLeast: 0)
    try TrainingError.check(batchSize, name: "batch size", atLeast: 1)
    try TrainingError.check(options.chunksPerEpoch, name: "chunks per epoch", atLeast: 1)
    try TrainingError.check(first.method.normalizationGroups, name: "normalization groups", atLeast: 1)
    for (name, data) in [("training", training), ("validation", validation)] {
      if let data { try first.check(data, named: name, batchSize: options.evaluationBatch) }
    }
    if options.checkpointing == .blocks, !first.setup.hasBlocks {
      throw TrainingError.noBlocks(model: first.model.label)
    }
    for other in trainers.others { try other.checkCompatibility(with: training) }
    guard batchSize <= training.count else {
      throw TrainingError.batchLargerThanData(batchSize: batchSize, count: training.count)
    }
    let engine = try Engine.shared()
    if !trainers.isSingle, engine.localCount(of: first.devices) < first.devices { throw TrainingError.groupOfProcesses }
    let devices = trainers.isSingle ? first.axis : nil
    if let devices, !batchSize.isMultiple(of: devices.count) {
      throw TrainingError.unevenBatch(batchSize: batchSize, devices: devices.count)
    }
    self.devices = devices
    let spread = MemberSpread(trainers.count, over: first.devices)
    self.spread = spread
    let count = devices?.count ?? spread.devices
    let (learned, judged) = (try training.onDevices(count), try validation?.onDevices(devices?.count ?? 1))
    (self.trainers, self.training, self.options, self.orders) = (trainers, learned, options, orders)
    let setups = trainers.map(\.setup)
    noSums = setups.all.map { RunningSums($0, training) }
    let isPadded = options.partialBatch == .pad && training.count % batchSize != 0
    let names = first.method.recordedNames
    let rate = options.recordsLearningRate && first.learningRate != nil ? [Self.learningRate] : []
    let plan = FitPlan(
      epochs: epochs, lastEpoch: first.epoch + epochs, stepsPerEpoch: training.count / batchSize + (isPadded ? 1 : 0),
      batchSize: batchSize,
      metrics: names + (validation == nil ? [] : first.method.validationNames)
        + first.method.guardNames + rate)
    self.plan = plan
    let outputs = Shape(first.outputType.shape.dropFirst())
    let tracers = try setups.map {
      StepTracer(
        setup: $0, plan: plan,
        classWeights: try $0.method.classWeights?.values(for: training, outputs: outputs, $0.method.loss.outputKind),
        checkpointing: options.checkpointing, devices: devices, shares: first.sharding?.shares)
    }
    for trainer in trainers.all { trainer.forgetPartialEpoch(unlessOf: plan) }
    self.isPadded = isPadded
    let steps = plan.stepsPerEpoch
    let length = (steps + Swift.min(options.chunksPerEpoch, steps) - 1) / Swift.min(options.chunksPerEpoch, steps)
    let most = try training.stream?.batches(of: batchSize * trainers.count, devices: count)
    chunkSteps = Swift.min(length, most ?? length)
    var made: [Int: ChunkProgram] = [:]
    if epochs > 0 {
      let done = first.partialEpoch?.steps ?? 0
      for length in Set(
        PartialLoop.lengths(chunkSteps, from: 0, to: steps) + PartialLoop.lengths(chunkSteps, from: done, to: steps))
      {
        made[length] = try ChunkProgram(
          tracers, state: first.state, data: learned, steps: length, isPadded: isPadded, spread: spread)
      }
    }
    chunks = made
    if let whole = made[chunkSteps] {
      let use = try? whole.memoryUse()
      for trainer in trainers.all { trainer.memoryUse = use }
    }
    func evaluation(_ data: ResidentData, _ setups: Members<Setup>) throws -> EvaluationProgram {
      try EvaluationProgram(
        setups, state: first.state, data: data, batchSize: options.evaluationBatch, plan: plan, devices: devices)
    }
    self.evaluation = try judged.map { try evaluation($0, setups) }
    alternatives =
      try judged.map { data in
        try first.method.averaging.alternatives.enumerated().map { index, alternative in
          (alternative.name, try evaluation(data, setups.map { $0.evaluating(alternative: index) }))
        }
      } ?? []
    collectors = try judged.map { try OutputCollector.all(setups, $0, batchSize: options.evaluationBatch) } ?? []
    trainingEvaluation = options.evaluatesBeforeTraining && first.isUntrained ? try evaluation(learned, setups) : nil
    statistics =
      first.state.averagedState.isEmpty || epochs == 0
      ? nil
      : try StatisticsProgram(
        setups, state: first.state, data: learned, plan: plan, length: chunkSteps, over: devices)
  }

  /// Trains the trainers for one epoch, advancing their states and steps.
  /// - Returns: one record per trainer; the time of a program that trains several is divided evenly.
  func epoch(report: ([ChunkProgress]) throws -> Void) throws -> [EpochRecord] {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) / Double(trainers.count) }
    // An epoch that a checkpoint interrupted continues where it was.
    let known = trainers.all.compactMap(\.partialEpoch)
    let partials = known.count == trainers.count ? known : []
    var done = partials.first?.steps ?? 0
    let (epoch, firstStep) = (trainers.first.epoch + 1, trainers.first.step - done)
    let count = devices?.count ?? 1
    let order = try stacked(zip(trainers.all, orders).map { try indices(epoch: epoch - 1, $1, key: $0.key) })
      .onDevices(count)
    let key = try stacked(trainers.all.map(\.key.state)).onDevices(count)
    var state = try TrainingState.stacked(trainers.map(\.state))
    var (whole, sums) = (state, noSums)
    for (index, partial) in partials.enumerated() where partial.totals.count == sums[index].totals.count {
      sums[index].totals = partial.totals
    }
    let lengths = PartialLoop.lengths(chunkSteps, from: done, to: plan.stepsPerEpoch)
    let streamed = try training.stream.map {
      try StreamedEpoch(
        $0, order: order, members: trainers.count, batchSize: plan.batchSize, lengths: lengths,
        of: plan.stepsPerEpoch, from: done, isPadded: isPadded, devices: devices?.count ?? spread.devices)
    }
    for length in lengths {
      guard let chunk = chunks[length] else { continue }
      let result =
        if let part = try streamed?.next() {
          try chunk(
            state, order: part.order, firstStep: firstStep + done, firstBatch: 0, key: key, part: part.examples)
        } else {
          try chunk(state, order: order, firstStep: firstStep + done, firstBatch: done, key: key)
        }
      state = result.state
      done += chunk.steps
      // The program has taken over a single trainer's memory; members of a group get memory of their own.
      whole = state.with(try spread.joined(state.tree.tensors))
      try advance(to: whole, steps: chunk.steps)
      try RunningSums.add(result.sums, to: &sums)
      for (trainer, own) in zip(trainers.all, sums) {
        trainer.partialEpoch = PartialEpoch(steps: done, totals: own.totals)
      }
      if lengths.count > 1 {
        try report(
          sums.map {
            ChunkProgress(
              epoch: epoch, steps: done, stepsPerEpoch: plan.stepsPerEpoch, seconds: seconds(),
              metrics: $0.values.map { ($0.key, $0.value) })
          })
      }
    }
    if let statistics {
      whole = try statistics(whole, order: order, key: key)
      try advance(to: whole, steps: 0)
    }
    let trained = seconds()
    let metrics = try metrics(sums, whole, lastStep: firstStep + done - 1)
    let evaluated = seconds() - trained
    return metrics.map {
      EpochRecord(
        epoch: epoch, step: firstStep + done, metrics: $0, trainingSeconds: trained, evaluationSeconds: evaluated)
    }
  }

  /// Record 0 of each trainer: an evaluation of the untrained model on training and validation data.
  func evaluationBeforeTraining() throws -> [EpochRecord] {
    let clock = ContinuousClock()
    let start = clock.now
    let state = try TrainingState.stacked(trainers.map(\.state))
    var sums = noSums
    try trainingEvaluation.map { try RunningSums.add($0(state, step: 0).row, to: &sums) }
    let metrics = try metrics(sums, state, lastStep: 0)
    let seconds = (clock.now - start) / .seconds(1) / Double(trainers.count)
    return metrics.map { EpochRecord(epoch: 0, step: 0, metrics: $0, evaluationSeconds: seconds) }
  }

  /// The training set's metrics, with those of the validation set and the learning rate if they are recorded.
  private func metrics(
    _ training: [RunningSums], _ state: TrainingState, lastStep: Int
  ) throws -> [OrderedDictionary<String, Double>] {
    var metrics = training.map(\.values)
    for (prefix, evaluation) in evaluations {
      var sums = noSums
      let result = try evaluation(state, step: lastStep)
      try RunningSums.add(result.row, to: &sums)
      let collected = try OutputCollector.values(collectors, of: result.outputs)
      for (index, trainer) in trainers.all.enumerated() {
        let values = trainer.method.evaluated(sums[index].values, collected.isEmpty ? [] : collected[index])
        for (name, value) in values { metrics[index][prefix + name] = value }
      }
    }
    for (index, trainer) in trainers.all.enumerated() {
      for (name, value) in zip(trainer.method.guardNames, try trainer.state.guardValues(trainer.method)) {
        metrics[index][name] = value
      }
    }
    if options.recordsLearningRate, trainers.first.learningRate != nil {
      let progress = plan.progress(at: try Tensor([Int32(clamping: lastStep)], shape: []).onDevice())
      for (index, trainer) in trainers.all.enumerated() {
        let rate = try trainer.learningRate?.value(at: progress, dtype: .float64).scalar()
        metrics[index][Self.learningRate] = try rate.map { try $0 * trainer.learningRateScale() }
      }
    }
    return metrics
  }

  /// The evaluations of the validation data, with what the names of their values begin with.
  private var evaluations: [(prefix: String, evaluation: EvaluationProgram)] {
    guard let evaluation else { return [] }
    return [(Method.validationPrefix(), evaluation)]
      + alternatives.map { (Method.validationPrefix($0.name), $0.evaluation) }
  }

  private func advance(to state: TrainingState, steps: Int) throws {
    for (trainer, own) in zip(trainers.all, try state.members(trainers.count)) {
      trainer.advance(to: own, steps: steps)
    }
  }

  private func stacked(_ parts: [Tensor]) throws -> Tensor {
    trainers.isSingle ? parts[0] : try Tensor.stack(parts).evaluate()
  }

  /// An epoch's indices, as many as its batches take.
  private func indices(epoch: Int, _ order: any BatchOrder, key: Key) throws -> Tensor {
    let order = try order.indices(count: training.count, epoch: epoch, key: key)
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

extension Trainer {
  fileprivate var learningRate: (any Schedule)? { method.optimizer.transform.learningRate }
}
