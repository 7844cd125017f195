import ArgumentParser
import Foundation
import Tanren

/// The processes that train together.
struct PeerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the processes of one training meet: a folder that all of them reach, or tcp://host:port of process 0's "
        + "machine, with a token in TANREN_TOKEN or in the file that TANREN_TOKEN_FILE names. (default: this process "
        + "trains alone)", valueName: "place"))
  var rendezvous: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of processes, each with --devices of its own. (default: SLURM_NTASKS)", valueName: "n"))
  var processes: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of this process, from 0. Process 0 writes all files. (default: SLURM_PROCID)", valueName: "n"))
  var processID: Int?

  @Option(
    help: ArgumentHelp("Name of the training, the same for all. (default: Slurm's job, or run)", valueName: "name"))
  var runID: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds to wait for all processes to arrive.", valueName: "seconds"))
  var arrivalTimeout = 300.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds after which a silent process counts as dead.", valueName: "seconds"))
  var silenceTimeout = 60.0

  /// The processes; nil for one that trains alone.
  /// - Throws: `UsageError` or `RendezvousError` for options that don't fit together.
  func peers() throws -> Peers? {
    guard let rendezvous else {
      for (option, isGiven) in [("--processes", processes != nil), ("--process-id", processID != nil)] where isGiven {
        throw UsageError(
          "\(option) needs --rendezvous: a folder that all processes reach, or tcp://host:port of process 0's machine")
      }
      return nil
    }
    let task = SlurmTask()
    guard let count = processes ?? task?.count, let id = processID ?? task?.id else {
      throw UsageError("--rendezvous needs --processes and --process-id, which only Slurm gives by itself")
    }
    for (option, seconds) in [("--arrival-timeout", arrivalTimeout), ("--silence-timeout", silenceTimeout)]
    where !(0.1...1e6).contains(seconds) {
      throw UsageError("\(option) is \(seconds), but must be between 0.1 and 1000000 seconds")
    }
    return try Peers(
      count: count, id: id, at: RendezvousPlace(rendezvous), run: runID ?? task?.run ?? "run", token: Self.token(),
      patience: Peers.Patience(arrival: .seconds(arrivalTimeout), silence: .seconds(silenceTimeout)))
  }

  private static func token() throws -> RendezvousToken? {
    if let text = Environment[RendezvousToken.variable] { return try RendezvousToken(text) }
    return try Environment[RendezvousToken.fileVariable].map { try RendezvousToken(file: $0) }
  }
}

/// The part of a process in a training of several.
struct TrainingRole: Sendable {
  private let peers: Peers?
  /// Where this process writes. All but process 0 compute the same files, and have a folder for them that goes with them.
  let output: String

  /// - Parameter output: process 0's folder, from which all processes continue.
  init(_ peers: Peers?, output: String) {
    self.peers = peers
    let isWriter = (peers?.processID ?? 0) == 0
    self.output =
      isWriter ? output : NSTemporaryDirectory() + "tanren-process-\(peers?.processID ?? 0)-\(UUID().uuidString)"
  }

  /// Whether this process writes the files of the training and tells of it.
  var isWriter: Bool { (peers?.processID ?? 0) == 0 }

  /// Trains, and ends the process if another one dies: it would be waited for without end.
  func perform(_ body: () throws -> Void) throws {
    peers?.onLoss { [self] error in
      Terminal.current(.standardError).write("Error: \(error)\n")
      peers?.leave(because: error)
      removeOwnFiles()
      _exit(Outcome.failure)
    }
    defer { removeOwnFiles() }
    do {
      try body()
    } catch {
      peers?.leave(because: error)
      throw error
    }
    peers?.leave()
  }

  private func removeOwnFiles() {
    if !isWriter { try? FileManager.default.removeItem(atPath: output) }
  }
}
