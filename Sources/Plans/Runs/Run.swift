import PJRT

/// One training of one configuration.
public struct Run: Sendable {
  public let configuration: RunConfiguration
  public let opened: OpenedData
  /// Of data that are read part by part only the first records.
  public var data: DatasetPair { opened.pair }

  public init(_ configuration: RunConfiguration, data: DatasetPair) { self.init(configuration, OpenedData(data)) }

  /// A run on data that have been opened, in memory or not.
  public init(_ configuration: RunConfiguration, _ opened: OpenedData) {
    (self.configuration, self.opened) = (configuration, opened)
  }

  /// A run on the data that the configuration names.
  /// - Parameter memory: as for ``OpenedData``.
  public init(
    _ configuration: RunConfiguration, folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil,
    memory: Int? = nil
  ) throws {
    self.init(
      configuration,
      try OpenedData(
        configuration.source(), named: configuration.data.name, folders: folders, progress: progress, memory: memory))
  }

  /// The model, with an output for each class, or for each target; a single one for a loss of yes and no on two classes.
  /// - Throws: `ConfigurationError`.
  public func model() throws(ConfigurationError) -> any Layer { try configuration.model(for: ModelData(data)) }

  /// A trainer at its start, on as many devices as the engine has for it, and the options to fit with.
  /// - Parameter note: receives sentences about the weights that the run starts from, if it starts from some.
  /// - Throws: `ConfigurationError`; `Diagnostic` with the layer's path if the model doesn't fit the data; `WeightError` if
  ///   the weights don't fit the model.
  public func trainer(note: (String) -> Void = { _ in }) throws -> (trainer: Trainer, options: FitOptions) {
    let model = try model()
    var method = try configuration.method(for: model, on: ModelData(data))
    if let fitted = method.preprocessing as? any FittedPreprocessing {
      method.preprocessing = try fitted.fitted(to: opened.train.inputs)
    }
    guard let seed = UInt32(exactly: configuration.seed) else {
      throw ConfigurationError.outOfRange(
        key: "seed", value: "\(configuration.seed)", range: "in 0...\(UInt32.max)", origin: "")
    }
    func trainer(_ parameters: TensorTree? = nil) throws -> Trainer {
      try Trainer(
        model: model, method: method, inputs: data.train.inputs, precision: configuration.precision, seed: UInt64(seed),
        parameters: parameters, devices: Engine.shared().devices, optimizerState: configuration.optimizerState)
    }
    var options = FitOptions(
      partialBatch: configuration.partialBatch, evaluatesBeforeTraining: configuration.evaluatesBeforeTraining,
      checkpointing: configuration.checkpoint)
    let keyed = try trainer()
    guard configuration.rng == .numPy else {
      try configuration.loadWeights(into: keyed, note: note)
      return (keyed, options)
    }
    var generator = NumPyRandomState(seed: seed)
    let parameters = try keyed.state.parameters.map { try Self.draw($0, $1, from: &generator) }
    options.order = NumPyOrder(generator)
    let drawn = try trainer(parameters)
    try configuration.loadWeights(into: drawn, note: note)
    return (drawn, options)
  }

  /// A parameter's initial values by NumPy's draws.
  private static func draw(
    _ path: String, _ parameter: Tensor, from generator: inout NumPyRandomState
  ) throws(ConfigurationError) -> Tensor {
    guard path.hasSuffix("kernel") else { return parameter.zerosLike() }
    guard parameter.rank == 2 else {
      throw .invalid(
        message: "'rng: numPy' is for dense layers only, but '\(path)' has the shape \(parameter.shape)", origin: "")
    }
    let scale = (2 / Double(parameter.shape[0])).squareRoot()
    let drawn = generator.randn(parameter.shape.elementCount).map { $0 * scale }
    return Tensor(drawn, shape: parameter.shape).cast(to: parameter.dtype)
  }

