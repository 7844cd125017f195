import Arrays

/// NumPy's `.npy` format, versions 1 to 3: one array.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
public enum NPY {
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The array in a file, in C order whatever the file's order, in the host's byte order.
  /// - Parameter wanted: the accepted element types; any if empty.
  /// - Throws: ``DatasetError`` if the file can't be read, isn't NPY, holds other elements, or is
  ///   shorter than its header announces.
  public static func read(_ path: String, as wanted: DType...) throws(DatasetError) -> HostArray {
    try decode(FileBytes.read(path), as: wanted, path: path)
  }

  /// As ``read(_:as:)``, for bytes in memory.
  /// - Parameter path: what errors call the bytes.
  public static func decode(
    _ bytes: [UInt8], as wanted: [DType] = [], path: String
  ) throws(DatasetError) -> HostArray {
    let header = try NPYHeader(bytes, path: path)
    guard case .number(let dtype) = header.element else {
      let found = if case .text(let name, _, _) = header.element { name } else { "" }
      throw DatasetError(
        .wrongElementType(found: found, wanted: wanted.isEmpty ? NPYHeader.readable : wanted), path: path)
    }
    guard wanted.isEmpty || wanted.contains(dtype) else {
      throw DatasetError(.wrongElementType(found: dtype.rawValue, wanted: wanted), path: path)
    }
    var elements = Array(bytes[try header.elements(in: bytes, path: path)])
    if header.isBigEndian != (1.bigEndian == 1) { swapBytes(&elements, width: dtype.byteCount) }
    // Swift's Bool has only two bit patterns; NumPy's may be a view of other bytes.
    if dtype == .bool { for index in elements.indices where elements[index] > 1 { elements[index] = 1 } }
    if header.isFortranOrder { elements = rowMajor(elements, shape: header.shape, width: dtype.byteCount) }
    return try .make(dtype, header.shape, elements, path: path)
  }

