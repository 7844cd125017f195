import Files
import OrderedCollections
import PJRT

/// Named arrays in Hugging Face's safetensors format, which PyTorch, JAX, Keras and most other tools read.
///
/// ```swift
/// let kernel = try HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
/// let bytes = try Safetensors(["dense1/kernel": kernel], metadata: ["format": "pt"]).bytes()
/// let file = try Safetensors(bytes: bytes)
/// print(file.tensors["dense1/kernel"]?.shape ?? [], file.metadata)  // [3, 2] ["format": "pt"]
/// ```
/// A file consists of the length of its header (8 bytes, little-endian), the header (JSON: name, element type, shape
/// and byte range of each tensor), and the arrays, row-major and little-endian, without gaps. Untrusted files can be
/// read: contradictions are errors, and nothing in a file is executed. Arrays are copied unconverted, so the machine
/// must be little-endian, as all platforms of Swift are today.
public struct Safetensors: Sendable, Equatable {
  /// By name; those read from a file are in the order of the data.
  public var tensors: OrderedDictionary<String, HostArray>
  /// Texts beside the tensors, such as PyTorch's `format`.
  public var metadata: OrderedDictionary<String, String>

  public init(
    _ tensors: OrderedDictionary<String, HostArray> = [:], metadata: OrderedDictionary<String, String> = [:]
  ) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file's contents.
  /// - Throws: ``SafetensorsError`` for every violation of the format, and for element types without a `DType`.
  public init(bytes: [UInt8]) throws(SafetensorsError) {
    do throws(SafetensorsProblem) {
      try self.init(checking: bytes)
    } catch {
      throw SafetensorsError(error)
    }
  }

  /// Reads a file.
  /// - Throws: as ``init(bytes:)`` does, and if the file cannot be read.
  public init(contentsOf path: String) throws(SafetensorsError) {
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try POSIXDisk().contents(of: path)
    } catch {
      throw SafetensorsError(.file(error), path: path)
    }
    do throws(SafetensorsProblem) {
      try self.init(checking: bytes)
    } catch {
      throw SafetensorsError(error, path: path)
    }
  }

  private init(checking bytes: [UInt8]) throws(SafetensorsProblem) {
    let header = try SafetensorsHeader(bytes)
    (tensors, metadata) = ([:], header.metadata)
    for entry in header.entries {
      let start = header.dataStart + entry.range.lowerBound
      let part = bytes[start..<start + entry.range.count]
      // Another byte in a Swift `Bool` would be undefined behaviour.
      if entry.dtype == .bool, part.contains(where: { $0 > 1 }) { throw .notBoolean(tensor: entry.name) }
      do throws(HostArrayError) {
        tensors[entry.name] = try HostArray(dtype: entry.dtype, shape: entry.shape, bytes: Array(part))
      } catch {
        throw .malformedTensor(name: entry.name, reason: "\(error)")
      }
    }
  }

  /// A file's contents. Tensors are ordered as by the reference writer: those of larger elements first, then by name.
  /// - Throws: ``SafetensorsError`` for a tensor named `__metadata__` and for a header beyond 100 MB.
  public func bytes() throws(SafetensorsError) -> [UInt8] {
    let ordered = tensors.sorted { left, right in
      let ranks = (SafetensorsType.rank(left.value.dtype), SafetensorsType.rank(right.value.dtype))
      return ranks.0 == ranks.1 ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8) : ranks.0 < ranks.1
    }
    var members: OrderedDictionary<String, JSONValue> = [:]
    if !metadata.isEmpty {
      members[SafetensorsHeader.metadataName] = .object(metadata.mapValues { .string($0) })
    }
    var end = 0
    for (name, array) in ordered {
      guard name != SafetensorsHeader.metadataName else { throw SafetensorsError(.reservedName(name)) }
      let start = end
      end += array.bytes.count
      members[name] = .object([
        "dtype": .string(SafetensorsType.name(array.dtype)), "shape": .array(array.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(start), .integer(end)]),
      ])
    }
    var header = Array(JSONValue.object(members).text().utf8)
    // Spaces align the data for every element type.
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= SafetensorsHeader.lengthLimit else {
      throw SafetensorsError(.headerTooLong(length: UInt64(header.count), limit: SafetensorsHeader.lengthLimit))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    for (_, array) in ordered { bytes += array.bytes }
    return bytes
  }

  /// Writes a file atomically: at any time, even after a crash, there is either the complete old file or the complete
  /// new one.
  /// - Throws: as ``bytes()`` does, and if the file cannot be written.
  public func write(to path: String) throws(SafetensorsError) {
    let bytes = try bytes()
    do throws(FileFailure) {
      let temporary = "\(path).\(UInt32.random(in: 0 ... .max)).partial"
      try POSIXDisk().publish(bytes, as: path, by: temporary)
    } catch {
      throw SafetensorsError(.file(error), path: path)
    }
  }
}

extension Safetensors {
  /// What the metadata's `format` is in a model that a run has saved.
  package static let modelFormat = "tanren model"
  /// In such a model, what the names of arrays begin with that are statistics of the training data.
  package static let preprocessingPrefix = "preprocessing/"
}

