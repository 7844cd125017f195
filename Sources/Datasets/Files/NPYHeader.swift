import PJRT

/// What stands before the elements of an NPY file: a Python dictionary with three keys.
struct NPYHeader: Equatable {
  enum Element: Equatable {
    case number(DType)
    /// Strings of a fixed length, filled up with zeros.
    /// - Parameter width: bytes of a character: 4, as UTF-32, or 1.
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

  /// The type that NumPy calls by a name with the byte order in front.
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