  /// The elements of an array of strings, one string per record; nil for other element types.
  /// - Throws: ``DatasetError`` as ``decode(_:as:path:)``, and for several strings per record.
  package static func texts(_ bytes: [UInt8], path: String) throws(DatasetError) -> [String]? {
    let header = try NPYHeader(bytes, path: path)
    guard case .text(_, let width, let length) = header.element else { return nil }
    guard let count = header.shape.first, header.shape.dropFirst().allSatisfy({ $0 == 1 }) else {
      throw DatasetError(.wrongRank(found: header.shape, wanted: "one label per record"), path: path)
    }
    let range = try header.elements(in: bytes, path: path)
    guard width == 4 else {
      return (0..<count).map { record in
        let start = range.lowerBound + record * length
        return String(decoding: bytes[start..<start + length].trimmingZeros(), as: UTF8.self)
      }
    }
    return (0..<count).map { record in
      let characters = (0..<length).map { index in
        let start = range.lowerBound + (record * length + index) * width
        let digits = bytes[start..<start + width]
        return (header.isBigEndian ? Array(digits) : digits.reversed()).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      return String(decoding: characters[...].trimmingZeros(), as: UTF32.self)
    }
  }

  /// Writes an array as version 1 in C order, whole or not at all.
  /// - Throws: ``DatasetError`` if the file can't be written, or for bfloat16, which NumPy lacks.
  public static func write(_ array: HostArray, to path: String) throws(DatasetError) {
    try FileBytes.write(encode(array, path: path), to: path)
  }

  /// As ``write(_:to:)``, into memory.
  /// - Parameter path: what errors call the bytes.
  public static func encode(_ array: HostArray, path: String) throws(DatasetError) -> [UInt8] {
    guard let description = NPYHeader.description(of: array.dtype) else {
      throw DatasetError(.unsupported(feature: "\(array.dtype) in an NPY file"), path: path)
    }
    let shape = array.shape.map(String.init).joined(separator: ", ") + (array.shape.count == 1 ? "," : "")
    let dictionary = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Spaces and a newline bring the data to a multiple of 64 bytes. Only a shape of thousands of axes
    // outgrows the two bytes that version 1 has for the length.
    let version: UInt8 = dictionary.utf8.count > 65_000 ? 2 : 1
    let fixed = magic.count + 2 + (version == 1 ? 2 : 4)
    let padding = 63 - (fixed + dictionary.utf8.count) % 64
    let length = dictionary.utf8.count + padding + 1
    var bytes = magic + [version, 0]
    bytes += (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    bytes += Array(dictionary.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0a]
    var elements = array.bytes
    if 1.bigEndian == 1 { swapBytes(&elements, width: array.dtype.byteCount) }
    return bytes + elements
  }

  private static func swapBytes(_ elements: inout [UInt8], width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: elements.count, by: width) {
      for offset in 0..<width / 2 { elements.swapAt(start + offset, start + width - 1 - offset) }
    }
  }

  /// Column-major elements put in row-major order.
  private static func rowMajor(_ elements: [UInt8], shape: [Int], width: Int) -> [UInt8] {
    guard shape.count > 1, !elements.isEmpty else { return elements }
    var strides = [width]
    for extent in shape.dropLast() { strides.append(strides[strides.count - 1] * extent) }
    var ordered: [UInt8] = []
    ordered.reserveCapacity(elements.count)
    var position = [Int](repeating: 0, count: shape.count)
    var offset = 0
    while ordered.count < elements.count {
      ordered.append(contentsOf: elements[offset..<offset + width])
      var axis = shape.count - 1
      while axis >= 0 {
        position[axis] += 1
        offset += strides[axis]
        if position[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        position[axis] = 0
        axis -= 1
      }
    }
    return ordered
  }
}

extension ArraySlice where Element: FixedWidthInteger {
  /// Without the zeros at the end.
  fileprivate func trimmingZeros() -> ArraySlice {
    prefix((lastIndex { $0 != 0 }.map { $0 + 1 } ?? startIndex) - startIndex)
  }
}

/// The header of an NPY file: a Python dictionary with three keys.
struct NPYHeader {
  enum Element: Equatable {
    case number(DType)
    /// Strings of a fixed length, padded with zeros.
    /// - Parameter width: bytes per character: 4, as UTF-32, or 1.
    case text(name: String, width: Int, length: Int)

    var byteCount: Int {
      switch self {
      case .number(let dtype): dtype.byteCount
      case .text(_, let width, let length): width * length
      }
    }
  }

  var element: Element
  var shape: [Int]
  var isFortranOrder: Bool
  /// Whether the elements of several bytes have their highest byte first.
  var isBigEndian: Bool
  var dataOffset: Int

  private static let types: [String: DType] = [
    "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
    "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  /// NumPy's name for a type, little-endian; `nil` if it has none.
  static func description(of dtype: DType) -> String? {
    types.first { $0.value == dtype }.map { (dtype.byteCount == 1 ? "|" : "<") + $0.key }
  }

  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    guard bytes.starts(with: NPY.magic) else {
      let found = bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      throw DatasetError(
        .wrongMagic(format: "an NPY file", expected: "93 4e 55 4d 50 59", actual: found), path: path)
    }
    guard bytes.count >= 10 else {
      throw DatasetError(.truncated(part: "the header", expected: 10, actual: bytes.count), path: path)
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw DatasetError(.unsupported(feature: "version \(version) of the NPY format"), path: path)
    }
    let start = version == 1 ? 10 : 12
    let length = bytes[8..<min(start, bytes.count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start, bytes.count - start >= length else {
      throw DatasetError(.truncated(part: "the header", expected: start + length, actual: bytes.count), path: path)
    }
    dataOffset = start + length
    func malformed(_ reason: String) -> DatasetError {
      DatasetError(.malformedHeader(format: "NPY", reason: reason), path: path)
    }
    let entries: [String: PythonLiteral.Value]
    do {
      var literal = PythonLiteral(bytes[start..<dataOffset])
      entries = try literal.dictionary()
    } catch {
      throw malformed(error.reason)
    }
    guard Set(entries.keys) == ["descr", "fortran_order", "shape"] else {
      let keys = entries.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw malformed("it should have the keys 'descr', 'fortran_order' and 'shape', but has \(keys)")
    }
    guard case .flag(let order) = entries["fortran_order"] else {
      throw malformed("'fortran_order' is neither True nor False")
    }
    guard case .integers(let extents) = entries["shape"] else {
      throw malformed("'shape' is not a tuple of whole numbers")
    }
    guard case .text(let name) = entries["descr"], let byteOrder = name.first, "<>|=".contains(byteOrder),
      let element = Self.element(name)
    else {
      let found = entries["descr"]?.source ?? "unknown"
      throw DatasetError(.wrongElementType(found: found, wanted: Self.readable), path: path)
    }
    self.element = element
    shape = extents
    isFortranOrder = order
    isBigEndian = byteOrder == ">"
  }

  /// The type of a NumPy name that begins with the byte order.
  private static func element(_ name: String) -> Element? {
    if let type = types[String(name.dropFirst())] { return .number(type) }
    guard let length = Int(name.dropFirst(2)), (0...1 << 24).contains(length), !name.dropFirst(2).hasPrefix("+") else {
      return nil
    }
    switch name.dropFirst().first {
    case "U": return .text(name: name, width: 4, length: length)
    case "S": return .text(name: name, width: 1, length: length)
    default: return nil
    }
  }

  /// Where the elements are among the file's bytes.
  /// - Throws: ``DatasetError`` if there are fewer bytes than the shape has elements.
  func elements(in bytes: [UInt8], path: String) throws(DatasetError) -> Range<Int> {
    let (count, overflow) = shape.reduce(into: (element.byteCount, false)) { product, extent in
      let (next, overflow) = product.0.multipliedReportingOverflow(by: extent)
      product = (next, product.1 || overflow)
    }
    guard !overflow else { throw DatasetError(.oversizedShape(shape), path: path) }
    let actual = bytes.count - dataOffset
    guard actual >= count else {
      throw DatasetError(.truncated(part: "the data of shape \(shape)", expected: count, actual: actual), path: path)
    }
    return dataOffset..<dataOffset + count
  }

  static var readable: [DType] { DType.allCases.filter { description(of: $0) != nil } }
}
