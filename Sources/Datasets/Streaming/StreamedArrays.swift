import Arrays
import Formats

/// Records that are read when they are needed, in any order and from any thread.
public protocol RecordReader: Sendable {
  var count: Int { get }
  var dtype: DType { get }
  /// The shape of one record.
  var shape: [Int] { get }

  /// Reads records, one after the other, into memory that holds them exactly.
  /// - Parameter indices: in 0..<count, repeats included.
  /// - Throws: ``DatasetError`` with the file's path.
  func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError)
}

extension RecordReader {
  public var recordByteCount: Int { shape.reduce(dtype.byteCount, *) }

  /// Records in memory, in the order of their indices, repeats included.
  /// - Throws: ``DatasetError`` if they can't be read.
  public func records(at indices: [Int]) throws(DatasetError) -> HostArray {
    let size = indices.count * recordByteCount
    var failure: DatasetError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      let output = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size])
      do throws(DatasetError) { try read(indices, into: output) } catch { failure = error }
      initialized = failure == nil ? size : 0
    }
    if let failure { throw failure }
    return try .make(dtype, [indices.count] + shape, bytes)
  }
}

/// Records of an array in memory.
///
/// ```swift
/// let reader = ArrayReader(try HostArray([1, 2, 3, 4] as [Float], shape: [2, 2]))
/// print(try reader.records(at: [1, 0]).values(as: Float.self))  // [3.0, 4.0, 1.0, 2.0]
/// ```
public struct ArrayReader: RecordReader {
  private let array: HostArray

  /// - Parameter array: `[count, …]`.
  public init(_ array: HostArray) { self.array = array }

  public var count: Int { array.recordCount }
  public var dtype: DType { array.dtype }
  public var shape: [Int] { array.recordShape }

  public func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) {
    let size = array.recordByteCount
    array.bytes.withUnsafeBytes { bytes in
      for (place, index) in indices.enumerated() where size > 0 {
        UnsafeMutableRawBufferPointer(rebasing: output[place * size..<(place + 1) * size])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size]))
      }
    }
  }
}

/// Inputs that are read when they are needed, and their targets, which are in memory.
///
/// ```swift
/// let (inputs, targets) = ([UInt8](0..<200), (0..<100).map { Int32($0 % 2) })
/// try FileManager.default.createDirectory(atPath: "shards", withIntermediateDirectories: true)
/// for part in ["train", "test"] {
///   try NPY.write(HostArray(inputs, shape: [100, 2]), to: "shards/x_\(part)-000.npy")
///   try NPY.write(HostArray(targets), to: "shards/y_\(part)-000.npy")
/// }
/// let pair = try NPYSource(path: "shards").stream(from: DataFolders(), progress: nil)
/// print(pair.train.count, try pair.train.loaded(3).inputs.bytes)  // 100 [0, 1, 2, 3, 4, 5]
/// ```
public struct StreamedArrays: Sendable {
  public let inputs: any RecordReader
  /// Classes as int32 [N], or real targets [N, …].
  public let targets: HostArray
  /// How many classes the labels in `targets` count, `nil` for real targets.
  public let classCount: Int?

  /// - Throws: ``DatasetError`` if the two differ in their number of records.
  public init(inputs: any RecordReader, targets: HostArray, classCount: Int? = nil) throws(DatasetError) {
    guard inputs.count == targets.recordCount else {
      throw DatasetError(.countMismatch(inputs: inputs.count, targets: targets.recordCount))
    }
    (self.inputs, self.targets, self.classCount) = (inputs, targets, classCount)
  }

  private init(_ whole: StreamedArrays, count: Int) throws(DatasetError) {
    inputs = whole.inputs
    targets = try whole.targets.gathered(0..<count)
    classCount = whole.classCount
  }

  /// The number of records.
  public var count: Int { targets.recordCount }
  /// The bytes of all inputs.
  public var byteCount: Int { count * inputs.recordByteCount }

  /// The first records, or all if there are fewer.
  public func prefix(_ count: Int) throws(DatasetError) -> StreamedArrays {
    try StreamedArrays(self, count: Swift.min(count, self.count))
  }

  /// The first records, or all if there are fewer, in memory.
  /// - Throws: ``DatasetError`` if they can't be read.
  public func loaded(_ count: Int) throws(DatasetError) -> LabeledArrays {
    let count = Swift.min(count, self.count)
    return try LabeledArrays(
      inputs: inputs.records(at: Array(0..<count)), targets: targets.gathered(0..<count), classCount: classCount)
  }
}

/// Training and test data that are read when they are needed.
public struct StreamedPair: Sendable {
  public var train: StreamedArrays
  public var test: StreamedArrays
  /// A short name.
  public var name: String
  /// Where the data came from, for people.
  public var origin: String
  /// The classes' names, in order; empty where they have none.
  public var classNames: [String]
  /// How files become inputs, if new ones can be read in the same way.
  public var encoding: InputEncoding?

  public init(
    train: StreamedArrays, test: StreamedArrays, name: String, origin: String, classNames: [String] = [],
    encoding: InputEncoding? = nil
  ) {
    (self.train, self.test, self.name, self.origin) = (train, test, name, origin)
    (self.classNames, self.encoding) = (classNames, encoding)
  }

  /// The bytes of all inputs.
  public var byteCount: Int { train.byteCount + test.byteCount }

  /// The first records of both parts, or all if there are fewer, in memory.
  public func loaded(_ count: Int = .max) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try train.loaded(count), test: try test.loaded(count), name: name, origin: origin,
      classNames: classNames, encoding: encoding)
  }
}

/// A data set that can be trained on without being in memory.
public protocol StreamingSource: DataSource {
  /// Opens the data, which are read later.
  /// - Throws: `DatasetError` if the data are unavailable or damaged.
  func stream(from folders: DataFolders, progress: DownloadProgress?) throws -> StreamedPair
}
