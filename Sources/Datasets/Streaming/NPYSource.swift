import Arrays
import Configuration
import Formats
import Foundation

/// Arrays in NPY files of a folder, each in one file or in parts whose names continue with a hyphen: `x_train.npy`, or
/// `x_train-000.npy`, `x_train-001.npy`, …, and the same for `y_train`, `x_test` and `y_test`.
public struct NPYSource: DataSource, StreamingSource {
  public static let declaration = Declaration(
    "npy", "your own arrays in NPY files, in parts that needn't fit in memory", standard: NPYSource(path: ""),
    settings: [
      .required(
        "path", \.path, .text.checked("a folder's name") { !$0.isEmpty },
        "the folder of x_train.npy or x_train-000.npy, …, and y_train, x_test, y_test alike",
        example: "npy(path: shards)"),
      Setting(
        "classes", \.classes, .positiveOrZero(upTo: 1_000_000),
        "number of classes of integer targets; 0 for one more than the greatest label"),
    ])

  public var path: String
  /// nil for one more than the greatest label of the training data.
  public var classes: Int?

  public init(path: String, classes: Int? = nil) { (self.path, self.classes) = (path, classes) }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try stream(from: folders, progress: progress).loaded()
  }

  public func stream(from folders: DataFolders, progress: DownloadProgress?) throws -> StreamedPair {
    let files = try FolderEntry.entries(of: path).filter { $0.ending == "npy" }
    let train = try part("train", files, classes: classes)
    let test = try part("test", files, classes: classes ?? train.classCount)
    guard test.inputs.shape == train.inputs.shape, test.inputs.dtype == train.inputs.dtype else {
      throw DatasetError(
        .wrongRank(found: [test.count] + test.inputs.shape, wanted: "[N, …] as x_train's \(train.inputs.shape)"),
        path: path)
    }
    let encoding = ArrayEncoding(shape: train.inputs.shape, dtype: train.inputs.dtype)
    return StreamedPair(
      train: train, test: test, name: "npy",
      origin:
        "\(train.count) + \(test.count) records of \(train.inputs.dtype.rawValue) \(train.inputs.shape) from \(path)",
      encoding: .arrays(encoding))
  }

  private func part(
    _ part: String, _ files: [FolderEntry], classes: Int?
  ) throws(DatasetError) -> StreamedArrays {
    func paths(_ name: String) throws(DatasetError) -> [String] {
      let found = files.filter { $0.name == "\(name).npy" || $0.name.hasPrefix("\(name)-") }
      guard !found.isEmpty else {
        throw DatasetError(.missingMember(name: "\(name).npy", available: files.prefix(20).map(\.name)), path: path)
      }
      return found.map(\.path)
    }
    let inputs = try NPYReader(paths("x_\(part)"), as: [.uint8, .float32, .float64])
    var targets: HostArray?
    for file in try paths("y_\(part)") {
      let array = try NPY.read(
        file, as: .uint8, .int8, .int16, .int32, .int64, .uint16, .uint32, .uint64, .float32, .float64)
      guard let before = targets else {
        targets = array
        continue
      }
      guard array.dtype == before.dtype, array.recordShape == before.recordShape, !array.shape.isEmpty else {
        throw DatasetError(.wrongRank(found: array.shape, wanted: "[N, …] as the parts before"), path: file)
      }
      targets = try .make(
        array.dtype, [before.recordCount + array.recordCount] + array.recordShape, before.bytes + array.bytes,
        path: file)
    }
    guard let targets, !targets.shape.isEmpty else { throw DatasetError(.noRows, path: path) }
    if targets.dtype.isFloatingPoint {
      let shape = targets.shape.count == 1 ? targets.shape + [1] : targets.shape
      return try StreamedArrays(inputs: inputs, targets: .make(targets.dtype, shape, targets.bytes))
    }
    let labels: [Double] = try targets.converted()
    let count = classes ?? max(1, Int(exactly: (labels.max() ?? 0) + 1) ?? .max)
    if let record = labels.firstIndex(where: { !(0..<Double(count)).contains($0) }) {
      throw DatasetError(
        .labelOutOfRange(record: record, label: Int(exactly: labels[record]) ?? .max, classCount: count), path: path)
    }
    let indices = labels.map { Int32($0) }
    return try StreamedArrays(
      inputs: inputs,
      targets: .make(.int32, [indices.count], indices.withUnsafeBytes { Array($0) }, path: path), classCount: count)
  }
}

