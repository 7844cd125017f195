/// Trainers that differ in their seeds, and in numbers of their methods, trained together: one program runs a step of
/// all of them.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let model = Sequential { Flatten(); Dense(10) }
/// let method = Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///   $0.preprocessing = Rescaling(dividingBy: 255)
/// }
/// let trainers = try (0..<4).map { seed in
///   try Trainer(model: model, method: method, inputs: data.train.inputs, seed: UInt64(seed))
/// }
/// let histories = try TrainerGroup(trainers).fit(data.train, epochs: 3, batchSize: 50, validation: data.test)
/// print(histories.map { $0.epochs.last?["val_accuracy"] ?? .nan })
/// ```
/// If the methods differ in scalar constants of the traced step, such as a learning rate, these become arguments of the
/// program. Anything that changes the graph of a step (another optimizer, a momentum that is left out) can't be
/// grouped.
///
/// Each trainer ends as it would have alone, to rounding: most operations agree bit for bit, but matrix products may
/// add up in another order. Whether grouping is faster depends on the device; see `docs/training.md`.
public struct TrainerGroup {
  private let members: Members<Trainer>

  public var trainers: [Trainer] { members.all }

  /// - Parameter trainers: must share a model and have completed the same number of epochs.
  /// - Throws: ``TrainingError`` if there are none, or if they don't belong together.
  public init(_ trainers: [Trainer]) throws(TrainingError) {
    guard let first = trainers.first else {
      throw .invalidSetting(name: "the number of trainers", value: 0, requirement: "1 or more")
    }
    if trainers.count > 1, trainers.contains(where: { $0.sharding != nil }) { throw .shardedGroup }
    for trainer in trainers {
      let (paths, expected) = (Set(trainer.state.tree.paths), Set(first.state.tree.paths))
      guard paths == expected else {
        throw .differentModel(
          missing: expected.subtracting(paths).sorted(), unexpected: paths.subtracting(expected).sorted())
      }
      for (path, tensor) in first.state.tree.pairs {
        guard let own = trainer.state.tree[path], own.type != tensor.type else { continue }
        throw .differentType(
          path: path, expected: "\(tensor.dtype)\(tensor.shape)", actual: "\(own.dtype)\(own.shape)")
      }
      guard trainer.epoch == first.epoch, trainer.step == first.step else {
        throw .invalidSetting(
          name: "the number of epochs completed by a trainer of a group", value: trainer.epoch,
          requirement: "\(first.epoch), as the first one's")
      }
    }
    members = Members(first, Array(trainers.dropFirst()))
  }

  /// A single trainer.
  init(_ trainer: Trainer) { members = Members(trainer) }

  /// Trains all of them for some more epochs.
  ///
  /// When a callback stops one trainer the others continue, and that one keeps the state it had then.
  /// - Parameters:
  ///   - options: for all trainers.
  ///   - orders: the order for the trainer of an index; by default the options' order for all of them.
  ///   - callbacks: the callbacks for the trainer of an index.
  /// - Returns: the records of this call's epochs, one history per trainer.
  /// - Throws: as `Trainer.fit` does; ``TrainingError/differentMethods`` before anything is trained.
  @discardableResult
  public func fit(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData? = nil,
    options: FitOptions = FitOptions(), orders: ((Int) -> any BatchOrder)? = nil,
    callbacks: (Int) -> [any Callback] = { _ in [] }
  ) throws -> [History] {
    func part(_ index: Int) -> (order: any BatchOrder, callbacks: [any Callback]) {
      (orders?(index) ?? options.order, callbacks(index))
    }
    return try histories(
      training, epochs: epochs, batchSize: batchSize, validation: validation, options: options,
      parts: Members(part(0), trainers.indices.dropFirst().map(part))
    ).all
  }

  /// ``fit(_:epochs:batchSize:validation:options:orders:callbacks:)`` for data that isn't on the device yet.
  @discardableResult
  public func fit(
    _ training: LabeledArrays, epochs: Int, batchSize: Int, validation: LabeledArrays? = nil,
    options: FitOptions = FitOptions(), orders: ((Int) -> any BatchOrder)? = nil,
    callbacks: (Int) -> [any Callback] = { _ in [] }
  ) throws -> [History] {
    try fit(
      ResidentData(training), epochs: epochs, batchSize: batchSize, validation: validation.map { try ResidentData($0) },
      options: options, orders: orders, callbacks: callbacks)
  }

  /// - Parameter parts: the order and the callbacks of each trainer.
  func histories(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData?, options: FitOptions,
    parts: Members<(order: any BatchOrder, callbacks: [any Callback])>
  ) throws -> Members<History> {
    let first = members.first
    let training = try training.withFloodLevels(
      for: members, epochs: epochs == 0 ? 0 : first.epoch + epochs, batchSize: batchSize, options: options,
      callbacks: parts.first.callbacks)
    let run = try FitRun(
      members, training, epochs: epochs, batchSize: batchSize, validation: validation, options: options,
      orders: parts.all.map(\.order))
    defer { for trainer in trainers { trainer.endFit() } }
    let participants = try members.zip(parts).map { try Participant($0, run.plan, order: $1.order, $1.callbacks) }
    if options.evaluatesBeforeTraining, members.first.isUntrained {
      for (participant, record) in zip(participants.all, try run.evaluationBeforeTraining()) {
        try participant.add(record)
      }
    }
    while members.first.epoch < run.plan.lastEpoch, participants.all.contains(where: \.isRunning) {
      let records = try run.epoch { progress in
        for (participant, part) in zip(participants.all, progress) { try participant.report(part) }
      }
      for trainer in trainers { trainer.finishEpoch() }
      for (participant, record) in zip(participants.all, records) { try participant.add(record) }
    }
    return try participants.map { try $0.finish() }
  }
}

/// One trainer's part in a `fit`: what this call recorded, and where the trainer stood when a callback stopped it.
private final class Participant {
  private let trainer: Trainer
  private let callbacks: [any Callback]
  private var history = History()
  private var end: Trainer.Position?

  init(_ trainer: Trainer, _ plan: FitPlan, order: any BatchOrder, _ callbacks: [any Callback]) throws {
    (self.trainer, self.callbacks) = (trainer, callbacks)
    try trainer.begin(plan, order: order, callbacks: callbacks)
  }

  var isRunning: Bool { history.stopReason == nil }

  func report(_ progress: ChunkProgress) throws {
    guard isRunning else { return }
    for callback in callbacks { try callback.chunkEnded(progress, in: trainer) }
  }

  func add(_ record: EpochRecord) throws {
    guard isRunning else { return }
    history.epochs.append(record)
    trainer.add(record)
    for callback in callbacks {
      guard case .stop(let reason) = try callback.epochEnded(record, in: trainer) else { continue }
      history.stopReason = history.stopReason ?? reason
      trainer.stop(reason)
    }
    // This trainer takes part in the others' remaining epochs, but returns to the epoch at which it stopped.
    if !isRunning { end = try trainer.position() }
  }

  func finish() throws -> History {
    if let end { trainer.move(to: end) }
    for callback in callbacks { try callback.trainingEnded(history, in: trainer) }
    return history
  }
}
