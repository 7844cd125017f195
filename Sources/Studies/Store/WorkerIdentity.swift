import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A process that trains runs, distinguished from every other one.
public struct WorkerIdentity: Sendable, Hashable {
  /// Another one for each worker, those of one process included.
  public let id: String
  /// The machine as it was started, and the process numbers that hold there.
  public let host: String
  public let process: Int32
  /// When the process began, as the system reports it: process numbers are used again.
  public let processStarted: String

  /// A worker in this process.
  public init() {
    let process = getpid()
    self.init(
      id: UUID().uuidString, host: Self.thisHost, process: process, processStarted: Self.start(of: process) ?? "")
  }

  init(id: String, host: String, process: Int32, processStarted: String) {
    (self.id, self.host, self.process, self.processStarted) = (id, host, process, processStarted)
  }

  /// Whether a process of this machine is known to have ended.
  static func hasEnded(process: Int32, started: String) -> Bool {
    if kill(process, 0) != 0, errno == ESRCH { return true }
    guard !started.isEmpty, let now = start(of: process) else { return false }
    return now != started
  }

  static let thisHost: String = {
    let name = ProcessInfo.processInfo.hostName
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    let processes = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    return [name, boot.filter { !$0.isWhitespace }, processes].filter { !$0.isEmpty }.joined(separator: " ")
  }()

  /// The 22nd field of Linux's `/proc/PID/stat`; a zombie has ended.
  private static func start(of process: Int32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    // The second field, the name, is in parentheses and may hold anything.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19 else { return nil }
    return fields[0] == "Z" || fields[0] == "X" ? "ended" : String(fields[19])
  }
}
