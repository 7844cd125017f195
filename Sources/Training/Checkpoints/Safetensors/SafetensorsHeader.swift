import OrderedCollections

/// The header of a safetensors file, every number of it checked against the file and the other ones.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dtype: DType
    var shape: [Int]
    /// Counted from the beginning of the data.
    var range: Range<Int>
  }

  /// In the order of their data.
  private(set) var entries: [Entry] = []
  private(set) var metadata: OrderedDictionary<String, String> = [:]
  /// Where the data begins in the file.
  let dataStart: Int

  static let metadataName = "__metadata__"
  /// As in the reference implementation.
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
    guard bytes.first == UInt8(ascii: "{") else { throw .malformedHeader(reason: "it doesn't begin with '{'") }
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
    guard let members = value.object else { throw .malformedHeader(reason: "'\(metadataName)' is no object") }
    var metadata: OrderedDictionary<String, String> = [:]
    for (name, member) in members {
      guard let text = member.string else {
        throw .malformedHeader(reason: "'\(name)' in '\(metadataName)' is no string")
      }
      metadata[name] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: JSONValue) throws(SafetensorsProblem) -> Entry {
    func malformed(_ reason: String) -> SafetensorsProblem { .malformedTensor(name: name, reason: reason) }
    guard let members = value.object else { throw malformed("it is no object") }
    guard let type = members["dtype"]?.string else { throw malformed("'dtype' is no string") }
    guard let shape = naturals(members["shape"]) else { throw malformed("'shape' is no list of whole numbers") }
    guard let offsets = naturals(members["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw malformed("'data_offsets' is no pair of whole numbers, the lower one first")
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