  /// Trains from the start, or from where a checkpoint was made, to the end.
  /// - Parameters:
  ///   - chunks: programs an epoch is divided into, so that progress can be shown.
  ///   - folder: where the configuration's callbacks write.
  ///   - checkpoint: of the same configuration; training continues to the same bits.
  ///   - callbacks: called after those of the configuration.
  ///   - note: as for ``trainer(note:)``.
  /// - Returns: the trainer, and the records of all epochs.
  /// - Throws: as ``trainer(note:)`` and `Trainer.fit` do; `CheckpointError` for another model's checkpoint.
  public func train(
    on resident: ResidentPair? = nil, chunks: Int = 1, writingTo folder: String = "out/run",
    from checkpoint: Checkpoint? = nil, callbacks: [any Callback] = [], note: (String) -> Void = { _ in }
  ) throws -> (trainer: Trainer, history: History) {
    var (trainer, options) = try trainer(note: note)
    options.chunksPerEpoch = chunks
    let pair = try resident ?? opened.resident(examples: configuration.examples)
    if let checkpoint { try trainer.restore(checkpoint) }
    let isStopped = trainer.history.stopReason != nil
    let place = CallbackPlace(folder: folder, configuration: configuration.canonicalText)
    try trainer.fit(
      pair.train, epochs: isStopped ? 0 : configuration.epochs - trainer.epoch, batchSize: configuration.batchSize,
      validation: pair.test, options: options, callbacks: configuration.makeCallbacks(in: place) + callbacks)
    return (trainer, trainer.history)
  }
}

extension RunConfiguration {
  /// The network that the run trains on such data.
  func model(for data: ModelData) throws(ConfigurationError) -> any Layer {
    let architecture = try architecture()
    let inputs = ModelInputs(
      categories: data.encoding?.categoryCounts ?? [], shape: data.inputShape, targets: data.targetShape, seed: seed)
    guard inputs.categories.isEmpty || architecture.takesCategories else {
      throw .invalid(
        message: "'\(type(of: architecture).name)' takes no numbered categories: choose categories: oneHot for the "
          + "table, or the model tabularMLP", origin: "")
    }
    return architecture.model(for: inputs, outputs: data.outputs(for: try method().loss))
  }

  /// The method for a model and data. If no preprocessing is named, bytes are scaled to 0...1, and tokens stay as they are.
  func method(for model: any Layer, on data: ModelData) throws(ConfigurationError) -> Method {
    var method = try method()
    if case .table(let encoding) = data.encoding, let scale = encoding.target.scale {
      method.targetScale = TargetScale(mean: scale.mean, deviation: scale.deviation)
    }
    if preprocessing == nil, (model as? any TokenModel)?.takesTokens == true {
      method.preprocessing = UnchangedInputs()
      return method
    }
    // In single precision whatever the model computes in, as NumPy programs often do.
    if preprocessing == nil, data.inputType == .uint8 {
      method.preprocessing = Rescaling(dividingBy: 255, precision: .float32)
    }
    return method
  }
}

/// Training and test data on the device, for several runs.
public struct ResidentPair: Sendable {
  public let train: ResidentData
  public let test: ResidentData

  /// - Parameter examples: training examples to use, the first ones; nil for all.
  /// - Throws: `TrainingError.notFinite` for numbers that are NaN or infinite, `EngineError` if the device can't hold
  ///   the data.
  public init(_ pair: DatasetPair, examples: Int? = nil) throws {
    let count = Swift.min(examples ?? pair.train.count, pair.train.count)
    train = try ResidentData(count == pair.train.count ? pair.train : pair.train.prefix(count))
    test = try ResidentData(pair.test)
    try train.checkFinite("training")
    try test.checkFinite("test")
  }

  /// Data that are read part by part; both parts are never read at the same time.
  /// - Parameter memory: the most bytes that inputs take at a time.
  public init(streaming pair: StreamedPair, examples: Int? = nil, memory: Int) throws {
    train = try ResidentData(streaming: pair.train.prefix(examples ?? .max), memory: memory)
    test = try ResidentData(streaming: pair.test, memory: memory)
    try train.checkFinite("training")
    try test.checkFinite("test")
  }
}
