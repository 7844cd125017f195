import OrderedCollections
import PJRT

/// A model, a method, and how far the method has trained the model.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(32); ReLU(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs, seed: 7)
/// print(try trainer.summary())
/// try trainer.fit(data.train, epochs: 3, batchSize: 50, validation: data.test)
/// print(try trainer.evaluate(data.test))
/// ```
public final class Trainer {
  let setup: Setup
  /// What the model takes, after preprocessing, for a batch of one example.
  public let inputType: TensorType
  /// How many of the engine's devices train: each has an equal part of a batch, and all parameters.
  public let devices: Int
  /// How the devices share the optimizer's state; nil if each has all of it.
  let sharding: OptimizerSharding?
  /// Parameters and everything else that steps change. The next step takes over its memory; to keep a state, keep its
  /// ``TrainingState/copy()``.
  public private(set) var state: TrainingState
  /// Number of updates done.
  public private(set) var step = 0
  /// Number of epochs done.
  public private(set) var epoch = 0
  /// The epoch whose state a ``BestParameters`` has restored at the end of training; nil if the state is the last
  /// epoch's.
  public internal(set) var restoredEpoch: Int?
  /// The records of all epochs, including those before a restored checkpoint.
  public private(set) var history = History()
  /// How the running or the last `fit` goes through its data.
  public private(set) var plan: Checkpoint.Plan?
  /// The memory that the training program of the running or the last `fit` takes, which includes the resident data; nil if
  /// the engine doesn't know.
  public internal(set) var memoryUse: MemoryUse?
  private(set) var key: Key
  /// How far the epoch is that is under way.
  var partialEpoch: PartialEpoch?
  /// The callbacks of the running `fit`.
  private var callbacks: [any Callback] = []
  /// What a checkpoint kept for callbacks that no `fit` has used yet.
  private var memories: OrderedDictionary<String, CallbackMemory> = [:]

  /// - Parameters:
  ///   - inputs: element type and shape of inputs before preprocessing, `[batch, …]`; the batch size doesn't matter.
  ///   - precision: the element types of parameters and computation.
  ///   - seed: determines initial parameters, order and every random draw.
  ///   - parameters: initial values by path, instead of random ones; they are copied.
  ///   - devices: how many devices share each batch. The results are those of one device, to rounding.
  ///   - optimizerState: whether each device has all of the optimizer's state, or a share.
  /// - Throws: `Diagnostic` with the layer's path if the model doesn't fit the inputs, ``TrainingError`` if the
  ///   parameters don't fit the model, the engine has too few devices or the optimizer's state can't be sharded,
  ///   `AugmentationError` if the method can't augment such inputs.
  public init(
    model: any Layer, method: Method, inputs: TensorType, precision: Precision = .float32, seed: UInt64 = 0,
    parameters: TensorTree? = nil, devices: Int = 1, optimizerState: OptimizerStateLayout = .replicated
  ) throws {
    try TrainingError.check(devices, name: "devices", atLeast: 1)
    let engine = try Engine.shared()
    guard devices <= engine.client.deviceCount else {
      throw TrainingError.tooFewDevices(wanted: devices, found: engine.client.deviceCount)
    }
    if optimizerState == .sharded, engine.localCount(of: devices) < devices { throw TrainingError.shardedProcesses }
    self.devices = devices
    if !method.augmentation.isEmpty { try method.augmentation.check(ImageShape(of: Array(inputs.shape))) }
    key = Key(state: try Tensor([seed, 0]).onDevice())
    let sample = method.preprocessing(
      Tensor.zeros(Shape([1] + inputs.shape.dropFirst()), dtype: inputs.dtype), dtype: precision.computation)
    if let diagnostic = sample.diagnostic { throw diagnostic }
    let (records, lazy) = try model.trace(sample.type, key: key.derived("initial"), precision: precision)
    inputType = sample.type
    // The call of the model itself ends last.
    setup = Setup(
      model: model, method: try method.placed(in: model, lazy.parameters), precision: precision,
      outputType: records.last?.output ?? sample.type, blockCount: records.count { $0.layer is any Block })
    try method.check(lazy.parameters.paths)
    var variables = ModelVariables(parameters: try lazy.parameters.evaluate(), state: try lazy.state.evaluate())
    if let parameters {
      variables.parameters = try parameters.checked(against: variables.parameters).evaluate().copied()
    }
    if optimizerState == .sharded { try method.checkShardable() }
    sharding =
      optimizerState == .sharded && devices > 1
      ? try OptimizerSharding(setup.method, variables.parameters, devices: devices) : nil
    state = try TrainingState(variables, method: setup.method, sharding)
  }

  /// A trainer for inputs of the type and shape of an array, such as `data.train.inputs`; its values don't matter.
  public convenience init(
    model: any Layer, method: Method, inputs: HostArray, precision: Precision = .float32, seed: UInt64 = 0,
    parameters: TensorTree? = nil, devices: Int = 1, optimizerState: OptimizerStateLayout = .replicated
  ) throws {
    try self.init(
      model: model, method: method, inputs: TensorType(inputs.dtype, Shape(inputs.shape)), precision: precision,
      seed: seed, parameters: parameters, devices: devices, optimizerState: optimizerState)
  }

