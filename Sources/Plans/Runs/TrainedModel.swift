import OrderedCollections
import PJRT
import Training

/// A network that a run has trained, ready to be used.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let run = Run(RunConfiguration(), data: data)
/// let (trainer, history) = try run.train()
/// try ModelFile(trainer, of: run, after: history.epochs.last).write(to: "model.safetensors")
///
/// let model = try TrainedModel(contentsOf: "model.safetensors")
/// let predictions = try model.predict(data.test.inputs)
/// print(predictions.classes?.first ?? 0, predictions.values.shape)  // the first image's class, [100, 10]
/// print(try model.evaluate(data)["accuracy"] ?? .nan)
/// ```
/// Predictions are bit for bit those of the trainer that the model was saved from.
public struct TrainedModel {
  public let file: ModelFile
  private let trainer: Trainer

  /// - Throws: ``ModelFileError``; the engine's errors.
  public init(contentsOf path: String) throws { try self.init(ModelFile(contentsOf: path)) }

  /// - Throws: ``ModelFileError`` if the file holds no network or other arrays than its model has.
  public init(_ file: ModelFile) throws {
    guard file.kind == .network else { throw ModelFileError.wrongKind(found: file.kind, wanted: .network) }
    self.file = file
    let configuration = file.configuration
    let model = try configuration.model(for: file.data)
    var method = try configuration.method(for: model, on: file.data)
    if let fitted = method.preprocessing as? any FittedPreprocessing {
      method.preprocessing = try fitted.fitted(with: file.statistics)
    }
    // What the file holds is what was evaluated, whatever led to it.
    let bare = Method(loss: method.loss, optimizer: SGD()) {
      ($0.metrics, $0.preprocessing, $0.targetScale) = (method.metrics, method.preprocessing, method.targetScale)
    }
    trainer = try Trainer(
      model: model, method: bare, inputs: TensorType(file.data.inputType, Shape([1] + file.data.inputShape)),
      precision: configuration.precision, devices: Engine.shared().devices)
    try Self.restore(file, into: trainer)
  }

