import CZlib

/// Streaming decompression of bytes in memory, with the size of the output decided by the caller.
struct Inflater: ~Copyable {
  enum Format: Int32 {
    /// A gzip file: window bits 15, plus 16 for the gzip wrapper.
    case gzip = 31
    /// A member of a zip archive: no wrapper.
    case raw = -15
  }

  private static let chunk = 1 << 20

  private let input: [UInt8]
  private let end: Int
  private let path: String
  // zlib keeps a pointer to its stream, which so must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed: Int
  private(set) var isFinished = false

  /// - Parameter range: the compressed bytes within `input`, which must hold them; all of it if `nil`.
  init(_ input: [UInt8], in range: Range<Int>? = nil, format: Format, path: String) throws(DatasetError) {
    let range = range ?? 0..<input.count
    self.input = input
    end = range.upperBound
    self.path = path
    consumed = range.lowerBound
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw DatasetError(.unreadable(reason: "zlib can't start (status \(status))"), path: path)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Appends up to `count` bytes to `output`; fewer only where the compressed data end.
  ///
  /// The output grows as it is decompressed: a header that announces terabytes costs nothing.
  /// - Throws: ``DatasetError`` if the compressed data are damaged or break off.
  mutating func read(_ count: Int, into output: inout [UInt8]) throws(DatasetError) {
    var wanted = count
    var scratch = [UInt8](repeating: 0, count: min(Self.chunk, max(1, count)))
    while wanted > 0, !isFinished {
      let room = min(wanted, scratch.count)
      let available = min(end - consumed, Int(UInt32.max))
      let (status, unread, unwritten) = step(into: &scratch, room: room, available: available)
      consumed += available - unread
      let produced = room - unwritten
      output.append(contentsOf: scratch[..<produced])
      wanted -= produced
      switch status {
      case Z_STREAM_END: try finishMember()
      case Z_OK where produced > 0 || unread < available: continue
      case Z_OK, Z_BUF_ERROR:
        throw DatasetError(
          .corruptCompression(byte: consumed, reason: "they break off before their end"), path: path)
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        throw DatasetError(.corruptCompression(byte: consumed, reason: reason), path: path)
      }
    }
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
  private mutating func finishMember() throws(DatasetError) {
    if consumed + 1 < end, input[consumed] == 0x1f, input[consumed + 1] == 0x8b {
      inflateReset(stream)
    } else {
      isFinished = true
    }
  }
}
