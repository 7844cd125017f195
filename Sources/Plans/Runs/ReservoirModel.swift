import OrderedCollections
import Reservoirs
import Training

/// A reservoir, or a network of nodes, that an experiment has fitted, ready to be used.
///
/// ```swift
/// let arm = Arm("wave", ["experiment": "reservoirPrediction(units: 50)", "data": "sine(train: 500, test: 200)"])
/// let configuration = try arm.configuration(base: [], seed: 0)
/// let data = try configuration.source().load(from: DataFolders(), progress: nil)
/// if let fitted = try configuration.runExperiment(on: data).fitted {
///   try ModelFile(fitted, of: configuration, data).write(to: "wave.safetensors")
///   let model = try ReservoirModel(contentsOf: "wave.safetensors")
///   print(try model.generate(steps: 100).values.shape)  // [100, 1], what comes after the test data
/// }
/// ```
/// Networks that another series drives begin at rest; generation alone begins where the network was saved.
public struct ReservoirModel: Sendable {
  public let file: ModelFile
  /// The model as it was saved.
  public let fitted: FittedReservoir

  /// What classifies sequences, nil for a network that predicts or generates series.
  public var classifier: EchoStateClassifier? {
    if case .classifier(let classifier) = fitted { classifier } else { nil }
  }

  /// - Throws: ``ModelFileError``; the network's errors.
  public init(contentsOf path: String) throws { try self.init(ModelFile(contentsOf: path)) }

  /// - Throws: ``ModelFileError/wrongKind(found:wanted:)`` if the file holds no reservoir; `ReservoirError` if its arrays
  ///   make no network.
  public init(_ file: ModelFile) throws {
    guard file.kind == .reservoir else { throw ModelFileError.wrongKind(found: file.kind, wanted: .reservoir) }
    self.file = file
    if let classifier = try EchoStateClassifier(arrays: file.tensors) {
      fitted = .classifier(classifier)
    } else {
      fitted = .series(try NodeNetwork(arrays: file.tensors) ?? EchoStateNetwork(arrays: file.tensors))
    }
  }

  /// Whether what the network learned to put out is what goes into it next, so that it can go on by itself.
  public var predictsItsInput: Bool { file.tensors[Self.isNext]?.bytes == [1] }

  static let isNext = "predictsItsInput"

  /// The output after each step of a series, which drives the network from rest; of a classifier the class of each
  /// sequence, and its outputs for all classes.
  /// - Parameters:
  ///   - series: `[steps, channels]`, as the training data's inputs; for a classifier `[sequences, frames, channels]`.
  ///   - names: what the steps or sequences are called; their numbers by default.
  /// - Throws: `ReservoirError` for a series that doesn't fit.
  public func predict(_ series: HostArray, names: [String]? = nil) throws -> Predictions {
    let names = names ?? (0..<(series.shape.first ?? 0)).map(String.init)
    if let classifier { return try predictions(of: classifier.outputs(for: Tensor(series)), names) }
    return try predictions(fitted.driven(by: series).hostArray(), names)
  }

  /// Predictions for the series in files: CSV with a column for each channel and with or without a header, NPY or NPZ; as the
  /// training data were read if their source says how. A classifier takes a CSV file for one sequence, with a row per frame,
  /// and NPY and NPZ files for `[sequences, frames, channels]`; where the last channel, 1 within a sequence, is missing, all
  /// frames count.
  /// - Throws: `DatasetError` for files that can't be read; as ``predict(_:names:)`` does.
  public func predict(files paths: [String]) throws -> (predictions: Predictions, notes: [String]) {
    if let classifier { return (try predictions(of: classifier, paths), []) }
    var (names, parts, notes): ([String], [Tensor], [String]) = ([], [], [])
    for path in paths {
      let read = try series(path)
      parts.append(try fitted.driven(by: read.inputs))
      names += read.names
      notes += read.notes
    }
    return (try predictions(Tensor.concatenate(parts).hostArray(), names), notes)
  }

  /// What the network puts out by itself.
  /// - Parameters:
  ///   - steps: 1 or more.
  ///   - series: what drives the network first, from rest; nil to go on from where it was saved.
  /// - Throws: ``ModelFileError/notGenerating`` if the network predicts something else than its input; `ReservoirError`.
  public func generate(steps: Int, after series: HostArray? = nil) throws -> Predictions {
    guard classifier == nil, fitted.feedsItself || predictsItsInput else { throw ModelFileError.notGenerating }
    guard steps >= 1 else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "1 or more")
    }
    let values = try fitted.continued(steps: steps, after: series).hostArray()
    return try predictions(values, (1...steps).map(String.init))
  }

  /// As ``generate(steps:after:)``, after the series in a file.
  public func generate(steps: Int, afterFile path: String?) throws -> Predictions {
    try generate(steps: steps, after: path.map { try series($0).inputs })
  }

  /// In the series' own unit, under its columns' names.
  private func predictions(_ values: HostArray, _ names: [String]) throws -> Predictions {
    let outputs = values.shape.last ?? 1
    guard case .series(let encoding) = file.data.encoding, encoding.targets.count == outputs else {
      return try Predictions(
        names, values: values, columns: outputs == 1 ? ["value"] : (0..<outputs).map { "value \($0)" })
    }
    guard !encoding.targetScales.isEmpty else {
      return try Predictions(names, values: values, columns: encoding.targets)
    }
    let wide: [Double] = try Tensor(values).cast(to: .float64).values()
    let restored = Tensor(encoding.restored(wide), shape: Shape(values.shape)).cast(to: values.dtype)
    return try Predictions(names, values: restored.hostArray(), columns: encoding.targets)
  }

  private func series(_ path: String) throws -> EncodedInputs {
    if let encoding = file.data.encoding { return try encoding.inputs(from: [path]) }
    if path.lowercased().hasSuffix(".npy") || path.lowercased().hasSuffix(".npz") {
      let arrays = ArrayEncoding(shape: file.data.inputShape, dtype: file.data.inputType)
      return try InputEncoding.arrays(arrays).inputs(from: [path])
    }
    let table = try CSVSeries.read(path, CSVFormat(hasHeader: nil))
    return EncodedInputs(inputs: table.values, names: (0..<(table.values.shape.first ?? 0)).map { "\(path)[\($0)]" })
  }
}

