import Foundation
import TestSupport

/// The interpreter that `TANREN_PYTHON` names, or `python3`, for checks by other programs' own packages.
enum Python {
  static var command: String { ProcessInfo.processInfo.environment["TANREN_PYTHON"] ?? "python3" }

  /// Whether all modules are installed.
  static func has(_ modules: String...) -> Bool {
    let list = modules.map { "'\($0)'" }.joined(separator: ", ")
    let code = "import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in [\(list)]))"
    return (try? run(["-c", code]))?.status == 0
  }

  /// Runs a script of the fixtures.
  static func check(_ script: String, _ arguments: String...) throws -> (status: Int32, output: String) {
    try run([Bundle.module.fixture(script)] + arguments)
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
