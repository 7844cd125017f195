import Foundation
import PJRT
import Sockets
import Synchronization

/// The store in process 0, for the others by TCP. Each connection has a thread; nothing that comes in before its sender has
/// proved to know the token is kept, and nothing can take longer than the limits below.
final class StoreServer: SharedStore {
  /// For a stranger to prove who it is, and for an answer to be taken.
  private static let timeLimit = Duration.seconds(10)
  /// Connections beyond the processes' own.
  private static let strangerLimit = 64
  /// How often the thread that accepts looks whether it shall end.
  private static let tick = Int32(100)

  private struct State {
    var connections: [Int: StreamSocket] = [:]
    var nextNumber = 0
    var isClosed = false
  }

  /// The port it listens on.
  let port: UInt16
  private let memory = MemoryStore()
  private let socket: ListeningSocket
  private let run: String
  private let count: Int
  private let token: RendezvousToken
  private let state = Mutex(State())

  /// - Parameters:
  ///   - port: 0 picks a free one.
  ///   - run: that clients must name.
  ///   - count: the number of processes, that clients must know.
  init(host: String, port: UInt16, run: String, count: Int, token: RendezvousToken) throws(RendezvousError) {
    do throws(SocketFailure) {
      guard let address = try SocketAddress.all(of: host).first else {
        throw SocketFailure(reason: "it has no address")
      }
      socket = try ListeningSocket(address, port: port)
    } catch {
      throw .cannotServe(place: RendezvousPlace.tcp(host: host, port: port).description, reason: error.reason)
    }
    (self.run, self.count, self.token, self.port) = (run, count, token, socket.port)
    let thread = Thread { [self] in accept() }
    thread.name = "rendezvous"
    thread.start()
  }

  func put(_ key: String, _ value: [UInt8]) { memory.put(key, value) }

  func value(of key: String) -> [UInt8]? { memory.value(of: key) }

  func claim(_ key: String, _ value: [UInt8]) -> Bool { memory.claim(key, value) }

  func isCurrent() -> Bool { true }

  func close() {
    let connections = state.withLock { state in
      state.isClosed = true
      return state.connections.values
    }
    for connection in connections { connection.end() }
  }

  private func accept() {
    while !state.withLock({ $0.isClosed }) {
      var polled = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, Self.tick) > 0 else { continue }
      var isExhausted = false
      guard let descriptor = socket.accept(isExhausted: &isExhausted) else {
        if isExhausted { Backoff.sleep(Self.timeLimit / 100) }
        continue
      }
      let connection = StreamSocket(accepted: descriptor)
      let number = state.withLock { state -> Int? in
        guard !state.isClosed, state.connections.count < count + Self.strangerLimit else { return nil }
        state.nextNumber += 1
        state.connections[state.nextNumber] = connection
        return state.nextNumber
      }
      guard let number else { continue }
      let thread = Thread { [self] in
        // An error needs no report here: the process at the other end notices the closed connection, the others its silence.
        try? serve(connection)
        connection.end()
        state.withLock { $0.connections[number] = nil }
      }
      thread.name = "rendezvous \(number)"
      thread.start()
    }
  }

  private func serve(_ connection: StreamSocket) throws(SocketFailure) {
    let greeting = Greeting()
    let deadline = ContinuousClock.now + Self.timeLimit
    try connection.send(greeting.bytes, until: deadline)
    let bytes = try Frame.receive(from: connection, limit: Frame.strangerLimit, until: deadline)
    guard let hello = Hello(bytes), hello.isProved(by: token, for: greeting) else {
      return try answer(.refusal("its token is another one"), to: connection)
    }
    if let reason = refusal(of: hello) { return try answer(.refusal(reason), to: connection) }
    try answer(.some(token.digest(of: hello.welcome)), to: connection)
    while let request = StoreRequest(try Frame.receive(from: connection, until: .now + .seconds(86_400))) {
      switch request {
      case .put(let key, let value):
        put(key, value)
        try answer(.some([]), to: connection)
      case .claim(let key, let value): try answer(claim(key, value) ? .some([]) : .none, to: connection)
      case .value(let key): try answer(value(of: key).map { .some($0) } ?? .none, to: connection)
      }
    }
  }

  /// Why a process that knows the token doesn't belong here; nil if it does.
  private func refusal(of hello: Hello) -> String? {
    if hello.run != run { return "it belongs to the run '\(hello.run)', but this is the run '\(run)'" }
    if hello.count != count { return "it expects \(hello.count) processes, but process 0 expects \(count)" }
    return (1..<count).contains(hello.process) ? nil : "there is no place for process \(hello.process) of \(count)"
  }

  private func answer(_ answer: StoreAnswer, to connection: StreamSocket) throws(SocketFailure) {
    try connection.send(Frame.bytes(answer.bytes), until: .now + Self.timeLimit)
  }
}
