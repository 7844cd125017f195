import Foundation
import Studies
import TestSupport
import Testing

@testable import Serve

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.tags(.process), .serialized) struct StudyServerTests {
  /// Runs `body` with the address of a server, and ends the server.
  private func serving(
    _ source: FakeSource = FakeSource([.sample()]), timeout: Duration = .seconds(30),
    _ body: @Sendable @escaping (String) async throws -> Void
  ) async throws {
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { continuation.finish() }
        try await StudyServer(source: source, port: 0, timeout: timeout).run { continuation.yield($0) }
      }
      for await address in addresses {
        try await body(address)
        break
      }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private static func get(
    _ address: String, method: String = "GET", headers: [String: String] = [:]
  ) async throws -> (status: Int, body: Data, headers: [AnyHashable: Any]) {
    var request = URLRequest(url: try #require(URL(string: address)))
    request.httpMethod = method
    request.cachePolicy = .reloadIgnoringLocalCacheData
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await URLSession.shared.data(for: request)
    let answer = try #require(response as? HTTPURLResponse)
    return (answer.statusCode, data, answer.allHeaderFields)
  }

  @Test func answersOverTheWire() async throws {
    try await serving(FakeSource([.sample()])) { address in
      let page = try await Self.get(address)
      #expect(page.status == 200)
      #expect(String(decoding: page.body, as: UTF8.self).contains("Two arms"))
      let head = try await Self.get(address, method: "HEAD")
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
      let post = try await Self.get(address, method: "POST")
      #expect(post.status == 405)
      let live = try await Self.get(address + "live")
      let tag = try #require(live.headers["Etag"] as? String ?? live.headers["ETag"] as? String)
      #expect(try await Self.get(address + "live", headers: ["If-None-Match": tag]).status == 304)
    }
  }

  @Test func aPortIsTakenOnce() async throws {
    try await serving(FakeSource()) { address in
      let port = try #require(URL(string: address)?.port.flatMap { UInt16(exactly: $0) })
      await #expect(
        throws: ServeError.cannotListen(
          host: "127.0.0.1", port: port, reason: "another program is already listening there")
      ) {
        try await StudyServer(source: FakeSource(), port: port).run()
      }
    }
  }

  @Test func aHostIsAnAddress() async throws {
    await #expect(throws: ServeError.notAddress("example")) {
      try await StudyServer(source: FakeSource(), port: 0, host: "example").run()
    }
  }

  @Test func linesAndHeadersThatAreTooLongAreRefusedAtOnce() async throws {
    try await serving { address in
      for count in [40_000, 80_000, 160_000] {
        let long = String(repeating: "a", count: count)
        for (text, status) in [("GET /\(long) HTTP/1.1\r\n", 414), ("GET / HTTP/1.1\r\nX: \(long)\r\n\r\n", 431)] {
          let client = try RawClient(address)
          let seconds =
            ContinuousClock().measure {
              client.send(text)
              #expect(client.receive().hasPrefix("HTTP/1.1 \(status) "))
            } / .seconds(1)
          #expect(seconds < 1)
        }
      }
    }
  }

  @Test func unfinishedRequestsEnd() async throws {
    try await serving(timeout: .milliseconds(300)) { address in
      let (begun, silent) = (try RawClient(address), try RawClient(address))
      begun.send("GET / HTTP/1.1\r\nHost: 127")
      #expect(begun.receive().hasPrefix("HTTP/1.1 408 "))
      #expect(silent.receive().isEmpty)
    }
  }

  @Test func nobodyCanKeepOthersOut() async throws {
    try await serving { address in
      let long = String(repeating: "a", count: 1 << 20)
      let unfinished = try (0..<4).map { _ in try RawClient(address) }
      for client in unfinished { client.send("GET / HTTP/1.1\r\nX: " + long) }
      // More than the server has room for.
      let silent = try (0..<200).map { _ in try RawClient(address) }
      for client in silent { client.send("GET /") }
      let page = try await Self.get(address)
      #expect(page.status == 200)
      withExtendedLifetime((unfinished, silent)) {}
    }
  }

  @Test func bodiesArentRead() async throws {
    try await serving { address in
      let client = try RawClient(address)
      client.send("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\nGET / HTTP/1.1\r\n")
      let answer = client.receive()
      #expect(answer.hasPrefix("HTTP/1.1 405 "))
      #expect(answer.contains("\r\nConnection: close\r\n") && answer.contains("\r\nAllow: GET, HEAD\r\n"))
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
    }
  }

  @Test func aConnectionTakesSeveralRequests() async throws {
    try await serving { address in
      let client = try RawClient(address)
      let head = "HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      client.send(head + "\r\n" + head + "\r\n")
      // Two at once, and a third after their answers.
      let first = client.receive(until: "\r\n\r\n")
      client.send(head + "Connection: close\r\n\r\n")
      let answers = (first + client.receive()).components(separatedBy: "\r\n\r\n")
      try #require(answers.count == 4)
      #expect(answers.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK\r\n") })
      #expect(answers[0].contains("Connection: keep-alive") && answers[2].contains("Connection: close"))
    }
  }

  @Test(arguments: [
    ("127.0.0.1", false), ("127.9.9.9", false), ("localhost", false), ("::1", false), ("::ffff:127.0.0.1", false),
    ("0.0.0.0", true), ("::", true), ("10.0.0.1", true), ("::ffff:10.0.0.1", true),
  ]) func addressesThatOthersReach(_ host: String, _ isOpen: Bool) throws {
    #expect(try StudyServer(source: FakeSource(), host: host).isOpenToOthers() == isOpen)
  }
}
