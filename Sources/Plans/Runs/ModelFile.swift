import Files
import Foundation
import OrderedCollections
import Training

/// A trained model as one file that is sufficient for prediction: arrays, and in the file's metadata the configuration,
/// the classes, how files become inputs, and what the saved epoch recorded.
///
/// `tanren run` writes two of them; ``TrainedModel`` predicts with one.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let run = Run(RunConfiguration(), data: data)
/// let (trainer, history) = try run.train()
/// try ModelFile(trainer, of: run, after: history.epochs.last).write(to: "digits.safetensors")
/// print(try ModelFile(contentsOf: "digits.safetensors").configuration.model)  // mlp
/// ```
/// The format is safetensors, with arrays under their paths in the model (`dense1/kernel`, `batchNorm1/mean`) and, under
/// `preprocessing/`, statistics of the training data. Nothing in a file is executed, and a digest in the metadata shows
/// whether a byte has changed since the file was saved.
public struct ModelFile: Sendable, Equatable {
  /// What was trained.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A network, by `fit`.
    case network
    /// An echo state network, by an experiment.
    case reservoir
  }

  public var kind: Kind
  /// The configuration of the run that trained the model.
  public var configuration: RunConfiguration
  /// What inputs and targets the model was trained on.
  public var data: ModelData
  /// The epoch after which the model was saved, nil for one that no epoch has trained.
  public var epoch: SavedEpoch?
  /// By path: parameters as they are evaluated (averages where the method averages), and running statistics.
  public var tensors: OrderedDictionary<String, HostArray>
  /// The statistics of a `FittedPreprocessing`, by name.
  public var statistics: [String: HostArray]

  public init(
    _ kind: Kind, _ configuration: RunConfiguration, data: ModelData, epoch: SavedEpoch? = nil,
    tensors: OrderedDictionary<String, HostArray>, statistics: [String: HostArray] = [:]
  ) {
    (self.kind, self.configuration, self.data, self.epoch) = (kind, configuration, data, epoch)
    (self.tensors, self.statistics) = (tensors, statistics)
  }

  /// Reads a file.
  /// - Throws: ``ModelFileError``, for a file that isn't such a model, is damaged, or is of a newer version.
  public init(contentsOf path: String) throws(ModelFileError) {
    let bytes: [UInt8]
    do throws(FileFailure) { bytes = try POSIXDisk().contents(of: path) } catch { throw .file(error) }
    let format = WeightFileFormat(bytes)
    guard format == .safetensors else { throw .notAModel(path: path, found: format.name) }
    let file: Safetensors
    do throws(SafetensorsError) {
      file = try Safetensors(bytes: bytes)
    } catch {
      throw .damagedFormat(SafetensorsError(error.problem, path: path))
    }
    try self.init(file, bytes, path: path)
  }

  private init(_ file: Safetensors, _ bytes: [UInt8], path: String) throws(ModelFileError) {
    guard file.metadata["format"] == Safetensors.modelFormat, let text = file.metadata["model"] else {
      throw .notAModel(path: path, found: "a safetensors file without Tanren's description of the model")
    }
    let version = file.metadata["version"].flatMap { Int($0) } ?? 0
    guard version <= Self.version else {
      throw .newerFormat(path: path, version: version, supported: Self.version)
    }
    let expected = file.metadata["digest"] ?? ""
    let actual = Self.digest(of: bytes, saying: expected)
    guard expected == actual else { throw .damaged(path: path, expected: expected, actual: actual) }
    let header: Header
    do {
      header = try Header.decoder.decode(Header.self, from: Data(text.utf8))
    } catch {
      throw .malformed(path: path, reason: "its description of the model can't be read")
    }
    do throws(ConfigurationError) {
      configuration = try RunConfiguration(canonicalText: header.configuration, source: path)
    } catch {
      throw .configuration(error)
    }
    (kind, data, epoch) = (header.kind, header.data, header.epoch)
    (tensors, statistics) = ([:], [:])
    for (name, array) in file.tensors {
      if name.hasPrefix(Safetensors.preprocessingPrefix) {
        statistics[String(name.dropFirst(Safetensors.preprocessingPrefix.count))] = array
      } else {
        tensors[name] = array
      }
    }
  }

  /// Writes the file, whole or not at all, and creates its folder if needed.
  /// - Throws: ``ModelFileError``.
  public func write(to path: String) throws(ModelFileError) {
    let bytes = try bytes()
    do throws(FileFailure) {
      let folder = POSIXDisk().folder(of: path)
      try POSIXDisk().makeFolder(folder)
      try OutputFile.write(bytes, to: path)
    } catch {
      throw .file(FileFailure(.write, path: path, code: error.code))
    }
  }

  /// The file's contents.
  private func bytes() throws(ModelFileError) -> [UInt8] {
    let header = Header(kind: kind, configuration: configuration.canonicalText, data: data, epoch: epoch)
    var file = Safetensors(tensors)
    for (name, array) in statistics { file.tensors[Safetensors.preprocessingPrefix + name] = array }
    do {
      file.metadata = [
        "format": Safetensors.modelFormat, "version": "\(Self.version)", "digest": Self.blankDigest,
        "model": String(decoding: try Header.encoder.encode(header), as: UTF8.self),
      ]
      var bytes = try file.bytes()
      bytes.replaceDigest(Self.blankDigest, by: SHA256.hex(of: bytes))
      return bytes
    } catch let error as SafetensorsError {
      throw .damagedFormat(error)
    } catch {
      throw .malformed(path: "the model", reason: "its description can't be written: \(error)")
    }
  }

  // MARK: - Format

  private static let version = 1
  private static let blankDigest = String(repeating: "0", count: 64)

  /// The digest of a file with zeros in the digest's place.
  private static func digest(of bytes: [UInt8], saying digest: String) -> String {
    var blanked = bytes
    blanked.replaceDigest(digest, by: blankDigest)
    return SHA256.hex(of: blanked)
  }

  /// Everything but the arrays.
  private struct Header: Codable {
    var kind: Kind
    var configuration: String
    var data: ModelData
    var epoch: SavedEpoch?

    static var encoder: JSONEncoder {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return encoder
    }

    static var decoder: JSONDecoder {
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return decoder
    }
  }
}

