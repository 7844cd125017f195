#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A socket that accepts connections. It closes with its last reference.
package final class ListeningSocket: Sendable {
  package let descriptor: Int32
  /// The requested port, or the one that the system chose.
  package let port: UInt16

  /// - Parameter port: 0 picks a free one.
  package init(_ address: SocketAddress, port: UInt16) throws(SocketFailure) {
    let descriptor = try address.makeSocket()
    var isOn: Int32 = 1
    // Connections left by a previous server must not block the port.
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    guard address.withSocketAddress(port: port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 128) == 0,
      let chosen = Self.port(of: descriptor)
    else {
      let failure = SocketFailure(code: errno)
      close(descriptor)
      throw failure
    }
    Self.prepare(descriptor)
    (self.descriptor, self.port) = (descriptor, chosen)
  }

  deinit { close(descriptor) }

  /// The next connection, or `nil` if none is pending.
  /// - Parameter isExhausted: set if the system has run out of descriptors.
  package func accept(isExhausted: inout Bool) -> Int32? {
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
    return connection
  }

  /// Makes a descriptor non-blocking, closed in child processes, and free of SIGPIPE where that is a setting.
  package static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    #if canImport(Darwin)
      var isOn: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
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
}
