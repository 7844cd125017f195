/// Ends training when a metric has stopped improving (as Keras' callback of this name).
public final class EarlyStopping: RememberingCallback {
  private var monitor: Monitor
  private let patience: Int
  private var epochsWithout = 0

  /// - Parameters:
  ///   - monitor: a name of the records: `val_loss`, `accuracy`, ….
  ///   - patience: epochs in a row without improvement after which training ends; 0 is as 1.
  ///   - minDelta: by how much a value must be better than the best to count.
  public init(monitor: String = "val_loss", patience: Int = 0, mode: MonitorMode = .automatic, minDelta: Double = 0) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.patience = patience
  }

  /// The epoch with the best value, and the value.
  public var best: (epoch: Int, value: Double)? { monitor.best }

  /// - Throws: ``TrainingError`` for a metric that isn't recorded.
  public func trainingBegan(_ plan: FitPlan) throws {
    try monitor.begin(plan)
    epochsWithout = 0
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    if monitor.improves(with: record) {
      epochsWithout = 0
      return nil
    }
    epochsWithout += 1
    guard epochsWithout >= patience else { return nil }
    let past = monitor.best.map { "the best is \($0.value) of epoch \($0.epoch)" } ?? "it was never a number"
    return "\(monitor.name) hasn't improved for \(epochsWithout) \(epochsWithout == 1 ? "epoch" : "epochs"); \(past)"
  }

  public var memoryName: String { "earlyStopping(\(monitor), \(patience))" }

  public func memory() throws -> CallbackMemory {
    var memory = monitor.memory
    memory.numbers["epochsWithout"] = Double(epochsWithout)
    return memory
  }

  public func recall(_ memory: CallbackMemory, in trainer: Trainer) throws {
    monitor.memory = memory
    epochsWithout = memory.numbers["epochsWithout"].flatMap { Int(exactly: $0) } ?? 0
  }
}
