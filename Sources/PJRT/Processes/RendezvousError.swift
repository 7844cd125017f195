import Files

/// Why processes can't train together, or no longer. `description` says which ones, where, and how to fix it.
public enum RendezvousError: Error, Equatable, Sendable {
  /// Settings that can't work.
  case invalid(String)
  /// Processes that never arrived.
  case missing(processes: [Int], of: Int, place: String, seconds: Double)
  /// Processes that were there and have fallen silent, by a crash or with their machine or network; 0 seconds if their
  /// end was seen.
  case lost(processes: [Int], of: Int, seconds: Double)
  /// Another process has ended with an error.
  case ended(process: Int, reason: String)
  /// Another process has this one's number.
  case taken(process: Int, by: String, place: String)
  /// The store is there and refuses this process, or isn't what it should be.
  case refused(place: String, reason: String)
  /// No store answers.
  case unreachable(place: String, reason: String, seconds: Double)
  /// Process 0 can't serve the store there.
  case cannotServe(place: String, reason: String)
  /// The shared folder can't be used.
  case file(FileFailure)
  /// Nobody has put a value in time.
  case timeout(key: String, seconds: Double)
}

extension RendezvousError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalid(let reason): reason
    case .missing(let processes, let count, let place, let seconds):
      """
      \(Self.names(processes)) of \(count) did not arrive at \(place) within \(Self.text(seconds)): start every process \
      with the same place, the same run and the same number of processes, each with an id of its own from 0 to \(count - 1)
      """
    case .lost(let processes, let count, 0):
      """
      \(Self.names(processes)) of \(count) ended without a goodbye: see its own output for the reason, and start all \
      processes again, from the last checkpoint with --resume
      """
    case .lost(let processes, let count, let seconds):
      """
      \(Self.names(processes)) of \(count) has not been heard of for \(Self.text(seconds)): it was killed, or its machine \
      or network is down. Start all processes again, from the last checkpoint with --resume
      """
    case .ended(let process, let reason): "process \(process) ended: \(reason)"
    case .taken(let process, let other, let place):
      """
      there are two processes \(process) at \(place), the other one is \(other): give each its own id, and every training \
      a place or a run of its own
      """
    case .refused(let place, let reason): "\(place) refuses this process: \(reason)"
    case .unreachable(let place, let reason, let seconds):
      """
      \(place) could not be reached for \(Self.text(seconds)): \(reason). Process 0 serves it: check that it runs on that \
      host, and that no firewall closes the port
      """
    case .cannotServe(let place, let reason):
      "process 0 can't serve \(place): \(reason). Name an address of its machine and a free port"
    case .file(let failure): "the processes' shared folder can't be used: \(failure)"
    case .timeout(let key, let seconds):
      "no process put '\(key)' within \(Self.text(seconds)): a process is slow or hangs, see its output"
    }
  }

  private static func names(_ processes: [Int]) -> String {
    (processes.count == 1 ? "process " : "processes ") + processes.map(String.init).joined(separator: ", ")
  }

  private static func text(_ seconds: Double) -> String {
    let rounded = (seconds * 10).rounded() / 10
    return (rounded == rounded.rounded() ? "\(Int(clamping: Int64(rounded)))" : "\(rounded)") + " s"
  }
}
