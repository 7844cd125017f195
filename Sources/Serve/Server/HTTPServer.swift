import Foundation
import Sockets
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The part of HTTP/1.1 that showing pages needs: persistent connections, `GET` and `HEAD`, and no request bodies.
///
/// One thread waits for all connections, and no connection can block it. A request must be complete within the time
/// limit. When there are too many connections, the one that has been silent for longest is closed.
final class HTTPServer: Sendable {
  private static let connectionLimit = 128
  /// The delay after the system has run out of descriptors.
  private static let pause = Duration.milliseconds(100)

  private let socket: ListeningSocket
  private let timeout: Duration
  private let answer: @Sendable (SiteRequest) async -> SiteResponse
  private let mailbox: Mailbox

  /// - Parameter timeout: for a request to be complete, for an answer to be taken, and for silence between them.
  /// - Throws: ``ServeError`` if the system has no descriptors left.
  init(
    _ socket: ListeningSocket, host: String, timeout: Duration,
    answer: @escaping @Sendable (SiteRequest) async -> SiteResponse
  ) throws(ServeError) {
    (self.socket, self.timeout, self.answer) = (socket, timeout, answer)
    guard let mailbox = Mailbox() else {
      throw .cannotListen(host: host, port: socket.port, reason: String(cString: strerror(errno)))
    }
    self.mailbox = mailbox
  }

  /// Serves until the task is cancelled.
  func run() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let thread = Thread { [self] in
          serve()
          continuation.resume()
        }
        thread.name = "server"
        thread.start()
      }
    } onCancel: {
      mailbox.end()
    }
  }

  private func serve() {
    var connections: [Int: Connection] = [:]
    var (nextNumber, acceptsFrom) = (0, ContinuousClock.now)

    func take(_ step: Connection.Step, _ number: Int, _ connection: Connection) {
      switch step {
      case .goOn: break
      case .close: connections[number] = nil
      case .refuse(let status):
        take(connection.send(MessagePage.refusal(status).response, to: nil), number, connection)
      case .answer(let request):
        Task { [mailbox, answer] in mailbox.put(Mailbox.Letter(number: number, request, await answer(request))) }
      }
    }

    while true {
      let now = ContinuousClock.now
      let order = connections.sorted { $0.value.deadline < $1.value.deadline }
      let evictable = order.first { $0.value.state != .waiting }
      let accepts = now >= acceptsFrom && (connections.count < Self.connectionLimit || evictable != nil)
      var polled = [mailbox.interest, pollfd(fd: accepts ? socket.descriptor : -1, events: Int16(POLLIN), revents: 0)]
      polled += order.map(\.value.interest)
      let end = ([evictable?.value.deadline] + [accepts ? nil : acceptsFrom]).compactMap(\.self).min()
      // One extra millisecond, so that the deadline has passed when the call returns.
      let milliseconds = end.map { max(0, ($0 - now) / .milliseconds(1)) + 1 } ?? -1
      guard poll(&polled, nfds_t(polled.count), Int32(milliseconds)) >= 0 || errno == EINTR else { return }

      let (letters, isEnded) = mailbox.take()
      if isEnded { return }
      for letter in letters {
        guard let connection = connections[letter.number] else { continue }
        take(connection.send(letter.response, to: letter.request), letter.number, connection)
      }
      for (event, (number, connection)) in zip(polled.dropFirst(2), order) where connections[number] === connection {
        if event.revents != 0 {
          take(connection.proceed(event.revents), number, connection)
        } else if connection.state != .waiting, connection.deadline <= .now {
          take(connection.expire(), number, connection)
        }
      }
      if polled[1].revents != 0 {
        var isExhausted = false
        if let descriptor = socket.accept(isExhausted: &isExhausted) {
          if connections.count >= Self.connectionLimit, let evictable { connections[evictable.key] = nil }
          connections[nextNumber] = Connection(descriptor, timeout: timeout)
          nextNumber += 1
        } else if isExhausted {
          if let evictable { connections[evictable.key] = nil }
          acceptsFrom = .now + Self.pause
        }
      }
    }
  }
}

/// Messages from other threads to that of the server, which waits for them together with its connections.
private final class Mailbox: Sendable {
  /// A finished answer.
  struct Letter: Sendable {
    let number: Int
    let request: SiteRequest
    let response: SiteResponse

    init(number: Int, _ request: SiteRequest, _ response: SiteResponse) {
      (self.number, self.request, self.response) = (number, request, response)
    }
  }

  private struct Contents {
    var letters: [Letter] = []
    var isEnded = false
  }

  private let contents = Mutex(Contents())
  /// A byte in a pipe wakes the thread.
  private let (readingEnd, writingEnd): (Int32, Int32)

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { ListeningSocket.prepare(end) }
    (readingEnd, writingEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readingEnd)
    close(writingEnd)
  }

  var interest: pollfd { pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0) }

  func put(_ letter: Letter) {
    contents.withLock { $0.letters.append(letter) }
    wake()
  }

  func end() {
    contents.withLock { $0.isEnded = true }
    wake()
  }

  /// All messages since the last call.
  func take() -> (letters: [Letter], isEnded: Bool) {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(readingEnd, &bytes, bytes.count) == bytes.count {}
    return contents.withLock { contents in
      defer { contents.letters = [] }
      return (contents.letters, contents.isEnded)
    }
  }

  private func wake() {
    // A full pipe wakes the thread as well.
    var byte: UInt8 = 0
    _ = write(writingEnd, &byte, 1)
  }
}