/// The header of a safetensors file, with every number checked against the file and the other numbers.
private struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dtype: DType
    var shape: [Int]
    /// Relative to the beginning of the data.
    var range: Range<Int>
  }

  /// In the order of the data.
  private(set) var entries: [Entry] = []
  private(set) var metadata: OrderedDictionary<String, String> = [:]
  /// The offset of the data in the file.
  let dataStart: Int

  static let metadataName = "__metadata__"
  /// The limit of the reference implementation.
  static let lengthLimit = 100_000_000

  init(_ file: [UInt8]) throws(SafetensorsProblem) {
    guard file.count >= 8 else { throw .truncated(part: "the header's length", expected: 8, actual: file.count) }
    let length = file[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.lengthLimit) else { throw .headerTooLong(length: length, limit: Self.lengthLimit) }
    dataStart = 8 + Int(length)
    guard file.count >= dataStart else {
      throw .truncated(part: "the header", expected: dataStart, actual: file.count)
    }
    for (name, value) in try Self.members(file[8..<dataStart]) {
      if name == Self.metadataName {
        metadata = try Self.metadata(value)
      } else {
        entries.append(try Self.entry(name, value))
      }
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    try checkRanges(available: file.count - dataStart)
  }

  private static func members(_ bytes: ArraySlice<UInt8>) throws(SafetensorsProblem)
    -> OrderedDictionary<String, JSONValue>
  {
    guard bytes.first == UInt8(ascii: "{") else { throw .malformedHeader(reason: "it does not begin with '{'") }
    do throws(JSONProblem) {
      return try JSONReader.value(of: bytes).object ?? [:]
    } catch {
      switch error {
      case .notUTF8: throw .notUTF8
      case .duplicateName(let name): throw .duplicateName(name)
      case .malformed(let offset, let reason): throw .malformedHeader(reason: "\(reason) at its byte \(offset)")
      }
    }
  }

  private static func metadata(_ value: JSONValue) throws(SafetensorsProblem) -> OrderedDictionary<String, String> {
    guard let members = value.object else { throw .malformedHeader(reason: "'\(metadataName)' is not an object") }
    var metadata: OrderedDictionary<String, String> = [:]
    for (name, member) in members {
      guard let text = member.string else {
        throw .malformedHeader(reason: "'\(name)' in '\(metadataName)' is not a string")
      }
      metadata[name] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: JSONValue) throws(SafetensorsProblem) -> Entry {
    func malformed(_ reason: String) -> SafetensorsProblem { .malformedTensor(name: name, reason: reason) }
    guard let members = value.object else { throw malformed("it is not an object") }
    guard let type = members["dtype"]?.string else { throw malformed("'dtype' is not a string") }
    guard let shape = naturals(members["shape"]) else { throw malformed("'shape' is not a list of whole numbers") }
    guard let offsets = naturals(members["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw malformed("'data_offsets' is not a pair of whole numbers in ascending order")
    }
    guard let dtype = SafetensorsType.dtype(type) else { throw .unknownType(tensor: name, type: type) }
    var size = dtype.byteCount
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw .tooLarge(tensor: name, shape: shape) }
      size = product
    }
    let range = offsets[0]..<offsets[1]
    guard size == range.count else {
      throw .wrongSize(tensor: name, shape: shape, dtype: dtype, expected: size, actual: range.count)
    }
    return Entry(name: name, dtype: dtype, shape: shape, range: range)
  }

  private static func naturals(_ value: JSONValue?) -> [Int]? {
    guard let values = value?.array else { return nil }
    let numbers = values.compactMap(\.integer).filter { $0 >= 0 }
    return numbers.count == values.count ? numbers : nil
  }

  private func checkRanges(available: Int) throws(SafetensorsProblem) {
    var (end, previous) = (0, "")
    for entry in entries {
      guard entry.range.upperBound <= available else {
        throw .outOfRange(tensor: entry.name, end: entry.range.upperBound, available: available)
      }
      guard entry.range.lowerBound >= end else { throw .overlapping(tensor: entry.name, with: previous) }
      guard entry.range.lowerBound == end else {
        throw .gap(before: entry.name, bytes: entry.range.lowerBound - end)
      }
      (end, previous) = (entry.range.upperBound, entry.name)
    }
    guard end == available else { throw .gap(before: nil, bytes: available - end) }
  }
}

/// The names of element types in safetensors files.
enum SafetensorsType {
  /// In the order in which the reference writer lays out tensors, so that each is aligned.
  private static let names: [(name: String, dtype: DType)] = [
    ("U64", .uint64), ("I64", .int64), ("F64", .float64), ("F32", .float32), ("U32", .uint32), ("I32", .int32),
    ("BF16", .bfloat16), ("F16", .float16), ("U16", .uint16), ("I16", .int16), ("I8", .int8), ("U8", .uint8),
    ("BOOL", .bool),
  ]

  static let known = names.map(\.name)
  private static let dtypes = Dictionary(uniqueKeysWithValues: names.map { ($0.name, $0.dtype) })
  private static let ranks = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($0.element.dtype, (rank: $0.offset, name: $0.element.name)) })

  static func dtype(_ name: String) -> DType? { dtypes[name] }
  static func name(_ dtype: DType) -> String { ranks[dtype]?.name ?? "" }
  static func rank(_ dtype: DType) -> Int { ranks[dtype]?.rank ?? names.count }
}
