/// Lowers the learning rate when a metric has stopped improving, as Keras' `ReduceLROnPlateau`.
///
/// The rate of a schedule is multiplied as well. The method's ``Method/adjustsLearningRate`` must be set.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///     $0.adjustsLearningRate = true
///   },
///   inputs: data.train.inputs)
/// try trainer.fit(
///   data.train, epochs: 5, batchSize: 50, validation: data.test, callbacks: [ReduceOnPlateau(factor: 0.5, patience: 2)])
/// print(try trainer.learningRateScale())
/// ```
public final class ReduceOnPlateau: RememberingCallback {
  private var monitor: Monitor
  private let factor: Double
  private let patience: Int
  private let cooldown: Int
  private let least: Double
  private var epochsWithout = 0
  private var epochsToCool = 0

  /// - Parameters:
  ///   - monitor: a recorded name: `val_loss`, `accuracy`, ….
  ///   - factor: what the learning rate is multiplied by.
  ///   - patience: number of consecutive epochs without improvement after which it is.
  ///   - minDelta: how much better than the best a value must be to count as an improvement.
  ///   - cooldown: epochs after a reduction in which nothing is counted.
  ///   - least: the least part of the original learning rate.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: MonitorMode = .automatic,
    minDelta: Double = 1e-4, cooldown: Int = 0, least: Double = 0
  ) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta)
    (self.factor, self.patience, self.cooldown, self.least) = (factor, patience, cooldown, least)
  }

  /// - Throws: ``TrainingError`` for a metric that isn't recorded, or a method whose learning rate is fixed.
  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
    guard trainer.method.adjustsLearningRate else { throw TrainingError.fixedLearningRate }
    try monitor.begin(plan)
    (epochsWithout, epochsToCool) = (0, 0)
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if epochsToCool > 0 { (epochsToCool, epochsWithout) = (epochsToCool - 1, 0) }
    if monitor.improves(with: record) {
      epochsWithout = 0
    } else if epochsToCool == 0 {
      epochsWithout += 1
      if epochsWithout >= patience { try reduce(trainer) }
    }
    return .continue
  }

  private func reduce(_ trainer: Trainer) throws {
    let scale = try trainer.learningRateScale()
    guard scale > least else { return }
    try trainer.setLearningRateScale(Swift.max(scale * factor, least))
    (epochsToCool, epochsWithout) = (cooldown, 0)
  }

  public var memoryName: String { "reduceOnPlateau(\(monitor), \(factor), \(patience))" }

  public func memory() throws -> CallbackMemory {
    var memory = monitor.memory
    (memory.numbers["epochsWithout"], memory.numbers["epochsToCool"]) = (Double(epochsWithout), Double(epochsToCool))
    return memory
  }

  public func recall(_ memory: CallbackMemory, in trainer: Trainer) throws {
    monitor.memory = memory
    epochsWithout = memory.numbers["epochsWithout"].flatMap { Int(exactly: $0) } ?? 0
    epochsToCool = memory.numbers["epochsToCool"].flatMap { Int(exactly: $0) } ?? 0
  }
}

extension Trainer {
  /// What callbacks have multiplied the learning rate by; 1 if they can't.
  /// - Throws: `EngineError` if the state can't be read.
  public func learningRateScale() throws -> Double { try state.learningRateScale?.scalar() ?? 1 }

  /// Multiplies the learning rate of all further updates.
  /// - Throws: ``TrainingError/incompatible(_:)`` if the method's ``Method/adjustsLearningRate`` isn't set.
  public func setLearningRateScale(_ scale: Double) throws {
    guard state.learningRateScale != nil else { throw TrainingError.fixedLearningRate }
    var tree = state.tree
    tree[TrainingState.learningRateScaleName] = try Tensor([Float(scale)], shape: []).onDevice()
    advance(to: TrainingState(tree: tree), steps: 0)
  }
}
