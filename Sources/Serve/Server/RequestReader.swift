/// The head of an HTTP/1.1 request (RFC 9112).
package struct RequestHead: Sendable, Equatable {
  package var request: SiteRequest
  /// Whether the connection may carry another request. The sender must want it, and must not have announced a body,
  /// which would precede the next request.
  package var keepsConnection: Bool
}

/// Reads the heads of requests from bytes as they arrive. Each byte is examined once, and no more bytes are kept than a
/// head may have, so that a sender can neither fill the memory nor keep a processor busy. Bodies are not read.
package struct RequestReader {
  /// In bytes per line.
  static let lineLimit = 16 << 10
  /// In bytes per head.
  static let headLimit = 64 << 10
  static let fieldLimit = 100

  package enum Outcome: Equatable {
    case incomplete
    case head(RequestHead)
    /// The input is invalid from here on.
    /// - Parameter status: that of the answer.
    case refused(status: Int)
  }

  private struct Fields {
    var count = 0
    var host: String?
    var knownTag: String?
    var closes = false
    var announcesBody = false
  }

  private struct Refusal: Error {
    var status: Int
  }

  private var line: [UInt8] = []
  private var size = 0
  private var start: (method: String, target: String, isOld: Bool)?
  private var fields = Fields()

  package init() {}

  /// Whether an incomplete request has begun.
  var hasBegun: Bool { size > 0 }

  /// Consumes bytes up to the end of a head. The bytes after it stay.
  package mutating func read(_ bytes: inout ArraySlice<UInt8>) -> Outcome {
    do throws(Refusal) {
      while !bytes.isEmpty {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        let part = bytes[..<(end ?? bytes.endIndex)]
        size += part.count + (end == nil ? 0 : 1)
        guard line.count + part.count <= Self.lineLimit, size <= Self.headLimit else {
          throw Refusal(status: start == nil ? 414 : 431)
        }
        line += part
        bytes = bytes[(end.map { $0 + 1 } ?? bytes.endIndex)...]
        guard end != nil else { return .incomplete }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if let head = try take(line) {
          self = RequestReader()
          return .head(head)
        }
        line.removeAll(keepingCapacity: true)
      }
      return .incomplete
    } catch {
      return .refused(status: error.status)
    }
  }

  /// - Returns: the head, if this line completes it.
  private mutating func take(_ line: [UInt8]) throws(Refusal) -> RequestHead? {
    guard let start else {
      // RFC 9112 has servers ignore empty lines before a request.
      if !line.isEmpty { self.start = try Self.start(of: line) }
      return nil
    }
    guard line.isEmpty else {
      fields.count += 1
      guard fields.count <= Self.fieldLimit else { throw Refusal(status: 431) }
      try take(field: line)
      return nil
    }
    var (path, host) = (start.target, fields.host)
    if host == nil, !start.isOld { throw Refusal(status: 400) }
    // A proxy may send an absolute address, whose host takes precedence.
    for scheme in ["http://", "https://"] where path.lowercased().hasPrefix(scheme) {
      let rest = path.dropFirst(scheme.count)
      let slash = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      host = String(rest[..<slash])
      path = rest[slash...].hasPrefix("/") ? String(rest[slash...]) : "/" + rest[slash...]
    }
    path = String(path.prefix { $0 != "?" })
    return RequestHead(
      request: SiteRequest(start.method, path, host: host, knownTag: fields.knownTag),
      keepsConnection: !start.isOld && !fields.closes && !fields.announcesBody)
  }

  private static func start(of line: [UInt8]) throws(Refusal) -> (method: String, target: String, isOld: Bool) {
    let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, isToken(parts[0]), !parts[1].isEmpty, parts[1].allSatisfy({ (0x21...0x7e).contains($0) }),
      parts[2].count == 8, parts[2].starts(with: "HTTP/".utf8)
    else { throw Refusal(status: 400) }
    let version = String(decoding: parts[2].dropFirst(5), as: UTF8.self)
    guard version.hasPrefix("1.") else { throw Refusal(status: 505) }
    return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self), version == "1.0")
  }

  private mutating func take(field line: [UInt8]) throws(Refusal) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Self.isToken(line[..<colon]),
      line[colon...].allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
    else { throw Refusal(status: 400) }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var bytes = line[(colon + 1)...].drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    let value = String(decoding: bytes, as: UTF8.self)
    switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
    case "host":
      guard fields.host == nil else { throw Refusal(status: 400) }
      fields.host = value
    case "if-none-match": fields.knownTag = value
    case "connection": fields.closes = fields.closes || value.lowercased().contains("close")
    case "content-length": fields.announcesBody = fields.announcesBody || value != "0"
    case "transfer-encoding": fields.announcesBody = true
    default: break
    }
  }

  /// Whether the bytes are a token, as methods and field names are.
  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
