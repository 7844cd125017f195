import Foundation

/// A program of the package, run as people run it.
public struct TanrenProcess {
  public struct Result: Sendable {
    public let status: Int32
    public let endedBySignal: Bool
    public let output: String
    public let error: String
  }

  /// Longer than any of these tests should take on a busy machine.
  private static let limit = 240.0

  private let process = Process()
  private let folder: TemporaryFolder
  private let output: FileHandle
  private let outputPath: String
  private let error: FileHandle

  /// - Parameters:
  ///   - program: an executable of the package.
  ///   - environment: replaces what the tests were given; nil takes a variable away.
  ///   - folder: where the process runs.
  ///   - output: standard output, in place of a file that is read at the end.
  public init(
    _ arguments: [String], program: String = "tanren", environment: [String: String?] = [:], in folder: TemporaryFolder,
    output other: FileHandle? = nil
  ) throws {
    self.folder = folder
    process.executableURL = program.hasPrefix("/") ? URL(fileURLWithPath: program) : Locations.program(program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var variables = ProcessInfo.processInfo.environment
    for name in ["TANREN_DATA", "TANREN_DEVICE", "TANREN_PJRT_PLUGIN", "TANREN_CPU_PLUGIN"] { variables[name] = nil }
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    let name = UUID().uuidString
    outputPath = folder.path + "/\(name).out"
    output = try Self.file(outputPath)
    error = try Self.file(folder.path + "/\(name).err")
    process.standardOutput = other ?? output
    process.standardError = error
  }

  /// Runs a command line to its end.
  public static func run(
    _ arguments: [String], program: String = "tanren", environment: [String: String?] = [:], in folder: TemporaryFolder,
    output: FileHandle? = nil
  ) throws -> Result {
    let process = try TanrenProcess(arguments, program: program, environment: environment, in: folder, output: output)
    try process.start()
    return try process.result()
  }

  /// Runs a shell's script to its end; `$1` is the command.
  public static func shell(_ script: String, in folder: TemporaryFolder) throws -> Result {
    try run(["-c", script, "sh", Locations.program("tanren").path], program: "/bin/sh", in: folder)
  }

  public func start() throws { try process.run() }

  /// What Ctrl-C sends.
  public func interrupt() { process.interrupt() }

  public var isRunning: Bool { process.isRunning }

  /// What it has written to standard output up to now.
  public func outputSoFar() throws -> String {
    // The process shares its open file with this one, and where in it it writes.
    try String(contentsOfFile: outputPath, encoding: .utf8)
  }

  /// Kills a process that was to run until it is stopped.
  /// - Returns: whether it was running.
  public func stop() -> Bool {
    guard process.isRunning else { return false }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return true
  }

  /// Waits for the end; a process that doesn't come to one is killed.
  public func result() throws -> Result {
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
