import Foundation
import Sockets
import TestSupport
import Testing

@testable import Peers

/// The two stores: the same behavior, whichever it is, and what can be wrong with a folder or a port.
@Suite(.tags(.process)) struct StoreTests {
  private let token: RendezvousToken

  init() throws { token = try RendezvousToken("0123456789abcdef") }

  private func server(run: String = "run", count: Int = 3) throws -> StoreServer {
    try StoreServer(host: "127.0.0.1", port: 0, run: run, count: count, token: token)
  }

  private func client(
    of server: StoreServer, run: String = "run", count: Int = 3, process: Int = 1,
    token other: RendezvousToken? = nil, patience: Duration = .seconds(5)
  ) throws -> RemoteStore {
    try RemoteStore(
      host: "127.0.0.1", port: server.port, run: run, count: count, process: process, token: other ?? token,
      patience: patience)
  }

  private func check(_ one: any SharedStore, _ other: any SharedStore) throws {
    #expect(try one.value(of: "a") == nil)
    try one.put("a", [1])
    #expect(try other.value(of: "a") == [1])
    try other.put("a", [2, 3])
    #expect(try one.value(of: "a") == [2, 3])
    try one.put("empty", [])
    #expect(try other.value(of: "empty") == [])
    // Keys that file names couldn't tell apart.
    let keys = ["x/y", "x_y", "x y", "", "ä"] + [100, 101].map { String(repeating: "long", count: $0) }
    for (index, key) in keys.enumerated() { try one.put(key, [UInt8(index)]) }
    #expect(try keys.map { try other.value(of: $0) } == keys.indices.map { [UInt8($0)] })
    let large = [UInt8](repeating: 5, count: 1 << 20)
    try other.put("large", large)
    #expect(try one.value(of: "large") == large)

    #expect(try one.claim("place", [1]))
    #expect(try !other.claim("place", [2]))
    #expect(try one.claim("place", [1]))
    #expect(try other.value(of: "place") == [1])

    let start = ContinuousClock.now
    #expect(throws: RendezvousError.timeout(key: "never", seconds: 0.2)) {
      try other.value(of: "never", within: .milliseconds(200))
    }
    #expect(ContinuousClock.now - start >= .milliseconds(200))
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.1)
      try? one.put("late", [4])
    }
    #expect(try other.value(of: "late", within: .seconds(10)) == [4])
  }

  @Test func aFolderIsAStore() throws {
    let folder = try TemporaryFolder()
    let path = folder("not/there/yet")
    #expect(try FolderStore.found(in: path, run: "run") == nil)
    let host = try FolderStore.host(in: path, run: "run")
    try check(host, try #require(try FolderStore.found(in: path, run: "run")))
    #expect(try FolderStore.found(in: path, run: "other") == nil)
    host.close()
    #expect(folder.names("not/there/yet").isEmpty)
  }

  @Test func aServerIsAStore() throws {
    for isBetweenClients in [false, true] {
      let server = try server()
      defer { server.close() }
      try check(isBetweenClients ? client(of: server, process: 2) : server, client(of: server))
    }
  }

  @Test func whatIsClaimedTogetherIsOnes() async throws {
    let folder = try TemporaryFolder()
    let host = try FolderStore.host(in: folder.path, run: "run")
    let server = try server()
    defer { server.close() }
    let clients = try (0..<16).map { _ in try client(of: server) as any SharedStore }
    for stores in [Array(repeating: host, count: 16), clients] {
      let winners = await withTaskGroup(of: Bool.self) { group in
        for (index, store) in stores.enumerated() {
          group.addTask { (try? store.claim("one", [UInt8(index)])) ?? false }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(winners == 1)
    }
  }

  @Test func anEarlierSessionIsNotRead() throws {
    let folder = try TemporaryFolder()
    let killed = try FolderStore.host(in: folder.path, run: "run")
    try killed.put("everyone", [])
    let found = try #require(try FolderStore.found(in: folder.path, run: "run"))
    #expect(try found.isCurrent())
    let next = try FolderStore.host(in: folder.path, run: "run")
    #expect(try !found.isCurrent() && !killed.isCurrent())
    #expect(try FolderStore.found(in: folder.path, run: "run")?.value(of: "everyone") == nil)
    // The end of the first one leaves the second alone.
    killed.close()
    try next.put("a", [1])
    #expect(try FolderStore.found(in: folder.path, run: "run")?.value(of: "a") == [1])
  }

  @Test func sessionsOfLongAgoAreRemoved() throws {
    let folder = try TemporaryFolder()
    _ = try FolderStore.host(in: folder.path, run: "run")
    let old = try #require(folder.names("run").first { $0 != "current" })
    _ = try FolderStore.host(in: folder.path, run: "run")
    #expect(folder.exists("run/" + old))
    let long = Date(timeIntervalSinceNow: -90_000)
    try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: folder("run/" + old))
    _ = try FolderStore.host(in: folder.path, run: "run")
    #expect(!folder.exists("run/" + old))
    #expect(folder.names("run").count == 3)
  }

  @Test func foldersThatCannotBeUsedAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("a file", to: "file")
    let path = folder("file")
    let error = #expect(throws: RendezvousError.self) { try FolderStore.host(in: path, run: "run") }
    #expect(error?.description.contains(path) == true)
    #expect(throws: RendezvousError.self) { try FolderStore.found(in: path, run: "run") }
    if getuid() != 0 {
      chmod(folder.path, 0o500)
      #expect(throws: RendezvousError.self) { try FolderStore.host(in: folder.path, run: "run") }
      chmod(folder.path, 0o700)
    }
    // What others wrote isn't a session.
    try folder.write("../../etc", to: "run/current")
    #expect(try FolderStore.found(in: folder.path, run: "run") == nil)
  }

  @Test func strangersAreRefused() throws {
    let server = try server()
    defer { server.close() }
    let place = "tcp://127.0.0.1:\(server.port)"
    let other = try RendezvousToken("fedcba9876543210")
    #expect(throws: RendezvousError.refused(place: place, reason: "its token is another one")) {
      try client(of: server, token: other)
    }
    for client in [
      { try self.client(of: server, run: "other") }, { try self.client(of: server, count: 4) },
      { try self.client(of: server, process: 3) }, { try self.client(of: server, process: 0) },
    ] {
      let error = #expect(throws: RendezvousError.self) { try client() }
      guard case .refused = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  /// Whatever comes in, the server stays a store for those who belong to it.
  @Test func garbageOnThePortChangesNothing() throws {
    let server = try server()
    defer { server.close() }
    let friend = try client(of: server)
    let address = try #require(SocketAddress("127.0.0.1"))
    var random = SystemRandomNumberGenerator()
    for round in 0..<60 {
      let socket = try StreamSocket(to: address, port: server.port, until: .now + .seconds(5))
      let greeting = try #require(Greeting(try socket.receive(Greeting.count, until: .now + .seconds(5))))
      var bytes: [UInt8]
      switch round % 6 {
      case 0: bytes = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
      case 1: bytes = (0..<Int.random(in: 1...5000, using: &random)).map { _ in .random(in: 0...255, using: &random) }
      case 2: bytes = [0, 0, 0, 0]
      case 3: bytes = [0, 0, 0x0f, 0xff]
      case 4:
        // One who belongs, and then talks nonsense.
        bytes = Frame.bytes(Hello(run: "run", count: 3, process: 2, to: greeting, token).bytes)
        bytes += Frame.bytes((0..<40).map { _ in .random(in: 0...255, using: &random) })
      default:
        bytes = Frame.bytes(Hello(run: "run", count: 3, process: 2, to: greeting, token).bytes)
        bytes += [0xff, 0xff, 0xff, 0xff, 1, 2, 3]
      }
      try? socket.send(bytes, until: .now + .seconds(5))
      if round.isMultiple(of: 3) { socket.end() }
      try friend.put("round", [UInt8(round)])
      #expect(try friend.value(of: "round") == [UInt8(round)])
    }
    #expect(server.value(of: "round") == [59])
  }

  @Test func whatIsNoStoreIsNotTrusted() throws {
    let listener = try ListeningSocket(try #require(SocketAddress("127.0.0.1")), port: 0)
    let end = Date(timeIntervalSinceNow: 20)
    Thread.detachNewThread {
      var connections: [StreamSocket] = []
      while Date() < end, connections.count < 2 {
        var isExhausted = false
        guard let descriptor = listener.accept(isExhausted: &isExhausted) else {
          Thread.sleep(forTimeInterval: 0.01)
          continue
        }
        let connection = StreamSocket(accepted: descriptor)
        connections.append(connection)
        if connections.count == 1 {
          let answer = Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno".utf8)
          try? connection.send(answer, until: .now + .seconds(5))
        } else {
          // It says yes without knowing the token.
          try? connection.send(Greeting().bytes, until: .now + .seconds(5))
          _ = try? Frame.receive(from: connection, until: .now + .seconds(5))
          let proof = [UInt8](repeating: 0, count: 32)
          try? connection.send(Frame.bytes(StoreAnswer.some(proof).bytes), until: .now + .seconds(5))
        }
        Thread.sleep(forTimeInterval: 0.2)
      }
    }
    let place = "tcp://127.0.0.1:\(listener.port)"
    for reason in ["what answers there isn't a training of Tanren", "what answers there doesn't know the token"] {
      #expect(throws: RendezvousError.refused(place: place, reason: reason)) {
        try RemoteStore(
          host: "127.0.0.1", port: listener.port, run: "run", count: 2, process: 1, token: token,
          patience: .seconds(5))
      }
    }
  }

  @Test func hostsThatDoNotAnswerAreNamed() throws {
    // A port that was free a moment ago.
    let port = try ListeningSocket(try #require(SocketAddress("127.0.0.1")), port: 0).port
    for (host, reason) in [("127.0.0.1", "Connection refused"), ("no-such-host.invalid", "no-such-host.invalid")] {
      let error = #expect(throws: RendezvousError.self) {
        try RemoteStore(
          host: host, port: port, run: "run", count: 2, process: 1, token: token, patience: .milliseconds(300))
      }
      guard case .unreachable(let place, let found, 0.3) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(place == "tcp://\(host):\(port)" && found.contains(reason), "\(found)")
    }
    let server = try server()
    defer { server.close() }
    let taken = #expect(throws: RendezvousError.self) {
      try StoreServer(host: "127.0.0.1", port: server.port, run: "run", count: 2, token: token)
    }
    #expect(taken?.description.contains("another program is already listening there") == true)
    let foreign = #expect(throws: RendezvousError.self) {
      try StoreServer(host: "192.0.2.1", port: 0, run: "run", count: 2, token: token)
    }
    #expect(foreign?.description.contains("does not have that address") == true)
  }

  @Test func aServerThatEndsIsLost() throws {
    let server = try server()
    let client = try client(of: server)
    try client.put("a", [1])
    server.close()
    let lost = RendezvousError.lost(processes: [0], of: 3, seconds: 0)
    for _ in 0..<2 { #expect(throws: lost) { try client.value(of: "a") } }
  }
}