  private static func restore(_ file: ModelFile, into trainer: Trainer) throws {
    let state = trainer.state.modelState
    var tensors: OrderedDictionary<String, HostArray> = [:]
    for (path, array) in file.tensors { tensors[(state[path] == nil ? "parameters/" : "state/") + path] = array }
    let plan = file.epoch.map {
      Checkpoint.Plan(epochs: $0.epochs, stepsPerEpoch: $0.stepsPerEpoch, batchSize: $0.batchSize, order: "")
    }
    do {
      try trainer.restore(
        Checkpoint(
          tensors: tensors, epoch: file.epoch?.epoch ?? 0, step: file.epoch?.step ?? 0, key: [0, 0], plan: plan))
    } catch CheckpointError.differentModel(let missing, let unexpected, let mismatched) {
      throw ModelFileError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
  }

  /// The network.
  public var model: any Layer { trainer.model }
  /// The network's parameters and running statistics.
  public var variables: ModelVariables { trainer.variables }
  /// Turns the data's inputs into the network's, with the statistics of the training data.
  public var preprocessing: any Preprocessing { trainer.method.preprocessing }
  /// What the network takes, after preprocessing, for a batch of one record.
  public var inputType: TensorType { trainer.inputType }
  /// The element types of parameters and computation.
  public var precision: Precision { trainer.precision }
  /// What the network's outputs are, as the loss interprets them; nil if it doesn't say.
  public var outputKind: OutputKind? { trainer.method.loss.outputKind }
  /// The names of the classes, or their numbers where they have no names; empty for other targets.
  public var classNames: [String] {
    file.data.classNames.isEmpty ? (0..<(file.data.classCount ?? 0)).map(String.init) : file.data.classNames
  }

  /// The network's outputs as they are: logits, probabilities or values.
  /// - Parameter inputs: `[count, …]`, before preprocessing.
  /// - Throws: ``ModelFileError/differentInputs(saved:found:)``; the engine's errors.
  public func outputs(_ inputs: HostArray, batchSize: Int = 1000) throws -> HostArray {
    try check(inputs)
    return try trainer.predict(inputs, batchSize: batchSize)
  }

  /// Classes with their probabilities, or predicted values.
  /// - Parameters:
  ///   - inputs: `[count, …]`, before preprocessing, of any count.
  ///   - batchSize: number of records computed at once.
  ///   - names: what the records are called; their numbers by default.
  /// - Throws: ``ModelFileError/differentInputs(saved:found:)``; the engine's errors.
  public func predict(_ inputs: HostArray, batchSize: Int = 1000, names: [String]? = nil) throws -> Predictions {
    try check(inputs)
    return try predict(ArrayReader(inputs), batchSize: batchSize, memory: .max, names: names)
  }

  private func predict(
    _ inputs: any RecordReader, batchSize: Int, memory: Int, names: [String]?
  ) throws -> Predictions {
    let shape = Array(trainer.outputType.shape.dropFirst())
    let names = names ?? (0..<inputs.count).map(String.init)
    guard let kind = trainer.method.loss.outputKind, kind != .values else {
      let outputs = try trainer.predict(inputs, batchSize: batchSize, memory: memory)
      let values = try file.data.encoding?.restored(outputs) ?? outputs
      return try Predictions(names, values: values, columns: columns(shape))
    }
    guard shape.count == 1 || !kind.isOfClasses else { throw ModelFileError.unsupportedOutputs(shape: shape) }
    guard file.data.classCount != nil else {
      let values = try trainer.predictProbabilities(inputs, batchSize: batchSize, memory: memory)
      return try Predictions(names, values: values, columns: columns(shape))
    }
    let (classes, values) = try trainer.predictClassesWithProbabilities(inputs, batchSize: batchSize, memory: memory)
    return try Predictions(
      names, values: kind.isOfEvents ? Tensor(values).withComplement() : values, columns: classNames, classes: classes)
  }

  /// Predictions for the records in files, which are read as the training data were.
  /// - Parameter memory: the most bytes that inputs take at a time: pictures and NPY files are then read batch by batch, with
  ///   the same results; nil to read all of them first.
  /// - Throws: `DatasetError` for files that can't be read or don't fit, and for files that can't be read part by part if
  ///   memory is limited; as ``predict(_:batchSize:names:)`` does; `TrainingError.beyondMemory(needed:limit:)`.
  public func predict(
    files paths: [String], batchSize: Int = 1000, memory: Int? = nil
  ) throws -> (predictions: Predictions, notes: [String]) {
    let arrays = InputEncoding.arrays(ArrayEncoding(shape: file.data.inputShape, dtype: file.data.inputType))
    let encoding = file.data.encoding ?? arrays
    guard let memory else {
      let read = try encoding.inputs(from: paths)
      return (try predict(read.inputs, batchSize: batchSize, names: read.names), read.notes)
    }
    let read = try encoding.stream(from: paths)
    try file.data.checkInputs(read.inputs.dtype, read.inputs.shape)
    let predictions = try predict(read.inputs, batchSize: batchSize, memory: memory, names: read.names)
    return (predictions, read.notes)
  }

  /// Loss and metrics on a data set's test data.
  /// - Throws: ``ModelFileError`` if its inputs or classes aren't those of the training data; as `Trainer.evaluate` does.
  public func evaluate(_ data: DatasetPair) throws -> OrderedDictionary<String, Double> {
    try evaluate(OpenedData(data))
  }

  /// ``evaluate(_:)`` for data that may be read part by part, with the same results.
  public func evaluate(_ data: OpenedData) throws -> OrderedDictionary<String, Double> {
    try file.data.check(ModelData(data.pair))
    return try trainer.evaluate(data.residentTest())
  }

  /// Loss and metrics on records that were prepared as the training data were.
  /// - Throws: ``ModelFileError/differentInputs(saved:found:)``; as `Trainer.evaluate` does.
  func evaluate(_ records: LabeledArrays) throws -> OrderedDictionary<String, Double> {
    try check(records.inputs)
    return try trainer.evaluate(records)
  }

  private func check(_ inputs: HostArray) throws(ModelFileError) {
    try file.data.checkInputs(inputs.dtype, Array(inputs.shape.dropFirst()))
  }

  /// What outputs that aren't classes are called: the targets' names, otherwise `value`, or `value 0`, `value 1`, ….
  private func columns(_ shape: [Int]) -> [String] {
    let count = shape.reduce(1, *)
    if let names = file.data.encoding?.targetNames, names.count == count { return names }
    return count == 1 ? ["value"] : (0..<count).map { "value \($0)" }
  }
}

extension Tensor {
  /// The probabilities of no and yes, from those of yes.
  fileprivate func withComplement() throws -> HostArray {
    let yes = reshape(to: [shape[0], 1])
    return try Tensor.concatenate([1 - yes, yes], axis: 1).hostArray()
  }
}

extension ModelFile {
  /// A run's model as it is now.
  /// - Parameter record: what the last epoch recorded.
  /// - Throws: `EngineError` if the state can't be read from the device.
  public init(_ trainer: Trainer, of run: Run, after record: EpochRecord?) throws {
    let variables = trainer.variables
    let all = try variables.parameters.merging(variables.state).evaluate()
    var tensors: OrderedDictionary<String, HostArray> = [:]
    for (path, tensor) in all.pairs { tensors[path] = try tensor.hostArray() }
    let fit = trainer.method.preprocessing as? PreprocessingFit
    self.init(
      .network, run.configuration, data: ModelData(run.data),
      epoch: record.map { SavedEpoch($0, trainer.plan) }, tensors: tensors,
      statistics: fit?.statistics ?? [:])
  }
}