extension ArrayEncoding {
  /// The records in NPY files, read when they are needed.
  func stream(from paths: [String]) throws(DatasetError) -> StreamedInputs {
    if let archive = paths.first(where: { $0.lowercased().hasSuffix(".npz") }) {
      throw DatasetError(.notInParts(what: "an NPZ file"), path: archive)
    }
    if isChannelsFirst { throw DatasetError(.notInParts(what: "arrays with their channels first"), path: paths.first) }
    let reader = try NPYReader(paths, as: [dtype])
    guard reader.shape == shape else {
      throw DatasetError(.wrongRank(found: [reader.count] + reader.shape, wanted: wantedShape), path: paths.first)
    }
    return StreamedInputs(inputs: reader, names: reader.names)
  }
}

/// Records in several NPY files of one type, one after the other.
struct NPYReader: RecordReader {
  let count: Int
  let dtype: DType
  let shape: [Int]
  private let files: [(path: String, layout: NPYLayout, first: Int)]

  /// - Throws: ``DatasetError`` for files of different types, or in another order than C's.
  init(_ paths: [String], as wanted: [DType]) throws(DatasetError) {
    var files: [(path: String, layout: NPYLayout, first: Int)] = []
    var count = 0
    for path in paths {
      let layout = try NPYLayout(of: path)
      guard wanted.contains(layout.dtype), files.isEmpty || layout.dtype == files[0].layout.dtype else {
        throw DatasetError(
          .wrongElementType(
            found: layout.dtype.rawValue, wanted: files.isEmpty ? wanted : [files[0].layout.dtype]), path: path)
      }
      guard let records = layout.shape.first, files.isEmpty || layout.recordShape == files[0].layout.recordShape else {
        let wanted = files.isEmpty ? "a first axis over the records" : "[N, …] as in the parts before"
        throw DatasetError(.wrongRank(found: layout.shape, wanted: wanted), path: path)
      }
      files.append((path, layout, count))
      count += records
    }
    guard let first = files.first else { throw DatasetError(.noRows) }
    (self.files, self.count, dtype, shape) = (files, count, first.layout.dtype, first.layout.recordShape)
  }

  /// The file and the place of each record.
  var names: [String] {
    files.flatMap { file in (0..<(file.layout.shape.first ?? 0)).map { "\(file.path)[\($0)]" } }
  }

  func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError) {
    let size = recordByteCount
    // File by file, so that one is open at a time.
    let order = indices.indices.sorted { indices[$0] < indices[$1] }
    var place = 0
    for (number, file) in files.enumerated() where place < order.count {
      let end = number + 1 < files.count ? files[number + 1].first : count
      guard indices[order[place]] < end else { continue }
      let descriptor = open(file.path, O_RDONLY)
      guard descriptor >= 0 else {
        throw DatasetError(.unreadable(reason: String(cString: strerror(errno))), path: file.path)
      }
      defer { close(descriptor) }
      while place < order.count, indices[order[place]] < end {
        let offset = file.layout.dataOffset + (indices[order[place]] - file.first) * size
        var done = 0
        while done < size {
          let start = output.baseAddress?.advanced(by: order[place] * size + done)
          let read = pread(descriptor, start, size - done, off_t(offset + done))
          guard read > 0 else {
            throw DatasetError(
              .truncated(part: "the data of shape \(file.layout.shape)", expected: size, actual: done), path: file.path)
          }
          done += read
        }
        place += 1
      }
    }
  }
}
