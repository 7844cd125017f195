import Foundation

/// Processes of this machine that work on a store beside this one, and end with it.
public final class WorkerPool {
  /// The environment variable that has this process's number: a worker ends when that process does.
  public static let parentVariable = "TANREN_PARENT"

  private let processes: [Process]

  /// Starts the workers.
  /// - Parameters:
  ///   - program: the path of the program.
  ///   - environment: variables beside those of this process.
  /// - Throws: what Foundation says if the program can't be started.
  public init(count: Int, program: String, arguments: [String], environment: [String: String] = [:]) throws {
    let own = [Self.parentVariable: "\(ProcessInfo.processInfo.processIdentifier)"]
    processes = try (0..<max(0, count)).map { _ in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment
        .merging(environment) { $1 }.merging(own) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
  }

  /// The workers' numbers on this machine.
  public var processIdentifiers: [Int32] { processes.map(\.processIdentifier) }

  deinit {
    for process in processes where process.isRunning { process.terminate() }
    for process in processes { process.waitUntilExit() }
  }
}
