import OrderedCollections

/// A model, a method, and how far the one has been trained by the other.
///
/// ```swift
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(100); ReLU(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(rate: 0.1)), inputs: data.train.inputs)
/// let history = try trainer.fit(data.train, epochs: 5, batchSize: 100, validation: data.test)
/// ```
public final class Trainer {
  public let model: any Layer
  public let method: Method
  /// The element types of parameters and computation.
  public let precision: Precision
  /// What the model takes and gives for a batch of one example; inputs as they are after preprocessing.
  public let inputType: TensorType
  public let outputType: TensorType
  /// Parameters and everything else that steps change. The next step takes its memory over: keep a
  /// ``TrainingState/copy()``.
  public internal(set) var state: TrainingState
  /// Updates done.
  public internal(set) var step = 0
  /// Epochs done.
  public internal(set) var epoch = 0
  /// What all epochs showed, those before a restored checkpoint included.
  public internal(set) var history = History()
  /// How `fit` goes or last went through its data.
  var plan: DataPlan?
  /// Those of the `fit` that is running.
  var callbacks: [any Callback] = []
  /// What a checkpoint kept for callbacks that haven't come yet.
  var memories: OrderedDictionary<String, CallbackMemory> = [:]
  var key: Key

  /// - Parameters:
  ///   - inputs: for their type and shape; what they hold doesn't matter.
  ///   - precision: the element types of parameters and computation.
  ///   - seed: decides initial parameters, order and every random draw.
  ///   - parameters: initial values by path, instead of drawn ones; they are copied.
  /// - Throws: `Diagnostic` with the layer's path if the model doesn't fit the inputs, ``TrainingError`` if the
  ///   parameters don't fit the model, `AugmentationError` if the inputs can't be augmented as the method says.
  public init(
    model: any Layer, method: Method, inputs: HostArray, precision: Precision = .float32, seed: UInt64 = 0,
    parameters: TensorTree? = nil
  ) throws {
    self.model = model
    self.method = method
    self.precision = precision
    if !method.augmentation.isEmpty { try method.augmentation.check(ImageShape(of: inputs.shape)) }
    key = Key(state: try Tensor([seed, 0]).hidden())
    let sample = method.preprocessing(
      Tensor.zeros(Shape([1] + inputs.shape.dropFirst()), dtype: inputs.dtype), dtype: precision.computation)
    if let diagnostic = sample.diagnostic { throw diagnostic }
    let (records, lazy) = try model.trace(sample.type, key: key.derived("initial"), precision: precision)
    inputType = sample.type
    // The model's own call is the last that ends.
    outputType = records.last?.output ?? sample.type
    var variables = ModelVariables(parameters: try lazy.parameters.evaluate(), state: try lazy.state.evaluate())
    if let parameters {
      variables.parameters = try parameters.checked(against: variables.parameters).evaluate().copied()
    }
    state = TrainingState(tree: try TrainingState(variables, method: method).tree.evaluate().unaliased())
  }

  /// The variables to evaluate and keep: averaged, where the method averages.
  public var variables: ModelVariables { state.variables(method.averaging) }

  /// Goes back to a state kept before: parameters, running statistics and what the method remembers. ``step``
  /// and ``epoch`` go on counting.
  /// - Throws: ``TrainingError`` if it is another model's or another method's.
  public func restore(_ state: TrainingState) throws {
    self.state = TrainingState(tree: try state.tree.checked(against: self.state.tree).evaluate().copied())
  }
}

extension TensorTree {
  /// These tensors in the order of `expected`.
  /// - Throws: ``TrainingError`` if paths or types aren't those of `expected`.
  fileprivate func checked(against expected: TensorTree) throws(TrainingError) -> TensorTree {
    let missing = expected.paths.filter { self[$0] == nil }
    let unexpected = paths.filter { expected[$0] == nil }
    guard missing.isEmpty, unexpected.isEmpty else { throw .differentModel(missing: missing, unexpected: unexpected) }
    var checked = TensorTree()
    for (path, tensor) in expected.pairs {
      guard let value = self[path] else { continue }
      guard value.type == tensor.type || value.diagnostic != nil else {
        throw .differentType(
          path: path, expected: "\(tensor.dtype)\(tensor.shape)", actual: "\(value.dtype)\(value.shape)")
      }
      checked[path] = value
    }
    return checked
  }
}

extension Trainer {
  /// Everything that decides how this training goes on.
  ///
  /// - Parameter configuration: kept as it is.
  /// - Throws: `EngineError` if the state can't be read from the device.
  public func checkpoint(configuration: String = "") throws -> Checkpoint {
    var tensors: OrderedDictionary<String, HostArray> = [:]
    for (path, tensor) in state.tree.pairs { tensors[path] = try tensor.hostArray() }
    var memories = self.memories
    for (name, callback) in rememberingCallbacks { memories[name] = try callback.memory() }
    return Checkpoint(
      tensors: tensors, epoch: epoch, step: step, key: try key.state.values(), plan: plan,
      configuration: configuration, history: history, callbacks: memories)
  }

  /// Saves a checkpoint in a folder, which is made if need be.
  ///
  /// - Parameters:
  ///   - configuration: kept beside the state, for ``restore(from:configuration:)`` to compare.
  ///   - keep: how many checkpoints of the folder stay.
  /// - Returns: the checkpoint's number.
  /// - Throws: ``CheckpointError``; the folder's older checkpoints are untouched then.
  @discardableResult
  public func save(to folder: String, configuration: String = "", keep: Int = 2) throws -> Int {
    try CheckpointFolder(folder).save(checkpoint(configuration: configuration), keep: keep)
  }

