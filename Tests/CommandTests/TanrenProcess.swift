import TestSupport
import Foundation

/// The built command, run as people run it.
struct TanrenProcess {
  struct Result {
    let status: Int32
    let endedBySignal: Bool
    let output: String
    let error: String
  }

  /// Longer than any of these tests should take on a busy machine.
  private static let limit = 240.0

  private let process = Process()
  private let folder: TemporaryFolder
  private let output: FileHandle
  private let error: FileHandle

  /// - Parameters:
  ///   - program: an executable of the package.
  ///   - environment: replaces what the tests were given; nil takes a variable away.
  ///   - folder: where the process runs.
  ///   - output: what standard output is instead of a file that is read in the end.
  init(
    _ arguments: [String], program: String = "tanren", environment: [String: String?] = [:], in folder: TemporaryFolder,
    output other: FileHandle? = nil
  ) throws {
    self.folder = folder
    process.executableURL = program.hasPrefix("/") ? URL(fileURLWithPath: program) : Self.url(program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var variables = ProcessInfo.processInfo.environment
    for name in ["TANREN_DATA", "TANREN_DEVICE", "TANREN_PJRT_PLUGIN", "TANREN_CPU_PLUGIN"] { variables[name] = nil }
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    let name = UUID().uuidString
    output = try Self.file(folder.path + "/\(name).out")
    error = try Self.file(folder.path + "/\(name).err")
    process.standardOutput = other ?? output
    process.standardError = error
  }

  /// Runs a command line to its end.
  static func run(
    _ arguments: [String], program: String = "tanren", environment: [String: String?] = [:], in folder: TemporaryFolder,
    output: FileHandle? = nil
  ) throws -> Result {
    let process = try TanrenProcess(arguments, program: program, environment: environment, in: folder, output: output)
    try process.start()
    return try process.result()
  }

  /// Runs a shell's script to its end; `$1` is the command.
  static func shell(_ script: String, in folder: TemporaryFolder) throws -> Result {
    try run(["-c", script, "sh", url("tanren").path], program: "/bin/sh", in: folder)
  }

  /// Where a program of the package is: built beside the bundles of the tests.
  private static func url(_ program: String) -> URL {
    Locations.program(program, beside: .module)
  }

  func start() throws { try process.run() }

  /// What Ctrl-C sends.
  func interrupt() { process.interrupt() }

  /// Waits for the end; a process that doesn't come to one is killed.
  func result() throws -> Result {
    let end = Date(timeIntervalSinceNow: Self.limit)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, endedBySignal: process.terminationReason == .uncaughtSignal,
      output: try Self.text(output), error: try Self.text(error))
  }

  private static func file(_ path: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return try FileHandle(forUpdating: URL(fileURLWithPath: path))
  }

  private static func text(_ file: FileHandle) throws -> String {
    try file.seek(toOffset: 0)
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
  }
}
