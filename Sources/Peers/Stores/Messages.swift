import Sockets

/// What a store's server and its clients say to each other: frames, each a length in four bytes and so many bytes. All
/// numbers have their highest byte first.
enum Frame {
  /// The most bytes of a frame.
  static let limit = 16 << 20
  /// The same before the sender has proved who it is.
  static let strangerLimit = 4 << 10

  static func bytes(_ content: [UInt8]) -> [UInt8] { UInt32(content.count).bytes + content }

  /// - Throws: ``SocketFailure`` also for a frame that is too long.
  static func receive(
    from socket: StreamSocket, limit: Int = Frame.limit, until deadline: ContinuousClock.Instant
  ) throws(SocketFailure) -> [UInt8] {
    let count = Int(UInt32(bytes: try socket.receive(4, until: deadline)[...]))
    guard count <= limit else { throw SocketFailure(reason: "a message of \(count) bytes") }
    return try socket.receive(count, until: deadline)
  }
}

/// The server's first words, by which a client knows that it has found one: what it is, and a random number.
package struct Greeting: Equatable {
  static let count = mark.count + nonceCount
  static let nonceCount = 32
  private static let mark = Array("tanren peers 1\r\n".utf8)

  let nonce: [UInt8]

  init() { nonce = Self.randomNonce() }

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.count, bytes.starts(with: Self.mark) else { return nil }
    nonce = Array(bytes.dropFirst(Self.mark.count))
  }

  package var bytes: [UInt8] { Self.mark + nonce }

  static func randomNonce() -> [UInt8] { (0..<nonceCount).map { _ in UInt8.random(in: 0...255) } }
}

/// A client's answer: who it is, a random number of its own, and the proof that it knows the token.
package struct Hello: Equatable {
  let run: String
  let count: Int
  let process: Int
  let nonce: [UInt8]
  let proof: [UInt8]

  init(run: String, count: Int, process: Int, to greeting: Greeting, _ token: RendezvousToken) {
    (self.run, self.count, self.process) = (run, count, process)
    nonce = Greeting.randomNonce()
    proof = token.digest(of: Self.statement(run, count, process, nonce, greeting))
  }

  package init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    guard let count = rest.takeNumber(), let process = rest.takeNumber(), let nonce = rest.take(Greeting.nonceCount),
      let proof = rest.take(32), let run = String(validating: rest, as: UTF8.self)
    else { return nil }
    (self.run, self.count, self.process, self.nonce, self.proof) = (run, count, process, nonce, proof)
  }

  package var bytes: [UInt8] { UInt32(count).bytes + UInt32(process).bytes + nonce + proof + run.utf8 }

  func isProved(by token: RendezvousToken, for greeting: Greeting) -> Bool {
    token.confirms(proof, of: Self.statement(run, count, process, nonce, greeting))
  }

  /// What the server proves in turn.
  var welcome: [UInt8] { Array("welcome".utf8) + nonce }

  private static func statement(
    _ run: String, _ count: Int, _ process: Int, _ nonce: [UInt8], _ greeting: Greeting
  ) -> [UInt8] {
    Array("hello".utf8) + greeting.nonce + nonce + UInt32(count).bytes + UInt32(process).bytes + run.utf8
  }
}

/// What a client asks of the store.
package enum StoreRequest: Equatable {
  case put(String, [UInt8])
  case claim(String, [UInt8])
  case value(String)

  package init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    guard let kind = rest.popFirst(), let size = rest.takeNumber(), let name = rest.take(size),
      let key = String(validating: name, as: UTF8.self)
    else { return nil }
    switch kind {
    case 0: self = .put(key, Array(rest))
    case 1: self = .claim(key, Array(rest))
    case 2 where rest.isEmpty: self = .value(key)
    default: return nil
    }
  }

  package var bytes: [UInt8] {
    let (kind, key, value): (UInt8, String, [UInt8]) =
      switch self {
      case .put(let key, let value): (0, key, value)
      case .claim(let key, let value): (1, key, value)
      case .value(let key): (2, key, [])
      }
    return [kind] + UInt32(key.utf8.count).bytes + key.utf8 + value
  }
}

/// The store's answer: a value or yes, or none or no; or why the server refuses the client.
package enum StoreAnswer: Equatable {
  case some([UInt8])
  case none
  case refusal(String)

  package init?(_ bytes: [UInt8]) {
    switch bytes.first {
    case 0: self = .none
    case 1: self = .some(Array(bytes.dropFirst()))
    case 2: self = .refusal(String(decoding: bytes.dropFirst(), as: UTF8.self))
    default: return nil
    }
  }

  package var bytes: [UInt8] {
    switch self {
    case .none: [0]
    case .some(let value): [1] + value
    case .refusal(let reason): [2] + reason.utf8
    }
  }
}

extension UInt32 {
  fileprivate var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * UInt32($0))) } }

  fileprivate init(bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ size: Int) -> [UInt8]? {
    guard size <= count else { return nil }
    defer { self = dropFirst(size) }
    return Array(prefix(size))
  }

  fileprivate mutating func takeNumber() -> Int? { take(4).map { Int(UInt32(bytes: $0[...])) } }
}
