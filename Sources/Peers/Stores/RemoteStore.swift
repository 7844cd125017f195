import PJRT
import Sockets
import Synchronization

/// Process 0's store, by TCP. One connection serves all threads, one after the other.
final class RemoteStore: SharedStore {
  /// For an answer to arrive.
  private static let timeLimit = Duration.seconds(30)

  private let place: RendezvousPlace
  private let count: Int
  private let socket: StreamSocket
  /// Held while a request is answered.
  private let turn = Mutex(())
  private let failure = Mutex<RendezvousError?>(nil)

  /// Connects, as soon as process 0 serves.
  /// - Parameters:
  ///   - run: as process 0 knows it.
  ///   - patience: how long to wait for process 0.
  init(
    host: String, port: UInt16, run: String, count: Int, process: Int, token: RendezvousToken, patience: Duration
  ) throws(RendezvousError) {
    place = .tcp(host: host, port: port)
    self.count = count
    let deadline = ContinuousClock.now + patience
    var (wait, reason) = (Backoff(until: deadline), SocketFailure.timedOut.reason)
    var connected: StreamSocket?
    repeat {
      do throws(SocketFailure) {
        connected = try Self.connect(host, port, until: deadline)
      } catch {
        // The last try may be cut short by the deadline.
        if error != .timedOut { reason = error.reason }
      }
    } while connected == nil && wait.pause()
    guard let connected else {
      throw .unreachable(place: place.description, reason: reason, seconds: patience / .seconds(1))
    }
    try Self.introduce(connected, place) {
      Hello(run: run, count: count, process: process, to: $0, token)
    } isTrusted: {
      token.confirms($0, of: $1.welcome)
    }
    socket = connected
  }

  private static func connect(
    _ host: String, _ port: UInt16, until deadline: ContinuousClock.Instant
  ) throws(SocketFailure) -> StreamSocket {
    var failure = SocketFailure(reason: "\(host) has no address")
    for address in try SocketAddress.all(of: host) {
      do throws(SocketFailure) {
        return try StreamSocket(to: address, port: port, until: min(deadline, .now + timeLimit))
      } catch {
        failure = error
      }
    }
    throw failure
  }

  /// Proves who this is, and has the server prove that it belongs to the training.
  private static func introduce(
    _ socket: StreamSocket, _ place: RendezvousPlace, _ hello: (Greeting) -> Hello,
    isTrusted: ([UInt8], Hello) -> Bool
  ) throws(RendezvousError) {
    let deadline = ContinuousClock.now + timeLimit
    do throws(SocketFailure) {
      guard let greeting = Greeting(try socket.receive(Greeting.count, until: deadline)) else {
        throw SocketFailure(reason: "what answers there isn't a training of Tanren")
      }
      let hello = hello(greeting)
      try socket.send(Frame.bytes(hello.bytes), until: deadline)
      switch StoreAnswer(try Frame.receive(from: socket, limit: Frame.strangerLimit, until: deadline)) {
      case .some(let proof)? where isTrusted(proof, hello): return
      case .refusal(let reason)?: throw SocketFailure(reason: reason)
      default: throw SocketFailure(reason: "what answers there doesn't know the token")
      }
    } catch {
      throw .refused(place: place.description, reason: error.reason)
    }
  }

  func put(_ key: String, _ value: [UInt8]) throws(RendezvousError) { _ = try ask(.put(key, value)) }

  func value(of key: String) throws(RendezvousError) -> [UInt8]? {
    if case .some(let value) = try ask(.value(key)) { value } else { nil }
  }

  func claim(_ key: String, _ value: [UInt8]) throws(RendezvousError) -> Bool {
    if case .some = try ask(.claim(key, value)) { true } else { false }
  }

  func isCurrent() -> Bool { true }

  func close() { socket.end() }

  private func ask(_ request: StoreRequest) throws(RendezvousError) -> StoreAnswer {
    guard request.bytes.count <= Frame.limit else {
      throw .invalid("a value of \(request.bytes.count) bytes is too large for the store")
    }
    let result = turn.withLock { _ -> Result<StoreAnswer, SocketFailure> in
      let deadline = ContinuousClock.now + Self.timeLimit
      return Result { () throws(SocketFailure) in
        try socket.send(Frame.bytes(request.bytes), until: deadline)
        guard let answer = StoreAnswer(try Frame.receive(from: socket, until: deadline)) else {
          throw SocketFailure(reason: "an answer that makes no sense")
        }
        return answer
      }
    }
    if case .success(let answer) = result { return answer }
    // After half an answer, what follows would be misread.
    close()
    throw loss(of: result)
  }

  /// Process 0 is gone, and with it the store. Later calls report the first reason.
  private func loss(of result: Result<StoreAnswer, SocketFailure>) -> RendezvousError {
    failure.withLock { failure in
      if let failure { return failure }
      let isSilent = result == .failure(.timedOut)
      let loss = RendezvousError.lost(
        processes: [0], of: count, seconds: isSilent ? Self.timeLimit / .seconds(1) : 0)
      failure = loss
      return loss
    }
  }
}
