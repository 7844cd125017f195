import Foundation

/// Shows studies in a browser while they run. It only reads, and by default only this machine can reach it.
///
/// ```swift
/// try await StudyServer(source: StoreSource("out/studies.sqlite"), port: 8765).run { print("Open \($0)") }
/// ```
public struct StudyServer: Sendable {
  public let host: String
  public let port: UInt16
  private let site: StudySite
  private let timeout: Duration

  /// Names of this machine for itself.
  static let loopback: Set<String> = ["127.0.0.1", "::1", "localhost"]

  /// - Parameters:
  ///   - port: 0 takes any that is free.
  ///   - host: the address to listen at, in numbers, or `localhost`. With `0.0.0.0` or `::` all that can reach this machine
  ///     can read its studies.
  public init(source: any LiveStudySource, port: UInt16 = 8765, host: String = "127.0.0.1") {
    self.init(source: source, port: port, host: host, timeout: .seconds(30))
  }

  /// - Parameter timeout: for a request to be complete, and for an answer to be taken.
  init(source: any LiveStudySource, port: UInt16, host: String = "127.0.0.1", timeout: Duration) {
    self.host = host
    self.port = port
    self.timeout = timeout
    // A foreign page may lead a browser here by a name of its own; who listens to others can't tell which are right.
    let isLoopback = (try? ListeningAddress(host))?.isLoopback ?? false
    site = StudySite(source, hosts: isLoopback ? Self.loopback.union([host]) : nil)
  }

  /// Whether other machines can reach the address.
  /// - Throws: ``ServeError/notAddress(_:)``.
  public func isOpenToOthers() throws(ServeError) -> Bool { try !ListeningAddress(host).isLoopback }

  /// Serves until the task is cancelled.
  /// - Parameter listening: told the address to open, once it can be opened.
  /// - Throws: ``ServeError`` if nobody can listen there.
  public func run(listening: @Sendable (String) -> Void = { _ in }) async throws(ServeError) {
    let socket = try ListeningSocket(ListeningAddress(host), host: host, port: port)
    let server = try HTTPServer(socket, host: host, timeout: timeout) { [site] in await site.response(to: $0) }
    listening(address(port: socket.port))
    await server.run()
  }

  /// What a person opens.
  func address(port: UInt16) -> String {
    let name = ["0.0.0.0", "::", "localhost"].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
    return "http://\(name):\(port)/"
  }
}
