#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A numeric address to listen on.
enum ListeningAddress: Sendable {
  case version4(in_addr)
  case version6(in6_addr)

  /// - Throws: ``ServeError/notAddress(_:)``.
  init(_ host: String) throws(ServeError) {
    var (short, long) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &short) == 1 {
      self = .version4(short)
    } else if inet_pton(AF_INET6, host, &long) == 1 {
      self = .version6(long)
    } else {
      throw .notAddress(host)
    }
  }

  /// Whether only this machine can reach it.
  var isLoopback: Bool {
    switch self {
    case .version4(let address): withUnsafeBytes(of: address) { $0[0] == 127 }
    case .version6(let address):
      withUnsafeBytes(of: address) { bytes in
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        return isMapped ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
      }
    }
  }

  /// Calls `body` with the address in the form that sockets take.
  func withSocketAddress<Result>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch self {
    case .version4(let address):
      var full = sockaddr_in()
      full.sin_family = sa_family_t(AF_INET)
      full.sin_port = port.bigEndian
      full.sin_addr = address
      return Self.withBytes(of: full, body)
    case .version6(let address):
      var full = sockaddr_in6()
      full.sin6_family = sa_family_t(AF_INET6)
      full.sin6_port = port.bigEndian
      full.sin6_addr = address
      return Self.withBytes(of: full, body)
    }
  }

  private static func withBytes<Address, Result>(
    of address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
    }
  }
}

/// A socket that accepts connections. It closes with its last reference.
final class ListeningSocket: Sendable {
  let descriptor: Int32
  /// The requested port, or the one that the system chose.
  let port: UInt16

  /// - Parameters:
  ///   - host: the address as errors show it.
  ///   - port: 0 picks a free one.
  /// - Throws: ``ServeError/cannotListen(host:port:reason:)``.
  init(_ address: ListeningAddress, host: String, port: UInt16) throws(ServeError) {
    func failure() -> ServeError { .cannotListen(host: host, port: port, reason: Self.reason(errno)) }
    let family = if case .version4 = address { AF_INET } else { AF_INET6 }
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw failure() }
    var isOn: Int32 = 1
    // Connections left by a previous server must not block the port.
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    guard address.withSocketAddress(port: port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 128) == 0,
      let chosen = Self.port(of: descriptor)
    else {
      let failure = failure()
      close(descriptor)
      throw failure
    }
    Self.prepare(descriptor)
    (self.descriptor, self.port) = (descriptor, chosen)
  }

  deinit { close(descriptor) }

  /// The next connection, or `nil` if none is pending.
  /// - Parameter isExhausted: set if the system has run out of descriptors.
  func accept(isExhausted: inout Bool) -> Int32? {
    #if canImport(Glibc)
      let connection = Glibc.accept(descriptor, nil, nil)
    #elseif canImport(Musl)
      let connection = Musl.accept(descriptor, nil, nil)
    #else
      let connection = Darwin.accept(descriptor, nil, nil)
    #endif
    guard connection >= 0 else {
      isExhausted = ![EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED].contains(errno)
      return nil
    }
    Self.prepare(connection)
    #if canImport(Darwin)
      var isOn: Int32 = 1
      setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
    return connection
  }

  /// Makes a descriptor non-blocking and closed in child processes.
  static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  private static func port(of descriptor: Int32) -> UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let isKnown = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length) == 0
      }
      guard isKnown else { return nil }
      // Both address families have the port at the same offset.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }

  private static func reason(_ number: Int32) -> String {
    switch number {
    case EADDRINUSE: "another program is already listening there"
    case EACCES: "administrator rights are required"
    case EADDRNOTAVAIL: "this machine does not have that address"
    default: String(cString: strerror(number))
    }
  }
}

/// The reason why a server cannot start.
public enum ServeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The host is not a numeric address.
  case notAddress(String)
  case cannotListen(host: String, port: UInt16, reason: String)

  public var description: String {
    switch self {
    case .notAddress(let host):
      "'\(host)' is not a numeric address: use 127.0.0.1 for this machine only, or 0.0.0.0 for all machines"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host), port \(port): \(reason). Choose another port with --port, or 0 for any free one."
    }
  }
}
