#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A connection whose calls wait, up to a deadline. It closes with its last reference.
package final class StreamSocket: Sendable {
  private let descriptor: Int32

  /// - Parameter descriptor: of an accepted connection.
  package init(accepted descriptor: Int32) {
    self.descriptor = descriptor
    Self.sendAtOnce(descriptor)
  }

  /// Connects.
  package init(
    to address: SocketAddress, port: UInt16, until deadline: ContinuousClock.Instant
  ) throws(SocketFailure) {
    descriptor = try address.makeSocket()
    ListeningSocket.prepare(descriptor)
    Self.sendAtOnce(descriptor)
    guard address.withSocketAddress(port: port, { connect(descriptor, $0, $1) }) != 0 else { return }
    // Once everything is initialized, the descriptor closes with this.
    guard errno == EINPROGRESS else { throw SocketFailure(code: errno) }
    try wait(for: Int32(POLLOUT), until: deadline)
    var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw SocketFailure(code: code) }
  }

  deinit { close(descriptor) }

  /// Ends the connection: calls that wait, in this process or the other, fail.
  package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  package func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(SocketFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.send(descriptor, $0) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, Self.isTemporary(errno) {
        try wait(for: Int32(POLLOUT), until: deadline)
      } else {
        throw Self.failure(errno)
      }
    }
  }

  /// Receives so many bytes.
  package func receive(_ count: Int, until deadline: ContinuousClock.Instant) throws(SocketFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(count, 64 << 10))
    while bytes.count < count {
      let received = recv(descriptor, &buffer, min(buffer.count, count - bytes.count), 0)
      if received > 0 {
        bytes += buffer[..<received]
      } else if received < 0, Self.isTemporary(errno) {
        try wait(for: Int32(POLLIN), until: deadline)
      } else {
        throw received == 0 ? .closed : Self.failure(errno)
      }
    }
    return bytes
  }

  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(SocketFailure) {
    while true {
      let rest = deadline - .now
      guard rest > .zero else { throw .timedOut }
      var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      // One extra millisecond, so that the deadline has passed when the call returns.
      let answer = poll(&polled, 1, Int32(clamping: Int64(rest / .milliseconds(1)) + 1))
      if answer > 0 { return }
      guard answer == 0 || errno == EINTR else { throw SocketFailure(code: errno) }
    }
  }

  private static func failure(_ code: Int32) -> SocketFailure {
    [EPIPE, ECONNRESET, ESHUTDOWN, ENOTCONN].contains(code) ? .closed : SocketFailure(code: code)
  }

  /// Small messages mustn't wait for more.
  private static func sendAtOnce(_ descriptor: Int32) {
    var isOn: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sends what the system takes at once.
  /// - Returns: the count, or -1 with an error number. A closed connection raises no signal.
  package static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
    #elseif canImport(Musl)
      Musl.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }

  /// Whether a call may succeed when it is made again.
  package static func isTemporary(_ code: Int32) -> Bool { [EAGAIN, EWOULDBLOCK, EINTR].contains(code) }
}
