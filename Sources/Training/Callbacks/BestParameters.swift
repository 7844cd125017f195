/// Keeps the state of the best epoch by a metric, and takes the trainer back to it when training ends.
public final class BestParameters: RememberingCallback {
  private var monitor: Monitor
  private let restores: Bool
  private var trainer: Trainer?
  /// The state after the best epoch: averaged parameters too, where the method averages.
  public private(set) var state: TrainingState?

  /// - Parameters:
  ///   - monitor: a name of the records: `val_loss`, `accuracy`, ….
  ///   - restores: whether the trainer gets the best state back when training ends.
  public init(monitor: String = "val_loss", mode: MonitorMode = .automatic, restores: Bool = true) {
    self.monitor = Monitor(monitor, mode: mode)
    self.restores = restores
  }

  /// The epoch with the best value, and the value.
  public var best: (epoch: Int, value: Double)? { monitor.best }

  /// - Throws: ``TrainingError`` for a metric that isn't recorded.
  public func trainingBegan(_ plan: FitPlan) throws {
    try monitor.begin(plan)
    (state, trainer) = (nil, nil)
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    self.trainer = trainer
    if monitor.improves(with: record) { state = try trainer.state.copy() }
    return nil
  }

  public func trainingEnded(_ history: History) throws {
    if restores, let state { try trainer?.restore(state) }
    trainer = nil
  }

  public var memoryName: String { "bestParameters(\(monitor))" }

  public func memory() throws -> CallbackMemory {
    var memory = monitor.memory
    for (path, tensor) in state?.tree.pairs ?? [] { memory.tensors[path] = try tensor.hostArray() }
    return memory
  }

  public func recall(_ memory: CallbackMemory, in trainer: Trainer) throws {
    monitor.memory = memory
    let tree = TensorTree(try memory.tensors.map { ($0.key, try Tensor($0.value).hidden()) })
    state = tree.isEmpty ? nil : TrainingState(tree: tree)
    // Training may have been through already when it was interrupted.
    self.trainer = trainer
  }
}
