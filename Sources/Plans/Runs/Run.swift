/// One training of one configuration.
public struct Run: Sendable {
  public let configuration: RunConfiguration
  public let data: DatasetPair

  public init(_ configuration: RunConfiguration, data: DatasetPair) {
    self.configuration = configuration
    self.data = data
  }

  /// A run on the data that the configuration names.
  public init(
    _ configuration: RunConfiguration, folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws {
    self.init(
      configuration,
      data: try configuration.source().load(from: folders, progress: progress))
  }

  /// The model, with an output for each class, or for each target; a single one for a loss of yes and no on two classes.
  /// - Throws: `ConfigurationError`.
  public func model() throws(ConfigurationError) -> any Layer { try configuration.model(for: ModelData(data)) }

  /// A trainer at its start, and the options to fit with.
  /// - Throws: `ConfigurationError`; `Diagnostic` with the layer's path if the model doesn't fit the data.
  public func trainer() throws -> (trainer: Trainer, options: FitOptions) {
    var method = try configuration.method(forInputsOf: data.train.inputs.dtype)
    if let fitted = method.preprocessing as? any FittedPreprocessing {
      method.preprocessing = try fitted.fitted(to: data.train.inputs)
    }
    guard let seed = UInt32(exactly: configuration.seed) else {
      throw ConfigurationError.outOfRange(
        key: "seed", value: "\(configuration.seed)", range: "in 0...\(UInt32.max)", origin: "")
    }
    let model = try model()
    func trainer(_ parameters: TensorTree? = nil) throws -> Trainer {
      try Trainer(
        model: model, method: method, inputs: data.train.inputs, precision: configuration.precision, seed: UInt64(seed),
        parameters: parameters)
    }
    var options = FitOptions(
      partialBatch: configuration.partialBatch, evaluatesBeforeTraining: configuration.evaluatesBeforeTraining)
    let keyed = try trainer()
    guard configuration.rng == .numPy else { return (keyed, options) }
    var generator = NumPyRandomState(seed: seed)
    let parameters = try keyed.state.parameters.map { try Self.draw($0, $1, from: &generator) }
    options.order = NumPyOrder(generator)
    return (try trainer(parameters), options)
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
  /// - Returns: the trainer, and the records of all epochs.
  /// - Throws: as ``trainer()`` and `Trainer.fit` do; `CheckpointError` for another model's checkpoint.
  public func train(
    on resident: ResidentPair? = nil, chunks: Int = 1, writingTo folder: String = "out/run",
    from checkpoint: Checkpoint? = nil, callbacks: [any Callback] = []
  ) throws -> (trainer: Trainer, history: History) {
    var (trainer, options) = try trainer()
    options.chunksPerEpoch = chunks
    let pair = try resident ?? ResidentPair(data, examples: configuration.examples)
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
    try architecture().model(outputs: data.outputs(for: method().loss), inputs: data.encoding)
  }

  /// The method for inputs of a type: bytes are scaled to 0...1 if no preprocessing is named.
  func method(forInputsOf dtype: DType) throws(ConfigurationError) -> Method {
    var method = try method()
    // In single precision whatever the model computes in, as NumPy programs often do.
    if preprocessing == nil, dtype == .uint8 {
      method.preprocessing = Rescaling(dividingBy: 255, precision: .float32)
    }
    return method
  }
}

extension Architecture {
  /// The model for inputs that were encoded in a certain way.
  /// - Throws: `ConfigurationError` if they number categories, whose numbers mean nothing to the model.
  public func model(outputs: Int, inputs: InputEncoding?) throws(ConfigurationError) -> any Layer {
    let categories = inputs?.categoryCounts ?? []
    if let tabular = self as? any TabularArchitecture { return tabular.model(outputs: outputs, categories: categories) }
    guard categories.isEmpty else {
      throw .invalid(
        message: "'\(Self.name)' takes no numbered categories: choose categories: oneHot for the table, or the model "
          + "tabularMLP", origin: "")
    }
    return model(outputs: outputs)
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
}
