import Foundation
import PJRT

/// Where the processes of a training meet.
public enum RendezvousPlace: Sendable, Hashable {
  /// A folder that all of them reach.
  case folder(String)
  /// An address of process 0's machine.
  case tcp(host: String, port: UInt16)

  private static let scheme = "tcp://"

  /// Reads `tcp://host:port`, with brackets around an IPv6 address, or the path of a folder.
  /// - Throws: ``RendezvousError/invalid(_:)``.
  public init(_ text: String) throws(RendezvousError) {
    guard text.hasPrefix(Self.scheme) else {
      guard !text.isEmpty, !text.contains("://") else {
        throw .invalid("'\(text)' is no place to meet: name a shared folder, or tcp://host:port of process 0's machine")
      }
      self = .folder(URL(fileURLWithPath: text).standardizedFileURL.path)
      return
    }
    let address = text.dropFirst(Self.scheme.count)
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
      throw .invalid("'\(text)' has no port: write tcp://host:port, such as tcp://node1:7400")
    }
    var host = address[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains("/"), !host.contains("@") else {
      throw .invalid("'\(text)' names no host: write tcp://host:port, such as tcp://node1:7400")
    }
    self = .tcp(host: String(host), port: port)
  }
}

extension RendezvousPlace: CustomStringConvertible {
  public var description: String {
    switch self {
    case .folder(let path): path
    case .tcp(let host, let port): Self.scheme + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
  }
}

/// A process that Slurm started, by its environment.
public struct SlurmTask: Sendable, Hashable {
  /// The tasks of the step.
  public let count: Int
  /// This task's number, from 0.
  public let id: Int
  /// Names the step, and tells a requeued job from its first start.
  public let run: String

  init(count: Int, id: Int, run: String) { (self.count, self.id, self.run) = (count, id, run) }

  /// Nil outside Slurm.
  public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard let job = environment["SLURM_JOB_ID"], let count = environment["SLURM_NTASKS"].flatMap({ Int($0) }),
      let id = environment["SLURM_PROCID"].flatMap({ Int($0) })
    else { return nil }
    let step = environment["SLURM_STEP_ID"] ?? "batch"
    (self.count, self.id) = (count, id)
    run = "slurm-\(job).\(step).\(environment["SLURM_RESTART_COUNT"] ?? "0")"
  }
}
