import Foundation
import TestSupport

/// The `tanren` program that was built beside the tests.
enum TanrenProgram {
  static let url = Locations.program("tanren")

  static var exists: Bool { FileManager.default.isExecutableFile(atPath: url.path) }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Returns: standard output.
  /// - Throws: unless the status is 0.
  @discardableResult
  static func run(_ words: String...) throws -> String { try run(words) }

  @discardableResult
  static func run(_ words: [String]) throws -> String {
    let ended = try end(words)
    guard ended.status == 0 else { throw Failure(description: "status \(ended.status): \(ended.errors)") }
    return ended.output
  }

  static func end(_ words: [String]) throws -> (status: Int32, output: String, errors: String) {
    let process = process(words)
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let problems = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: problems, as: UTF8.self))
  }

  static func start(_ words: String...) throws -> Process { try start(words) }

  static func start(_ words: [String]) throws -> Process {
    let process = process(words)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func process(_ words: [String]) -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    return process
  }
}
