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
      configuration, data: try Catalog<any DataSource>.all.make(configuration.data).load(from: folders, progress: progress))
  }

  /// A trainer at its start, and the options to fit with.
  public func trainer() throws -> (trainer: Trainer, options: FitOptions) {
    var method = try configuration.method()
    // Bytes are scaled in single precision whatever the model computes in, as article 2's data are (S2-12).
    let isBytes = data.train.inputs.dtype == .uint8
    method.preprocessing = isBytes ? Rescaling(dividingBy: 255, precision: .float32) : Rescaling()
    let classes = data.train.classCount ?? 1
    let model = try Catalog<any Architecture>.all.make(configuration.model).model(outputs: classes)
    let trainer = try Trainer(
      model: model, method: method, inputs: data.train.inputs, dtype: configuration.dtype,
      seed: UInt64(configuration.seed))
    var options = FitOptions(remainder: configuration.remainder, evaluatesUntrained: configuration.untrained)
    guard configuration.draws == .numPy else { return (trainer, options) }
    var generator = NumPyRandomState(seed: UInt32(configuration.seed))
    let parameters = trainer.state.parameters.map { path, tensor in
      guard path.hasSuffix("kernel"), tensor.rank == 2 else { return tensor.zerosLike() }
      let scale = (2 / Double(tensor.shape[0])).squareRoot()
      let drawn = generator.randn(tensor.shape.elementCount).map { $0 * scale }
      return Tensor(drawn, shape: tensor.shape).cast(to: tensor.dtype)
    }
    options.order = NumPyOrder(generator)
    let replayed = try Trainer(
      model: model, method: method, inputs: data.train.inputs, dtype: configuration.dtype,
      seed: UInt64(configuration.seed), parameters: parameters)
    return (replayed, options)
  }

  /// Trains from the start to the end.
  /// - Parameter chunks: programs an epoch is divided into, so that progress can be shown.
  public func train(
    on resident: ResidentPair? = nil, chunks: Int = 1, callbacks: [any Callback] = []
  ) throws -> (trainer: Trainer, history: History) {
    var (trainer, options) = try trainer()
    options.chunksPerEpoch = chunks
    let pair = try resident ?? ResidentPair(data, examples: configuration.examples)
    let history = try trainer.fit(
      pair.train, epochs: configuration.epochs, batchSize: configuration.batch, validation: pair.test, options: options,
      callbacks: callbacks)
    return (trainer, history)
  }
}