  /// Goes on from the newest checkpoint of a folder.
  ///
  /// The trainer's model, method and element type have to be the saved one's, its seed needn't. Fit the
  /// checkpoint's ``Checkpoint/remainingEpochs`` on the same data in the same way.
  /// - Parameter configuration: if given, the one that must have been saved.
  /// - Throws: ``CheckpointError``; the trainer is as it was then.
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

  /// Goes on from a checkpoint, as ``restore(from:configuration:)`` does.
  public func restore(_ checkpoint: Checkpoint) throws {
    let tree = state.tree
    let missing = tree.paths.filter { checkpoint.tensors[$0] == nil }
    let unexpected = Array(checkpoint.tensors.keys).filter { tree[$0] == nil }
    let mismatched = tree.pairs.compactMap { path, tensor in
      checkpoint.tensors[path].flatMap { array -> TypeMismatch? in
        let actual = TensorType(array.dtype, Shape(array.shape))
        return actual == tensor.type ? nil : TypeMismatch(path: path, expected: tensor.type, actual: actual)
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw CheckpointError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let restored = try tree.map { path, tensor in
      try checkpoint.tensors[path].map { try Tensor($0).hidden() } ?? tensor
    }
    let key = Key(state: try Tensor(checkpoint.key).hidden())
    (state, self.key) = (TrainingState(tree: restored), key)
    (step, epoch, history) = (checkpoint.step, checkpoint.epoch, checkpoint.history)
    (plan, memories) = (checkpoint.plan, checkpoint.callbacks)
  }

  /// Makes the trainer's memory of epochs ready for those of a `fit`, and hands its callbacks what a checkpoint
  /// kept for them.
  func beginHistory(_ plan: FitPlan, order: any BatchOrder) throws {
    // Without epochs to do nothing is planned anew: training stays as it ended.
    if plan.epochs > 0 {
      self.plan = DataPlan(
        epochs: plan.lastEpoch, stepsPerEpoch: plan.stepsPerEpoch, batchSize: plan.batchSize,
        order: "\(type(of: order))")
      history.stopReason = nil
    }
    if epoch == 0 { history = History() }
    for (name, callback) in rememberingCallbacks {
      if let memory = memories.removeValue(forKey: name) { try callback.recall(memory, in: self) }
    }
  }

  /// Those of the `fit` that is running, by distinct names.
  private var rememberingCallbacks: [(name: String, callback: any RememberingCallback)] {
    var counts: [String: Int] = [:]
    return callbacks.compactMap { $0 as? any RememberingCallback }.map { callback in
      let count = counts[callback.memoryName, default: 0] + 1
      counts[callback.memoryName] = count
      return (count == 1 ? callback.memoryName : "\(callback.memoryName) \(count)", callback)
    }
  }
}

extension Trainer {
  /// Writes the weights, averaged where the method averages, as a safetensors file that other frameworks read.
  /// - Throws: ``WeightError`` or ``SafetensorsError``.
  public func exportWeights(to path: String, layout: WeightLayout = .tanren) throws {
    try layout.exported(variables, records: structure()).write(to: path)
  }

  /// Begins anew with the weights of a safetensors file: epochs, updates and what the method remembers are
  /// those of a new trainer.
  /// - Throws: ``WeightError`` or ``SafetensorsError``; the trainer is as it was then.
  public func importWeights(from path: String, layout: WeightLayout = .tanren) throws {
    let variables = ModelVariables(parameters: state.parameters, state: state.modelState)
    let read = try layout.imported(Safetensors(contentsOf: path), for: variables, records: structure())
    let fresh = TrainingState(read, method: method)
    state = TrainingState(tree: try fresh.tree.evaluate().unaliased())
    (step, epoch, history, plan, memories) = (0, 0, History(), nil, [:])
  }

  /// The calls of layers that the model is made of.
  private func structure() throws -> [LayerRecord] { try model.trace(inputType, precision: precision).records }
}

extension Trainer {
  /// The model's layers with their shapes and counts.
  /// - Throws: `Diagnostic`, as tracing does.
  public func layerSummary() throws -> LayerSummary { try model.layerSummary(for: inputType) }

  /// The model as Keras prints it; see `LayerSummary.kerasText(name:)`. For article 2's listing use
  /// ``layerSummary()`` and its `compactText(loss:)`.
  /// - Throws: `Diagnostic`, as tracing does.
  public func summary() throws -> String { try model.summary(for: inputType) }
}

extension Trainer {
  /// Trains for some epochs more.
  ///
  /// If it throws, the trainer stands where the last completed part of an epoch left it.
  /// - Parameters:
  ///   - epochs: how many; 0 only evaluates the untrained model, where the options ask for it.
  ///   - validation: evaluated after each epoch.
  /// - Returns: What this call's epochs showed.
  /// - Throws: ``TrainingError`` for settings and data that can't be; `Diagnostic` and `EngineError` from tracing
  ///   and running; what callbacks throw. Divergence isn't an error: its NaN is recorded.
  public func fit(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try TrainerGroup([self]).fit(
      training, epochs: epochs, batchSize: batchSize, validation: validation, options: [options],
      callbacks: [callbacks])[0]
  }

  /// ``fit(_:epochs:batchSize:validation:options:callbacks:)`` on data that isn't on the device yet.
  public func fit(
    _ training: LabeledArrays, epochs: Int, batchSize: Int, validation: LabeledArrays? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try fit(
      ResidentData(training), epochs: epochs, batchSize: batchSize, validation: validation.map { try ResidentData($0) },
      options: options, callbacks: callbacks)
  }
}
