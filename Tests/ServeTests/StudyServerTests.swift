import Foundation
import Serve
import Studies
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.serialized) struct StudyServerTests {
  /// Runs `body` with the address of a server, and ends the server.
  private func serving(_ source: FakeSource, _ body: @Sendable @escaping (String) async throws -> Void) async throws {
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await StudyServer(source: source, port: 0).run { continuation.yield($0) }
        } catch is CancellationError {}
      }
      for await address in addresses {
        try await body(address)
        break
      }
      group.cancelAll()
      // A server that is told to end may say that it was disconnected.
      try? await group.waitForAll()
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
      await #expect(throws: ServeError.cannotListen(host: "127.0.0.1", port: port, reason: "something else listens there already")) {
        try await StudyServer(source: FakeSource(), port: port).run()
      }
    }
  }

  @Test func aHostIsAnAddress() async throws {
    await #expect(throws: ServeError.notAddress("example")) {
      try await StudyServer(source: FakeSource(), port: 0, host: "example").run()
    }
  }
}
