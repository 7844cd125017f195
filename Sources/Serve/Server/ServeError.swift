/// The reason why a server cannot start.
public enum ServeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The host is not a numeric address.
  case notAddress(String)
  case cannotListen(host: String, port: UInt16, reason: String)

  public var description: String {
    switch self {
    case .notAddress(let host):
      "'\(host)' is not a numeric address: use 127.0.0.1 for this machine only, or 0.0.0.0 for all machines"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host), port \(port): \(reason). Choose another port with --port, or 0 for any free one."
    }
  }
}
