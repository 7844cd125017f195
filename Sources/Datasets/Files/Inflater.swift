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
  /// Announced sizes up to this are believed.
  private static let trusted = 1 << 26

  private let input: [UInt8]
  private let start: Int
  private let end: Int
  private let format: Format
  private let path: String
  // zlib keeps a pointer to its stream, which so must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed: Int
  private var produced = 0
  private(set) var isFinished = false

  /// - Parameter range: the compressed bytes within `input`, which must hold them; all of it if `nil`.
  init(_ input: [UInt8], in range: Range<Int>? = nil, format: Format, path: String) throws(DatasetError) {
    let range = range ?? 0..<input.count
    (self.input, self.format, self.path) = (input, format, path)
    (start, end) = (range.lowerBound, range.upperBound)
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

  /// Appends the rest, which should be `count` bytes. It is read to its end, where zlib checks the sum.
  ///
  /// Memory is taken for what there is, whatever is announced: where that is much, the stream is unpacked into nothing
  /// first, to see how much it holds.
  /// - Throws: ``DatasetError`` if the compressed data are damaged, break off or are fewer or more bytes.
  mutating func readRest(_ count: Int, part: String, into output: inout [UInt8]) throws(DatasetError) {
    if count > Self.trusted {
      var counter = try Inflater(input, in: start..<end, format: format, path: path)
      let before = produced
      // One more, if that is a number at all.
      let actual = try counter.skip(before + min(count, Int.max - before - 1) + 1) - before
      try check(actual, against: count, part)
    }
    let before = output.count
    output.reserveCapacity(before + count + 1)
    try read(count + 1, into: &output)
    try check(output.count - before, against: count, part)
  }

  private func check(_ actual: Int, against count: Int, _ part: String) throws(DatasetError) {
    guard actual >= count else {
      throw DatasetError(.truncated(part: part, expected: count, actual: actual), path: path)
    }
    guard actual == count else { throw DatasetError(.tooLong(part: part, expected: count), path: path) }
  }

  /// Unpacks up to `count` bytes into nothing.
  /// - Returns: how many there were.
  private mutating func skip(_ count: Int) throws(DatasetError) -> Int {
    var scratch: [UInt8] = []
    while produced < count, !isFinished {
      scratch.removeAll(keepingCapacity: true)
      try read(min(Self.chunk, count - produced), into: &scratch)
    }
    return produced
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
      let count = room - unwritten
      output.append(contentsOf: scratch[..<count])
      wanted -= count
      produced += count
      switch status {
      case Z_STREAM_END: try finishMember()
      case Z_OK where count > 0 || unread < available: continue
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
