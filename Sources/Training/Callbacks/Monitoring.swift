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

/// Ends training when the loss, of training or of validation, is no longer a finite number.
public final class StopOnDivergence: Callback {
  public init() {}

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    for name in ["loss", "val_loss"] {
      if let value = record[name], !value.isFinite { return "\(name) is \(value): a smaller learning rate may help" }
    }
    return nil
  }
}

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

/// A metric that is watched for its best value.
private struct Monitor: CustomStringConvertible {
  let name: String
  private let isGreaterBetter: Bool
  /// By how much a value must be better to count as better.
  private let minDelta: Double
  var best: (epoch: Int, value: Double)?

  init(_ name: String, mode: MonitorMode, minDelta: Double = 0) {
    self.name = name
    isGreaterBetter = mode == .max || (mode == .automatic && RecordedMetric.isGreaterBetter(name))
    self.minDelta = minDelta.magnitude
  }

  /// What is watched and how: monitors that judge alike have one description.
  var description: String { "\(name), \(isGreaterBetter ? MonitorMode.max : .min), \(minDelta)" }

  /// Forgets what was seen.
  /// - Throws: ``TrainingError/unknownMetric(name:known:)``
  mutating func begin(_ plan: FitPlan) throws(TrainingError) {
    guard plan.metrics.contains(name) else { throw .unknownMetric(name: name, known: plan.metrics) }
    best = nil
  }

  /// Whether the epoch is better than all before; NaN is never.
  mutating func improves(with record: EpochRecord) -> Bool {
    guard let value = record[name], !value.isNaN else { return false }
    if let best {
      guard isGreaterBetter ? value > best.value + minDelta : value < best.value - minDelta else { return false }
    }
    best = (record.epoch, value)
    return true
  }
}

extension Monitor {
  /// The best value and its epoch, as checkpoints keep them.
  var memory: CallbackMemory {
    get { CallbackMemory(numbers: best.map { ["bestEpoch": Double($0.epoch), "bestValue": $0.value] } ?? [:]) }
    set {
      best = newValue.numbers["bestEpoch"].flatMap { Int(exactly: $0) }.flatMap { epoch in
        newValue.numbers["bestValue"].map { (epoch, $0) }
      }
    }
  }
}

/// Which values of a watched metric are better.
public enum MonitorMode: String, Sendable, Hashable, CaseIterable {
  /// Greater ones for names that hold `accuracy`, smaller ones for all others.
  case automatic
  /// Smaller ones.
  case min
  /// Greater ones.
  case max
}
