/// Trainers that differ by their seeds, and by numbers of their methods, trained together: one program runs a step of
/// all of them.
///
/// Where the methods differ by scalar constants of the traced step, a learning rate say, these are arguments of the
/// program. What makes another graph of a step (another optimizer, a momentum that is left out) can't be together.
///
/// Each ends as it would have alone, to rounding: bit for bit in most operations, but a product of matrices may
/// add up in another order. Whether together is faster depends on the device; see `docs/training.md`.
public struct TrainerGroup {
  public let trainers: [Trainer]

  /// - Parameter trainers: of one model, as far trained as each other.
  /// - Throws: ``TrainingError`` if there are none, or they aren't alike.
  public init(_ trainers: [Trainer]) throws(TrainingError) {
    guard let first = trainers.first else {
      throw .invalidSetting(name: "the number of trainers", value: 0, requirement: "1 or more")
    }
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
          name: "the epochs that a trainer of a group has behind it", value: trainer.epoch,
          requirement: "\(first.epoch), as the first's")
      }
    }
    self.trainers = trainers
  }

  /// Trains all for some epochs more.
  ///
  /// Where a callback ends one trainer's training the others go on, and it keeps the state it had then.
  /// - Parameters:
  ///   - options: one a trainer; but for the order, the first's are for all.
  ///   - callbacks: some a trainer.
  /// - Returns: What this call's epochs showed, a history a trainer.
  /// - Throws: as `Trainer.fit` does; ``TrainingError/differentMethods`` before anything is trained.
  public func fit(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData? = nil, options: [FitOptions],
    callbacks: [[any Callback]]
  ) throws -> [History] {
    guard options.count == trainers.count, callbacks.count == trainers.count else {
      throw TrainingError.invalidSetting(
        name: "the number of options and callbacks", value: Swift.min(options.count, callbacks.count),
        requirement: "\(trainers.count), one a trainer")
    }
    let run = try FitRun(
      trainers, training, epochs: epochs, batchSize: batchSize, validation: validation, options: options)
    var members = try zip(trainers, zip(options, callbacks)).map {
      try GroupMember($0, run.plan, order: $1.0.order, callbacks: $1.1)
    }
    defer { for trainer in trainers { trainer.callbacks = [] } }
    if options[0].evaluatesUntrained, trainers[0].epoch == 0 {
      for (index, record) in try run.untrained(trainers).enumerated() { try members[index].add(record) }
    }
    while trainers[0].epoch < run.plan.lastEpoch, members.contains(where: \.isRunning) {
      let records = try run.epoch(trainers) { progress in
        for (member, part) in zip(members, progress) { try member.report(part) }
      }
      for (index, record) in records.enumerated() {
        trainers[index].epoch += 1
        try members[index].add(record)
      }
    }
    return try members.map { try $0.finish() }
  }
}

/// One trainer's part in a group's training: its history and callbacks, and where it stood when one ended it.
struct GroupMember {
  private let trainer: Trainer
  private let callbacks: [any Callback]
  private var history = History()
  private var end: (state: TrainingState, step: Int, epoch: Int)?

  var isRunning: Bool { history.stopReason == nil }

  init(_ trainer: Trainer, _ plan: FitPlan, order: any BatchOrder, callbacks: [any Callback]) throws {
    self.trainer = trainer
    self.callbacks = callbacks
    trainer.callbacks = callbacks
    try callbacks.forEach { try $0.trainingBegan(plan) }
    try trainer.beginHistory(plan, order: order)
  }

  func report(_ progress: ChunkProgress) throws {
    guard isRunning else { return }
    try callbacks.forEach { try $0.chunkEnded(progress) }
  }

  mutating func add(_ record: EpochRecord) throws {
    guard isRunning else { return }
    history.epochs.append(record)
    trainer.history.epochs.append(record)
    for callback in callbacks {
      if let reason = try callback.epochEnded(record, trainer) { history.stopReason = history.stopReason ?? reason }
      trainer.history.stopReason = history.stopReason
    }
    // The others' epochs go on with this one among them; its state is that of the epoch it ended with.
    if !isRunning { end = (try trainer.state.copy(), trainer.step, trainer.epoch) }
  }

  func finish() throws -> History {
    if let end { (trainer.state, trainer.step, trainer.epoch) = end }
    try callbacks.forEach { try $0.trainingEnded(history) }
    return history
  }
}