extension [UInt8] {
  /// Replaces the digest in the header of a safetensors file by another of the same length.
  fileprivate mutating func replaceDigest(_ digest: String, by other: String) {
    let (old, new) = (Array("\"digest\":\"\(digest)\"".utf8), Array("\"digest\":\"\(other)\"".utf8))
    // The metadata come first in the header.
    guard old.count == new.count, let range = prefix(1024).firstRange(of: old) else { return }
    replaceSubrange(range, with: new)
  }
}

/// What a model was trained on, as far as new data must be the same.
public struct ModelData: Sendable, Equatable, Codable {
  /// The data set's name, such as `MNIST`.
  public var name: String
  /// In order; empty where classes have no names.
  public var classNames: [String]
  /// nil for targets that aren't classes.
  public var classCount: Int?
  /// The shape of one record's targets; empty for one class per record.
  public var targetShape: [Int]
  /// The shape of one record before preprocessing.
  public var inputShape: [Int]
  /// The element type of inputs before preprocessing.
  public var inputType: DType
  /// How files become inputs, if the data set's source says so.
  public var encoding: InputEncoding?

  public init(_ pair: DatasetPair) {
    (name, classNames, classCount) = (pair.name, pair.classNames, pair.train.classCount)
    targetShape = Array(pair.train.targets.shape.dropFirst())
    (inputShape, inputType) = (Array(pair.train.inputs.shape.dropFirst()), pair.train.inputs.dtype)
    encoding = pair.encoding
  }

  /// The number of a model's outputs: one for each class, or for each target; a single one for a loss of yes and no on
  /// two classes.
  func outputs(for loss: any Loss) -> Int {
    if classCount == 2, loss.outputKind?.isOfEvents == true { return 1 }
    return classCount ?? targetShape.reduce(1, *)
  }

  /// Checks that a model that was trained on these data can be evaluated on others.
  /// - Throws: ``ModelFileError/differentInputs(saved:found:)`` and ``ModelFileError/differentClasses(saved:found:)``.
  func check(_ other: ModelData) throws(ModelFileError) {
    try checkInputs(other.inputType, other.inputShape)
    if let encoding, let other = other.encoding, encoding != other, encoding.isFitted || other.isFitted {
      let described = "\(inputType) \(inputShape), prepared by the statistics of"
      throw .differentInputs(saved: "\(described) its training data", found: "\(described) other data")
    }
    let areNamed = !classNames.isEmpty && !other.classNames.isEmpty
    // Unnamed classes are counted by their greatest label, which other data need not have.
    let areAlike = areNamed ? classNames == other.classNames : (other.classCount ?? 0) <= (classCount ?? 0)
    guard areAlike, (classCount == nil) == (other.classCount == nil), targetShape == other.targetShape else {
      throw .differentClasses(saved: targets, found: other.targets)
    }
  }

  func checkInputs(_ dtype: DType, _ shape: [Int]) throws(ModelFileError) {
    guard dtype == inputType, shape == inputShape else {
      throw .differentInputs(saved: "\(inputType) \(inputShape)", found: "\(dtype) \(shape)")
    }
  }

  /// The targets in words.
  private var targets: String {
    if !classNames.isEmpty { return "the classes " + classNames.map { "'\($0)'" }.joined(separator: ", ") }
    if let classCount { return "\(classCount) classes without names" }
    return targetShape.reduce(1, *) == 1 ? "a number" : "numbers of the shape \(targetShape)"
  }
}

/// An epoch after which a model was saved.
public struct SavedEpoch: Sendable, Hashable, Codable {
  /// A recorded number.
  public struct Value: Sendable, Hashable, Codable {
    public var name: String
    public var value: Double
  }

  /// From 1; 0 for a model that was evaluated but not trained.
  public var epoch: Int
  /// Updates done.
  public var step: Int
  /// In the order in which they were recorded.
  public var metrics: [Value]
  /// Epochs planned; schedules depend on it, as on the next two.
  public var epochs: Int
  public var stepsPerEpoch: Int
  public var batchSize: Int

  init(_ record: EpochRecord, _ plan: Checkpoint.Plan?) {
    (epoch, step) = (record.epoch, record.step)
    metrics = record.metrics.map { Value(name: $0.key, value: $0.value) }
    (epochs, stepsPerEpoch, batchSize) = (plan?.epochs ?? 1, plan?.stepsPerEpoch ?? 1, plan?.batchSize ?? 1)
  }

  /// A metric by name, nil if it wasn't recorded.
  public subscript(name: String) -> Double? { metrics.first { $0.name == name }?.value }
}