extension ReservoirModel {
  /// Sequences in files, each file by itself since their lengths may differ.
  private func predictions(of classifier: EchoStateClassifier, _ paths: [String]) throws -> Predictions {
    var (names, parts): ([String], [Tensor]) = ([], [])
    for path in paths {
      let sequences = try sequences(path, channels: classifier.network.reservoir.inputs)
      parts.append(try classifier.outputs(for: Tensor(sequences)))
      let isOne = !path.lowercased().hasSuffix(".npy") && !path.lowercased().hasSuffix(".npz")
      names += isOne ? [path] : (0..<sequences.shape[0]).map { "\(path)[\($0)]" }
    }
    return try predictions(of: Tensor.concatenate(parts), names)
  }

  /// `[sequences, frames, channels]`, whose last channel says where a sequence ends.
  private func sequences(_ path: String, channels: Int) throws -> HostArray {
    let name = path.lowercased()
    let array =
      if name.hasSuffix(".npz") {
        try NPZ.read(path, member: "x", as: .float32, .float64)
      } else if name.hasSuffix(".npy") {
        try NPY.read(path, as: .float32, .float64)
      } else {
        try CSVSeries.read(path, CSVFormat(hasHeader: nil)).values
      }
    let shape = array.shape.count == 2 ? [1] + array.shape : array.shape
    guard shape.count == 3, shape[0] > 0, shape[1] > 0, shape[2] == channels || shape[2] == channels - 1 else {
      let wanted = "[sequences, frames, \(channels)] or [sequences, frames, \(channels - 1)]"
      throw DatasetError(.wrongRank(found: array.shape, wanted: wanted), path: path)
    }
    let values = Tensor(array).reshape(to: Shape(shape))
    if shape[2] == channels { return try values.hostArray() }
    return try Tensor.concatenate([values, .ones([shape[0], shape[1], 1], dtype: array.dtype)], axis: 2).hostArray()
  }

  private func predictions(of outputs: Tensor, _ names: [String]) throws -> Predictions {
    let classes: [Int32] = try outputs.argMax().cast(to: .int32).values()
    let known = file.data.classNames
    return try Predictions(
      names, values: outputs.hostArray(), columns: known.isEmpty ? (0..<outputs.shape[1]).map(String.init) : known,
      classes: classes.map(Int.init))
  }
}

extension ModelFile {
  /// What an experiment has fitted, as it stands now.
  /// - Throws: the engine's errors.
  public init(_ fitted: FittedReservoir, of configuration: RunConfiguration, _ data: DatasetPair) throws {
    var tensors =
      switch fitted {
      case .series(let model): try model.arrays()
      case .classifier(let classifier): try classifier.arrays()
      }
    let (inputs, targets) = (data.train.inputs, data.train.targets)
    let width = inputs.bytes.count / max(1, inputs.shape.first ?? 1)
    let isNext =
      inputs.dtype == targets.dtype && inputs.shape == targets.shape
      && inputs.bytes.dropFirst(width).elementsEqual(targets.bytes.dropLast(width))
    tensors[ReservoirModel.isNext] = try HostArray([UInt8(isNext ? 1 : 0)])
    self.init(.reservoir, configuration, data: ModelData(data), tensors: tensors)
  }

  /// A network that an experiment has fitted, as it stands now.
  /// - Throws: the engine's errors.
  public init(_ network: EchoStateNetwork, of configuration: RunConfiguration, _ data: DatasetPair) throws {
    try self.init(.series(network), of: configuration, data)
  }
}

extension FittedReservoir {
  /// Whether its outputs go back into it.
  fileprivate var feedsItself: Bool { if case .series(let model) = self { model.feedsItself } else { false } }

  /// The outputs after each step of a series, which drives it from rest.
  fileprivate func driven(by series: HostArray) throws -> Tensor {
    var model = try asModel()
    try model.rest()
    return try model.follow(Tensor(series))
  }

  /// The values that come next, or after a series.
  fileprivate func continued(steps: Int, after series: HostArray?) throws -> Tensor {
    var model = try asModel()
    return try series.map { try model.forecast(steps: steps, after: Tensor($0)) } ?? model.goOn(steps: steps)
  }
}
