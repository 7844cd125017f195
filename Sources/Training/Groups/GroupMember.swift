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
