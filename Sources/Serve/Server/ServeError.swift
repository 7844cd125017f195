/// Why a server can't start.
public enum ServeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The host is no address in numbers.
  case notAddress(String)
  case cannotListen(host: String, port: UInt16, reason: String)

  public var description: String {
    switch self {
    case .notAddress(let host):
      "'\(host)' is no address to listen at: write it in numbers, 127.0.0.1 for this machine only, 0.0.0.0 for all"
    case .cannotListen(let host, let port, let reason):
      "can't listen at \(host), port \(port): \(reason). Choose another with --port, or 0 for any that is free."
    }
  }
}