  /// The devices that share each batch; nil for one.
  var axis: DeviceAxis? { devices == 1 ? nil : DeviceAxis(devices: devices) }

  public var model: any Layer { setup.model }
  public var method: Method { setup.method }
  /// The element types of parameters and computation.
  public var precision: Precision { setup.precision }
  /// The type of the model's outputs for a batch of one example.
  public var outputType: TensorType { setup.outputType }

  /// The variables to evaluate and keep: averaged if the method averages.
  public var variables: ModelVariables { state.variables(method) }

  /// The model's layers with their shapes and parameter counts.
  /// - Throws: `Diagnostic`, as tracing does.
  public func layerSummary() throws -> LayerSummary {
    try model.layerSummary(for: inputType, isTrained: method.isTrained)
  }

  /// The model's layers as Keras prints them; see `LayerSummary.kerasText(name:)`.
  /// - Throws: `Diagnostic`, as tracing does.
  public func summary() throws -> String { try layerSummary().kerasText(name: model.label) }

  // MARK: - Training

  /// Trains for some more epochs.
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
  ///   data.train, epochs: 5, batchSize: 50, validation: data.test, options: FitOptions(partialBatch: .pad),
  ///   callbacks: [ProgressReport(), EarlyStopping(monitor: "val_accuracy", patience: 2)])
  /// print(history.epochs.last?["val_accuracy"] ?? .nan)
  /// ```
  /// If it throws, the trainer is where the last completed part of an epoch left it.
  /// - Parameters:
  ///   - training: the examples to learn from, already on the device.
  ///   - epochs: how many more; 0 only evaluates an untrained model, if the options ask for it.
  ///   - batchSize: examples per update.
  ///   - validation: evaluated after each epoch.
  ///   - options: order, last batch, progress and evaluation.
  ///   - callbacks: called in this order.
  /// - Returns: the records of this call's epochs.
  /// - Throws: ``TrainingError`` for invalid settings and data; `Diagnostic` and `EngineError` from tracing and
  ///   running; whatever callbacks throw. Divergence isn't an error: NaN is recorded.
  @discardableResult
  public func fit(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try TrainerGroup(self).histories(
      training, epochs: epochs, batchSize: batchSize, validation: validation, options: options,
      parts: Members((order: options.order, callbacks: callbacks))
    ).first
  }

  /// ``fit(_:epochs:batchSize:validation:options:callbacks:)`` for data that isn't on the device yet.
  @discardableResult
  public func fit(
    _ training: LabeledArrays, epochs: Int, batchSize: Int, validation: LabeledArrays? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try fit(
      ResidentData(training), epochs: epochs, batchSize: batchSize, validation: validation.map { try ResidentData($0) },
      options: options, callbacks: callbacks)
  }

  /// Begins a `fit`: resumes the history, and hands each callback what a checkpoint kept for it.
  func begin(_ plan: FitPlan, order: any BatchOrder, callbacks: [any Callback]) throws {
    (self.callbacks, restoredEpoch) = (callbacks, nil)
    for callback in callbacks { try callback.trainingBegan(plan, in: self) }
    // Without epochs nothing is planned: training stays as it ended.
    if plan.epochs > 0 {
      self.plan = Checkpoint.Plan(
        epochs: plan.lastEpoch, stepsPerEpoch: plan.stepsPerEpoch, batchSize: plan.batchSize,
        order: "\(type(of: order))")
      history.stopReason = nil
    }
    if isUntrained { history = History() }
    for (name, callback) in rememberingCallbacks {
      if let memory = memories.removeValue(forKey: name) { try callback.recall(memory, in: self) }
    }
  }

  /// Takes over what updates have made of the state.
  func advance(to state: TrainingState, steps: Int) {
    self.state = state
    step += steps
  }

  func finishEpoch() { (epoch, partialEpoch) = (epoch + 1, nil) }

  func add(_ record: EpochRecord) { history.epochs.append(record) }

  func stop(_ reason: String) { history.stopReason = history.stopReason ?? reason }

  /// An epoch that an error ended is not continued: only a checkpoint from its middle is.
  func endFit() { (callbacks, partialEpoch) = ([], nil) }

  /// Where a trainer stands; the state is in memory of its own.
  struct Position {
    let state: TrainingState
    let step: Int
    let epoch: Int
  }

  func position() throws -> Position { Position(state: try state.copy(), step: step, epoch: epoch) }

  func move(to position: Position) {
    (state, step, epoch, partialEpoch) = (position.state, position.step, position.epoch, nil)
  }

  // MARK: - Going back and continuing

  /// Goes back to a state kept earlier: parameters, running statistics and the method's memory. ``step`` and ``epoch``
  /// keep counting.
  /// - Throws: ``TrainingError`` if the state belongs to another model or method.
  public func restore(_ state: TrainingState) throws {
    self.state = TrainingState(tree: try state.tree.checked(against: self.state.tree).evaluate().copied())
  }

