#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A numeric address of a machine.
package enum SocketAddress: Sendable {
  case version4(in_addr)
  case version6(in6_addr)

  /// Nil for anything but numbers and `localhost`.
  package init?(_ host: String) {
    var (short, long) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &short) == 1 {
      self = .version4(short)
    } else if inet_pton(AF_INET6, host, &long) == 1 {
      self = .version6(long)
    } else {
      return nil
    }
  }

  /// The addresses of a host, by number or by name; the system may ask others for them.
  /// - Throws: ``SocketFailure`` with the resolver's reason.
  package static func all(of host: String) throws(SocketFailure) -> [SocketAddress] {
    if let numeric = SocketAddress(host) { return [numeric] }
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, nil, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else { throw SocketFailure(reason: "\(host): " + String(cString: gai_strerror(code))) }
    var addresses: [SocketAddress] = []
    var seen: Set<[UInt8]> = []
    for entry in sequence(first: list, next: { $0?.pointee.ai_next }) {
      guard let entry, let address = entry.pointee.ai_addr else { break }
      switch Int32(address.pointee.sa_family) {
      case AF_INET:
        let number = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr
        if seen.insert(withUnsafeBytes(of: number) { [UInt8]($0) }).inserted { addresses.append(.version4(number)) }
      case AF_INET6:
        let number = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr
        if seen.insert(withUnsafeBytes(of: number) { [UInt8]($0) }).inserted { addresses.append(.version6(number)) }
      default: break
      }
    }
    return addresses
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    switch self {
    case .version4(let address): withUnsafeBytes(of: address) { $0[0] == 127 }
    case .version6(let address):
      withUnsafeBytes(of: address) { bytes in
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        return isMapped ? bytes[12] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
      }
    }
  }

  /// A socket for streams to or from such addresses.
  func makeSocket() throws(SocketFailure) -> Int32 {
    let family = if case .version4 = self { AF_INET } else { AF_INET6 }
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw SocketFailure(code: errno) }
    return descriptor
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

/// Why a socket can't be used.
package struct SocketFailure: Error, Sendable, Equatable {
  /// Without a full stop.
  package let reason: String

  package init(reason: String) { self.reason = reason }

  init(code: Int32) {
    reason =
      switch code {
      case EADDRINUSE: "another program is already listening there"
      case EACCES: "administrator rights are required"
      case EADDRNOTAVAIL: "this machine does not have that address"
      default: String(cString: strerror(code))
      }
  }

  /// The other end closed the connection.
  package static let closed = SocketFailure(reason: "the connection was closed")
  package static let timedOut = SocketFailure(reason: "no answer in time")
}
