import Arrays
import Formats

/// How a data source turns files into inputs. A saved model keeps it, so that new files are prepared as the training
/// data were.
public enum InputEncoding: Sendable, Equatable, Codable {
  /// Arrays of NumPy, one record per entry of the first axis.
  case arrays(ArrayEncoding)
  /// Pictures, resized.
  case images(ImageEncoding)
  /// Rows of text files with named columns.
  case table(TableEncoding)
  /// Steps of text files or arrays.
  case series(SeriesEncoding)

  /// The records in files outside of the data set.
  /// - Throws: ``DatasetError`` if a file can't be read or doesn't fit the training data.
  public func inputs(from paths: [String]) throws(DatasetError) -> EncodedInputs {
    switch self {
    case .arrays(let encoding): try encoding.inputs(from: paths)
    case .images(let encoding): try encoding.inputs(from: paths)
    case .table(let encoding): try encoding.inputs(from: paths)
    case .series(let encoding): try encoding.inputs(from: paths)
    }
  }

  /// The records in files outside of the data set, read when they are needed: they may be larger than memory.
  /// - Throws: ``DatasetError`` if a file can't be read or doesn't fit the training data, and for tables, series and NPZ
  ///   files, which can't be read part by part.
  public func stream(from paths: [String]) throws(DatasetError) -> StreamedInputs {
    switch self {
    case .arrays(let encoding): return try encoding.stream(from: paths)
    case .images(let encoding): return try encoding.stream(from: paths)
    case .table: throw DatasetError(.notInParts(what: "a table"), path: paths.first)
    case .series: throw DatasetError(.notInParts(what: "a series"), path: paths.first)
    }
  }

  /// Whether it depends on what the training data hold.
  public var isFitted: Bool {
    switch self {
    case .table: true
    case .series(let encoding): !encoding.inputScales.isEmpty
    default: false
    }
  }

  /// What predicted values are called, column by column; empty for targets without names, and for classes.
  public var targetNames: [String] {
    switch self {
    case .table(let encoding): encoding.target.task == .regression ? [encoding.target.name] : []
    case .series(let encoding): encoding.targets
    default: []
    }
  }

  /// A model's outputs in the targets' own unit.
  /// - Parameter outputs: predicted values, float32 or float64 `[N, …]`.
  /// - Throws: ``DatasetError`` for other element types.
  public func restored(_ outputs: HostArray) throws(DatasetError) -> HostArray {
    let scales = targetScales
    guard !scales.isEmpty else { return outputs }
    return try .make(outputs.dtype, outputs.shape, outputs.dtype.bytes(of: scales.restored(outputs.converted())))
  }

  /// What each target is standardized by; empty for targets in their own unit.
  private var targetScales: [ColumnScale] {
    switch self {
    case .series(let encoding): encoding.targetScales
    case .table(let encoding): encoding.target.scale.map { [$0] } ?? []
    default: []
    }
  }

  /// For each of the inputs at the end that number categories, how many numbers there are; see ``CategoryCode/index``.
  public var categoryCounts: [Int] {
    if case .table(let encoding) = self { encoding.categoryCounts } else { [] }
  }
}

/// Inputs read from files, before preprocessing.
public struct EncodedInputs: Sendable, Equatable {
  /// [N, …]
  public let inputs: HostArray
  /// What each record is called in tables of predictions: a file's path, or path and row.
  public let names: [String]
  /// What was changed to make the records fit, for people: `kitten.jpg: resized from 500x375`.
  public let notes: [String]

  public init(inputs: HostArray, names: [String], notes: [String] = []) {
    (self.inputs, self.names, self.notes) = (inputs, names, notes)
  }
}

/// Inputs that are read from files when they are needed, before preprocessing.
public struct StreamedInputs: Sendable {
  public let inputs: any RecordReader
  /// As ``EncodedInputs/names``.
  public let names: [String]
  private let noted: @Sendable () -> [String]
  /// As ``EncodedInputs/notes``, about the records that have been read so far.
  public var notes: [String] { noted() }

  init(inputs: any RecordReader, names: [String], notes: @escaping @Sendable () -> [String] = { [] }) {
    (self.inputs, self.names, noted) = (inputs, names, notes)
  }
}

/// Records in NPY files, or in the member `x` of NPZ files.
public struct ArrayEncoding: Sendable, Equatable, Codable {
  /// The shape of one record.
  public let shape: [Int]
  public let dtype: DType
  /// Whether images [N, channels, height, width] are converted to channels last.
  public let isChannelsFirst: Bool

  public init(shape: [Int], dtype: DType, isChannelsFirst: Bool = false) {
    (self.shape, self.dtype, self.isChannelsFirst) = (shape, dtype, isChannelsFirst)
  }

  /// What files should hold, for errors.
  var wantedShape: String { "[N" + shape.map { ", \($0)" }.joined() + "], as the training data have" }

  func inputs(from paths: [String]) throws(DatasetError) -> EncodedInputs {
    var bytes: [UInt8] = []
    var names: [String] = []
    for path in paths {
      let isArchive = path.lowercased().hasSuffix(".npz")
      var array = isArchive ? try NPZ.read(path, member: "x", as: dtype) : try NPY.read(path, as: dtype)
      if isChannelsFirst { array = try array.channelsLast() }
      guard array.shape.count == shape.count + 1, Array(array.shape.dropFirst()) == shape else {
        throw DatasetError(.wrongRank(found: array.shape, wanted: wantedShape), path: path)
      }
      bytes += array.bytes
      names += (0..<array.recordCount).map { "\(path)[\($0)]" }
    }
    return EncodedInputs(inputs: try .make(dtype, [names.count] + shape, bytes), names: names)
  }
}
