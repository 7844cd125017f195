import Foundation

/// A connection over which a test sends whatever it likes.
final class RawClient {
  struct Failure: Error {}

  private let descriptor: Int32

  /// - Parameter address: as the server tells it.
  init(_ address: String) throws {
    guard let port = URL(string: address)?.port.flatMap({ UInt16(exactly: $0) }) else { throw Failure() }
    #if canImport(Darwin)
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var full = sockaddr_in()
    full.sin_family = sa_family_t(AF_INET)
    full.sin_port = port.bigEndian
    full.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isConnected = withUnsafePointer(to: full) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw Failure() }
    // A server that doesn't answer fails the test, and doesn't hang it. Pages are made by tasks, which wait while other
    // tests keep all the threads there are for them.
    var limit = timeval(tv_sec: 180, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  deinit { close(descriptor) }

  /// Sends as much as the server takes.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      #if canImport(Darwin)
        let count = Darwin.send(descriptor, Array(bytes[done...]), bytes.count - done, 0)
      #else
        let count = Glibc.send(descriptor, Array(bytes[done...]), bytes.count - done, Int32(MSG_NOSIGNAL))
      #endif
      guard count > 0 else { return }
      done += count
    }
  }

  /// What comes until the server closes the connection, or `end` has come.
  func receive(until end: String? = nil) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      bytes += buffer[..<count]
      if let end, bytes.count >= end.utf8.count, bytes.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
