import CZlib

/// Unpacks a gzip file in memory piece by piece; the caller decides how much.
///
/// By zlib, which checks the sums at the members' ends; libarchive skips them.
struct GzipReader: ~Copyable {
  private static let chunk = 1 << 20
  /// Window bits 15, plus 16 for the gzip wrapper.
  private static let windowBits: Int32 = 31

  private let input: [UInt8]
  private let path: String
  // zlib keeps a pointer to its stream, which must therefore never move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed = 0
  private(set) var isFinished = false

  /// - Parameter path: what errors call the bytes.
  init(_ input: [UInt8], path: String) throws(DatasetError) {
    (self.input, self.path) = (input, path)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw DatasetError(.unreadable(reason: "zlib can't start (status \(status))"), path: path)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// The rest, which should be `count` bytes. It is read to its end, where zlib checks the sum.
  ///
  /// - Throws: ``DatasetError`` if the compressed data are damaged, break off or are fewer or more bytes.
  mutating func rest(_ count: Int, part: String) throws(DatasetError) -> [UInt8] {
    // One more byte, if that is a number at all, shows that there are too many.
    let bytes = try read(count == .max ? count : count + 1)
    guard bytes.count >= count else {
      throw DatasetError(.truncated(part: part, expected: count, actual: bytes.count), path: path)
    }
    guard bytes.count == count else { throw DatasetError(.tooLong(part: part, expected: count), path: path) }
    return bytes
  }

  /// Up to `count` bytes; fewer only where the compressed data end.
  ///
  /// Memory grows with what is unpacked: a header that announces terabytes costs nothing.
  /// - Throws: ``DatasetError`` if the compressed data are damaged or break off.
  mutating func read(_ count: Int) throws(DatasetError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(Packed.capacity(announced: count, packed: input.count))
    var scratch = [UInt8](repeating: 0, count: min(Self.chunk, max(1, count)))
    while output.count < count, !isFinished {
      let room = min(count - output.count, scratch.count)
      let available = min(input.count - consumed, Int(UInt32.max))
      let (status, unread, unwritten) = step(into: &scratch, room: room, available: available)
      consumed += available - unread
      output.append(contentsOf: scratch[..<(room - unwritten)])
      switch status {
      case Z_STREAM_END: finishMember()
      case Z_OK where room > unwritten || unread < available: continue
      case Z_OK, Z_BUF_ERROR:
        throw DatasetError(.corruptCompression(byte: consumed, reason: "they break off before their end"), path: path)
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw DatasetError(.corruptCompression(byte: consumed, reason: reason), path: path)
      }
    }
    return output
  }

  private func step(
    into scratch: inout [UInt8], room: Int, available: Int
  ) -> (status: Int32, unread: Int, unwritten: Int) {
    input.withUnsafeBufferPointer { input in
      scratch.withUnsafeMutableBufferPointer { scratch in
        stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = scratch.baseAddress
        stream.pointee.avail_out = UInt32(room)
        let status = inflate(stream, Z_NO_FLUSH)
        return (status, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
      }
    }
  }

  /// A gzip file may hold several members one after another; they count as one stream.
  private mutating func finishMember() {
    if consumed + 1 < input.count, input[consumed] == 0x1f, input[consumed + 1] == 0x8b {
      inflateReset(stream)
    } else {
      isFinished = true
    }
  }
}