  /// Everything that determines how this training continues.
  ///
  /// - Parameter configuration: kept as it is.
  /// - Throws: `EngineError` if the state can't be read from the device.
  public func checkpoint(configuration: String = "") throws -> Checkpoint {
    var tensors: OrderedDictionary<String, HostArray> = [:]
    for (path, tensor) in state.tree.pairs {
      tensors[path] = try sharding?.whole(tensor, at: path) ?? tensor.hostArray()
    }
    var memories = self.memories
    for (name, callback) in rememberingCallbacks { memories[name] = try callback.memory() }
    if let partialEpoch { memories[PartialEpoch.name] = try partialEpoch.memory() }
    return Checkpoint(
      tensors: tensors, epoch: epoch, step: step, key: try key.state.values(), plan: plan,
      configuration: configuration, history: history, callbacks: memories)
  }

  /// Saves a checkpoint in a folder, which is created if needed.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// func newTrainer(seed: UInt64) throws -> Trainer {
  ///   try Trainer(
  ///     model: Sequential { Flatten(); Dense(10) },
  ///     method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///       $0.preprocessing = Rescaling(dividingBy: 255)
  ///     },
  ///     inputs: data.train.inputs, seed: seed)
  /// }
  /// let folder = "runs/first/checkpoints"
  /// let first = try newTrainer(seed: 1)
  /// try first.fit(data.train, epochs: 2, batchSize: 50)
  /// try first.save(to: folder)
  ///
  /// let second = try newTrainer(seed: 2)
  /// try second.restore(from: folder)
  /// try second.fit(data.train, epochs: 3, batchSize: 50)
  /// print(second.history.epochs.map(\.epoch))  // [1, 2, 3, 4, 5]
  /// ```
  /// - Parameters:
  ///   - configuration: saved with the state, for ``restore(from:configuration:)`` to compare.
  ///   - keep: number of checkpoints to keep in the folder.
  /// - Returns: the checkpoint's number.
  /// - Throws: ``CheckpointError``; the folder's older checkpoints are untouched in that case.
  @discardableResult
  public func save(to folder: String, configuration: String = "", keep: Int = 2) throws -> Int {
    try CheckpointFolder(folder).save(checkpoint(configuration: configuration), keep: keep)
  }

  /// Continues from the newest checkpoint of a folder.
  ///
  /// Model, method and element type must be those of the saved trainer; the seed need not be. Then fit the checkpoint's
  /// ``Checkpoint/remainingEpochs`` on the same data in the same way.
  /// - Parameter configuration: if given, the one that must have been saved.
  /// - Throws: ``CheckpointError``; the trainer is unchanged in that case.
  @discardableResult
  public func restore(from folder: String, configuration: String? = nil) throws -> Checkpoint {
    guard let checkpoint = try CheckpointFolder(folder).latest() else {
      throw CheckpointError.noCheckpoint(folder: folder)
    }
    if let configuration, configuration != checkpoint.configuration {
      throw CheckpointError.differentConfiguration(saved: checkpoint.configuration, expected: configuration)
    }
    try restore(checkpoint)
    return checkpoint
  }

  /// Continues from a checkpoint, as ``restore(from:configuration:)`` does.
  public func restore(_ checkpoint: Checkpoint) throws {
    let tree = state.tree
    let missing = tree.paths.filter { checkpoint.tensors[$0] == nil }
    let unexpected = Array(checkpoint.tensors.keys).filter { tree[$0] == nil }
    let mismatched = tree.pairs.compactMap { path, tensor in
      checkpoint.tensors[path].flatMap { array -> TypeMismatch? in
        let (actual, expected) = (TensorType(array.dtype, Shape(array.shape)), sharding?.wholeType(path) ?? tensor.type)
        return actual == expected ? nil : TypeMismatch(path: path, expected: expected, actual: actual)
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw CheckpointError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let restored = try tree.map { path, tensor in
      try checkpoint.tensors[path].map { try sharding?.shares(of: $0, at: path) ?? Tensor($0).onDevice() } ?? tensor
    }
    let key = Key(state: try Tensor(checkpoint.key).onDevice())
    (state, self.key) = (TrainingState(tree: restored), key)
    (step, epoch, history) = (checkpoint.step, checkpoint.epoch, checkpoint.history)
    (plan, memories) = (checkpoint.plan, checkpoint.callbacks)
    partialEpoch = PartialEpoch(memories.removeValue(forKey: PartialEpoch.name))
  }

  /// The callbacks of the running `fit` that remember earlier epochs, under distinct names.
  private var rememberingCallbacks: [(name: String, callback: any RememberingCallback)] {
    var counts: [String: Int] = [:]
    return callbacks.compactMap { $0 as? any RememberingCallback }.map { callback in
      let count = counts[callback.memoryName, default: 0] + 1
      counts[callback.memoryName] = count
      return (count == 1 ? callback.memoryName : "\(callback.memoryName) \(count)", callback)
    }
  }

  /// Starts afresh with other variables: epochs, updates and the method's memory are those of a new trainer.
  func begin(with variables: ModelVariables) throws {
    state = try TrainingState(variables, method: method, sharding)
    (step, epoch, history, plan, memories, partialEpoch) = (0, 0, History(), nil, [:], nil)
  }
}
