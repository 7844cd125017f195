import Foundation
import Sockets

/// A read-only web server that shows studies while they run. By default, only this machine can reach it.
///
/// ```swift
/// try await StudyServer(source: StoreSource("out/studies.sqlite"), port: 8765).run { print("Open \($0)") }
/// ```
public struct StudyServer: Sendable {
  public let host: String
  public let port: UInt16
  private let site: StudySite
  private let timeout: Duration

  /// The names by which this machine calls itself.
  static let loopback: Set<String> = ["127.0.0.1", "::1", "localhost"]

  /// - Parameters:
  ///   - port: 0 picks a free one.
  ///   - host: a numeric address to listen on, or `localhost`. With `0.0.0.0` or `::`, everyone who can reach this
  ///     machine can read its studies.
  public init(source: any LiveStudySource, port: UInt16 = 8765, host: String = "127.0.0.1") {
    self.init(source: source, port: port, host: host, timeout: .seconds(30))
  }

  /// - Parameter timeout: for a complete request, and for the delivery of an answer.
  init(source: any LiveStudySource, port: UInt16, host: String = "127.0.0.1", timeout: Duration) {
    self.host = host
    self.port = port
    self.timeout = timeout
    // Checking host names stops DNS rebinding. A server that is open to others cannot know its own names.
    let isLoopback = SocketAddress(host)?.isLoopback ?? false
    site = StudySite(source, hosts: isLoopback ? Self.loopback.union([host]) : nil)
  }

  /// Whether other machines can reach the address.
  /// - Throws: ``ServeError/notAddress(_:)``.
  public func isOpenToOthers() throws(ServeError) -> Bool { try !numericAddress().isLoopback }

  /// Serves until the task is cancelled.
  /// - Parameter listening: called with the address to open, once the server accepts connections.
  /// - Throws: ``ServeError`` if the address cannot be listened on.
  public func run(listening: @Sendable (String) -> Void = { _ in }) async throws(ServeError) {
    let socket = try listeningSocket()
    let server = try HTTPServer(socket, host: host, timeout: timeout) { [site] in await site.response(to: $0) }
    listening(address(port: socket.port))
    await server.run()
  }

  private func numericAddress() throws(ServeError) -> SocketAddress {
    guard let address = SocketAddress(host) else { throw .notAddress(host) }
    return address
  }

  private func listeningSocket() throws(ServeError) -> ListeningSocket {
    let address = try numericAddress()
    do throws(SocketFailure) {
      return try ListeningSocket(address, port: port)
    } catch {
      throw .cannotListen(host: host, port: port, reason: error.reason)
    }
  }

  /// The address to open in a browser.
  func address(port: UInt16) -> String {
    let name = ["0.0.0.0", "::", "localhost"].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
    return "http://\(name):\(port)/"
  }
}
