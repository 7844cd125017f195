import Sockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A connection to a browser, whose requests are read and answered one after the other. Confined to the thread of the
/// server.
final class Connection {
  enum State: Equatable {
    case reading
    /// The site prepares the answer.
    case waiting
    case writing
    /// The answer is sent. Further input is discarded for a moment: closing on unread input would reset the connection
    /// and lose the answer.
    case ending
  }

  /// The next step.
  enum Step {
    case goOn
    case answer(SiteRequest)
    case refuse(status: Int)
    case close
  }

  private static let chunk = 16 << 10
  /// How long the sender may take to notice the end, and how much it may send meanwhile.
  private static let endingLimit = (time: Duration.seconds(2), bytes: 1 << 20)

  private(set) var state = State.reading
  private(set) var deadline: ContinuousClock.Instant
  private let descriptor: Int32
  private let timeout: Duration
  private var reader = RequestReader()
  /// The input after the head of the current request.
  private var received: ArraySlice<UInt8> = []
  private var output: ArraySlice<UInt8> = []
  private var keepsOpen = false
  private var discarded = 0

  init(_ descriptor: Int32, timeout: Duration) {
    (self.descriptor, self.timeout) = (descriptor, timeout)
    deadline = .now + timeout
  }

  deinit { close(descriptor) }

  /// The events to wait for.
  var interest: pollfd {
    let events: Int32 =
      switch state {
      case .reading, .ending: POLLIN.number
      case .writing: POLLOUT.number
      case .waiting: 0
      }
    return pollfd(fd: descriptor, events: Int16(events), revents: 0)
  }

  /// - Parameter events: those that occurred.
  func proceed(_ events: Int16) -> Step {
    guard Int32(events) & (POLLERR.number | POLLNVAL.number) == 0 else { return .close }
    switch state {
    case .reading: return read()
    case .waiting: return Int32(events) & POLLHUP.number != 0 ? .close : .goOn
    case .writing: return write()
    case .ending: return discard()
    }
  }

  /// The next step once the deadline has passed.
  func expire() -> Step { state == .reading && reader.hasBegun ? .refuse(status: 408) : .close }

  /// Begins to send an answer.
  /// - Parameter request: `nil` if it could not be read; the connection then closes.
  func send(_ response: SiteResponse, to request: SiteRequest?) -> Step {
    if request == nil { keepsOpen = false }
    output = response.bytes(for: request, keepsConnection: keepsOpen)[...]
    (state, deadline) = (.writing, .now + timeout)
    return write()
  }

  private func read() -> Step {
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return count < 0 && StreamSocket.isTemporary(errno) ? .goOn : .close }
    if !reader.hasBegun { deadline = .now + timeout }
    received = buffer[..<count]
    return next()
  }

  /// The next request in the received input.
  private func next() -> Step {
    switch reader.read(&received) {
    case .incomplete:
      state = .reading
      return .goOn
    case .head(let head):
      (state, keepsOpen) = (.waiting, head.keepsConnection)
      return .answer(head.request)
    case .refused(let status): return .refuse(status: status)
    }
  }

  private func write() -> Step {
    while !output.isEmpty {
      let count = output.withUnsafeBytes { StreamSocket.send(descriptor, $0) }
      guard count > 0 else { return count < 0 && StreamSocket.isTemporary(errno) ? .goOn : .close }
      output = output.dropFirst(count)
      deadline = .now + timeout
    }
    output = []
    if keepsOpen { return next() }
    shutdown(descriptor, Int32(SHUT_WR))
    (state, deadline) = (.ending, .now + Self.endingLimit.time)
    return .goOn
  }

  private func discard() -> Step {
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return count < 0 && StreamSocket.isTemporary(errno) ? .goOn : .close }
    discarded += count
    return discarded > Self.endingLimit.bytes ? .close : .goOn
  }
}

extension BinaryInteger {
  /// Platforms declare their constants with different types.
  fileprivate var number: Int32 { Int32(self) }
}
