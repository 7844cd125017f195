/// Stops training when a metric has stopped improving, as Keras' callback of this name does.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs)
/// let history = try trainer.fit(
///   data.train, epochs: 20, batchSize: 50, validation: data.test,
///   callbacks: [EarlyStopping(monitor: "val_loss", patience: 3, minDelta: 0.001)])
/// print(history.stopReason ?? "ran all epochs")
/// ```
public final class EarlyStopping: RememberingCallback {
  private var monitor: Monitor
  private let patience: Int
  private var epochsWithout = 0

  /// - Parameters:
  ///   - monitor: a recorded name: `val_loss`, `accuracy`, ….
  ///   - patience: number of consecutive epochs without improvement after which training stops; 0 means 1.
  ///   - minDelta: how much better than the best a value must be to count as an improvement.
  public init(monitor: String = "val_loss", patience: Int = 0, mode: MonitorMode = .automatic, minDelta: Double = 0) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.patience = patience
  }

  /// The epoch with the best value, and the value.
  public var best: (epoch: Int, value: Double)? { monitor.best }

  /// - Throws: ``TrainingError`` for a metric that isn't recorded.
  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    try monitor.begin(plan)
    epochsWithout = 0
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if monitor.improves(with: record) {
      epochsWithout = 0
      return .continue
    }
    epochsWithout += 1
    guard epochsWithout >= patience else { return .continue }
    let past = monitor.best.map { "the best is \($0.value) of epoch \($0.epoch)" } ?? "it was never a number"
    let epochs = "\(epochsWithout) \(epochsWithout == 1 ? "epoch" : "epochs")"
    return .stop(reason: "\(monitor.name) hasn't improved for \(epochs); \(past)")
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

/// Stops training when the training or validation loss is no longer finite.
public final class StopOnDivergence: Callback {
  public init() {}

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    for name in ["loss", "val_loss"] {
      if let value = record[name], !value.isFinite {
        return .stop(reason: "\(name) is \(value): a smaller learning rate may help")
      }
    }
    return .continue
  }
}

/// Keeps the state of the epoch with the best value of a metric, and restores it when training ends.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs)
/// let best = BestParameters(monitor: "val_accuracy")
/// try trainer.fit(data.train, epochs: 5, batchSize: 50, validation: data.test, callbacks: [best])
/// print(best.best?.value ?? .nan, try trainer.evaluate(data.test)["accuracy"] ?? .nan)  // the same
/// ```
public final class BestParameters: RememberingCallback {
  private var monitor: Monitor
  private let restores: Bool
  /// The state after the best epoch, including averaged parameters if the method averages.
  public private(set) var state: TrainingState?

  /// - Parameters:
  ///   - monitor: a recorded name: `val_loss`, `accuracy`, ….
  ///   - restores: whether the trainer returns to the best state when training ends.
  public init(monitor: String = "val_loss", mode: MonitorMode = .automatic, restores: Bool = true) {
    self.monitor = Monitor(monitor, mode: mode)
    self.restores = restores
  }

  /// The epoch with the best value, and the value.
  public var best: (epoch: Int, value: Double)? { monitor.best }

  /// - Throws: ``TrainingError`` for a metric that isn't recorded.
  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    try monitor.begin(plan)
    state = nil
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if monitor.improves(with: record) { state = try trainer.state.copy() }
    return .continue
  }

  public func trainingEnded(_ history: History, in trainer: Trainer) throws {
    guard restores, let state else { return }
    try trainer.restore(state)
    trainer.restoredEpoch = best?.epoch
  }

  public var memoryName: String { "bestParameters(\(monitor))" }

  public func memory() throws -> CallbackMemory {
    var memory = monitor.memory
    for (path, tensor) in state?.tree.pairs ?? [] { memory.tensors[path] = try tensor.hostArray() }
    return memory
  }

  public func recall(_ memory: CallbackMemory, in trainer: Trainer) throws {
    monitor.memory = memory
    let tree = TensorTree(try memory.tensors.map { ($0.key, try Tensor($0.value).onDevice()) })
    state = tree.isEmpty ? nil : TrainingState(tree: tree)
  }
}

/// Which values of a monitored metric are better.
public enum MonitorMode: String, Sendable, Hashable, CaseIterable {
  /// Greater values for names that contain `accuracy`, smaller values for all others.
  case automatic
  case min
  case max
}

/// The best value of a metric so far.
struct Monitor: CustomStringConvertible {
  let name: String
  private let isGreaterBetter: Bool
  /// How much better a value must be to count as an improvement.
  private let minDelta: Double
  private(set) var best: (epoch: Int, value: Double)?

  init(_ name: String, mode: MonitorMode, minDelta: Double = 0) {
    self.name = name
    isGreaterBetter = mode == .max || (mode == .automatic && RecordedMetric.isGreaterBetter(name))
    self.minDelta = minDelta.magnitude
  }

  /// The metric and how it is judged: monitors that judge alike have the same description.
  var description: String { "\(name), \(isGreaterBetter ? MonitorMode.max : .min), \(minDelta)" }

  /// Forgets earlier values.
  /// - Throws: ``TrainingError/unknownMetric(name:known:)``
  mutating func begin(_ plan: FitPlan) throws(TrainingError) {
    guard plan.metrics.contains(name) else { throw .unknownMetric(name: name, known: plan.metrics) }
    best = nil
  }

  /// Whether the epoch is better than all before it; NaN never is.
  mutating func improves(with record: EpochRecord) -> Bool {
    guard let value = record[name], !value.isNaN else { return false }
    if let best {
      guard isGreaterBetter ? value > best.value + minDelta : value < best.value - minDelta else { return false }
    }
    best = (record.epoch, value)
    return true
  }

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
