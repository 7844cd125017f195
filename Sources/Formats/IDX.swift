import Arrays

/// The IDX format of MNIST: a magic number, big-endian extents, then the elements; plain or gzip.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
public enum IDX {
  private static let unsignedByte: UInt8 = 0x08
  private static let typeNames: [UInt8: String] = [
    0x08: "uint8", 0x09: "int8", 0x0b: "int16", 0x0c: "int32", 0x0d: "float32", 0x0e: "float64",
  ]

  /// The array in a file of unsigned bytes.
  /// - Parameter rank: the required number of axes: 3 for images, 1 for labels; any if `nil`.
  /// - Returns: uint8 elements in the shape of the header.
  /// - Throws: ``DatasetError`` if the file can't be read, isn't IDX, holds other elements or axes,
  ///   or is shorter or longer than its header announces.
  public static func read(_ path: String, rank: Int? = nil) throws(DatasetError) -> HostArray {
    try decode(FileBytes.read(path), rank: rank, path: path)
  }

  /// As ``read(_:rank:)``, for bytes in memory.
  /// - Parameter path: what errors call the bytes.
  public static func decode(
    _ bytes: [UInt8], rank: Int? = nil, path: String
  ) throws(DatasetError) -> HostArray {
    if bytes.starts(with: [0x1f, 0x8b]) {
      var reader = try GzipReader(bytes, path: path)
      var header = try reader.read(4)
      let axes = try axisCount(header, rank: rank, path: path)
      header += try reader.read(4 * axes)
      let (shape, count) = try self.shape(header, axes: axes, path: path)
      return try HostArray.make(.uint8, shape, reader.rest(count, part: part(shape)), path: path)
    }
    let axes = try axisCount(Array(bytes.prefix(4)), rank: rank, path: path)
    let (shape, count) = try self.shape(Array(bytes.prefix(4 + 4 * axes)), axes: axes, path: path)
    let elements = bytes[(4 + 4 * axes)...]
    guard elements.count >= count else {
      throw DatasetError(.truncated(part: part(shape), expected: count, actual: elements.count), path: path)
    }
    guard elements.count == count else { throw DatasetError(.tooLong(part: part(shape), expected: count), path: path) }
    return try HostArray.make(.uint8, shape, Array(elements), path: path)
  }

  private static func part(_ shape: [Int]) -> String { "the data of shape \(shape)" }

  private static func axisCount(_ header: [UInt8], rank: Int?, path: String) throws(DatasetError) -> Int {
    guard header.count >= 4 else {
      throw DatasetError(.truncated(part: "the magic number", expected: 4, actual: header.count), path: path)
    }
    let expected = "00 00 08 \(rank.map { hexadecimal(UInt8(clamping: $0)) } ?? "and the number of axes")"
    let found = header.prefix(4).map(hexadecimal).joined(separator: " ")
    guard header[0] == 0, header[1] == 0, let type = typeNames[header[2]], header[3] > 0 else {
      throw DatasetError(.wrongMagic(format: "an IDX file", expected: expected, actual: found), path: path)
    }
    guard header[2] == unsignedByte else {
      throw DatasetError(.wrongElementType(found: type, wanted: [.uint8]), path: path)
    }
    if let rank, Int(header[3]) != rank {
      throw DatasetError(
        .wrongMagic(format: "an IDX file of \(rank) axes", expected: expected, actual: found), path: path)
    }
    return Int(header[3])
  }

  private static func shape(
    _ header: [UInt8], axes: Int, path: String
  ) throws(DatasetError) -> (shape: [Int], count: Int) {
    guard header.count >= 4 + 4 * axes else {
      throw DatasetError(
        .truncated(part: "the header", expected: 4 + 4 * axes, actual: header.count), path: path)
    }
    let shape = (1...axes).map { axis in
      header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < Int.max else { throw DatasetError(.oversizedShape(shape), path: path) }
      count = product
    }
    return (shape, count)
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
