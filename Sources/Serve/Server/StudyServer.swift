import FlyingFox
import FlyingSocks
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Shows studies in a browser while they run. It only reads, and by default only this machine can reach it.
///
/// ```swift
/// try await StudyServer(source: StoreSource("out/studies.sqlite"), port: 8765).run { print("Open \($0)") }
/// ```
public struct StudyServer: Sendable {
  public let host: String
  public let port: UInt16
  private let site: StudySite

  /// Addresses that only this machine can reach.
  static let loopback: Set<String> = ["127.0.0.1", "::1", "localhost"]

  /// - Parameters:
  ///   - port: 0 takes any that is free.
  ///   - host: the address to listen at, in numbers, or `localhost`. With `0.0.0.0` or `::` all that can reach this machine
  ///     can read its studies.
  public init(source: any LiveStudySource, port: UInt16 = 8765, host: String = "127.0.0.1") {
    self.host = host
    self.port = port
    // A foreign page may lead a browser here by a name of its own; who listens to others can't tell which are right.
    site = StudySite(source, hosts: Self.loopback.contains(host) ? Self.loopback : nil)
  }

  /// Serves until the task is cancelled.
  /// - Parameter listening: told the address to open, once it can be opened.
  /// - Throws: ``ServeError`` if nobody can listen there.
  public func run(listening: @Sendable (String) -> Void = { _ in }) async throws {
    let server = HTTPServer(config: try configuration(), handler: ClosureHTTPHandler { [site] in await Self.answer($0, site) })
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask { try await server.waitUntilListening() }
        try await group.next()
        listening(address(port: await Self.port(server.listeningAddress) ?? port))
        try await group.waitForAll()
      }
    } catch let error as SocketError {
      if case .failed(_, let number, let message) = error {
        throw ServeError.cannotListen(host: host, port: port, reason: Self.reason(number, message))
      }
      throw error
    }
  }

  /// What a person opens.
  func address(port: UInt16) -> String {
    let name = ["0.0.0.0", "::", "localhost"].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
    return "http://\(name):\(port)/"
  }

  private func configuration() throws(ServeError) -> HTTPServer.Configuration {
    do {
      if host.contains(":") {
        return .init(address: try sockaddr_in6.inet6(ip6: host, port: port), timeout: 30, logger: .disabled)
      }
      let number = host == "localhost" ? "127.0.0.1" : host
      return .init(address: try sockaddr_in.inet(ip4: number, port: port), timeout: 30, logger: .disabled)
    } catch {
      throw .notAddress(host)
    }
  }

  private static func answer(_ request: HTTPRequest, _ site: StudySite) async -> HTTPResponse {
    let asked = SiteRequest(
      request.method.rawValue, request.target.path(), host: request.headers[.host],
      knownTag: request.headers[.ifNoneMatch])
    let made = await site.response(to: asked)
    var headers = HTTPHeaders()
    for (name, value) in made.headers { headers[HTTPHeader(name)] = value }
    if made.status == 405 { headers[HTTPHeader("Allow")] = "GET, HEAD" }
    if made.status == 200, asked.knownTag == made.tag {
      headers[.contentLength] = "0"
      return HTTPResponse(statusCode: .notModified, headers: headers)
    }
    return HTTPResponse(
      statusCode: status(made.status), headers: headers, body: asked.method == "HEAD" ? Data() : made.body)
  }

  private static func status(_ code: Int) -> HTTPStatusCode {
    switch code {
    case 200: .ok
    case 404: .notFound
    case 405: .methodNotAllowed
    case 414: .uriTooLong
    case 421: .misdirectedRequest
    default: .internalServerError
    }
  }

  private static func port(_ address: Socket.Address?) -> UInt16? {
    switch address {
    case .ip4(_, let port), .ip6(_, let port): port
    case .unix, nil: nil
    }
  }

  private static func reason(_ number: Int32, _ message: String) -> String {
    switch number {
    case EADDRINUSE: "something else listens there already"
    case EACCES: "that takes the rights of an administrator"
    case EADDRNOTAVAIL: "this machine doesn’t have that address"
    default: message
    }
  }
}
