import TestSupport
import Testing

/// Tests that run commands in a folder.
protocol CommandSuite {
  var folder: TemporaryFolder { get }
}

extension CommandSuite {
  /// What a command that succeeds prints.
  func output(_ words: String..., location: SourceLocation = #_sourceLocation) throws -> String {
    let result = try TanrenProcess.run(words, in: folder)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)", sourceLocation: location)
    return result.output
  }

  /// Expects a command to fail with an error that has some parts.
  func expectError(_ words: [String], says parts: String..., location: SourceLocation = #_sourceLocation) throws {
    let result = try TanrenProcess.run(words, in: folder)
    #expect(result.status == 2 && result.error.hasPrefix("Error: "), "\(result.error)", sourceLocation: location)
    for part in parts { #expect(result.error.contains(part), "\(result.error)", sourceLocation: location) }
  }
}
