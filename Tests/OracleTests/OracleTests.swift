import Foundation
import Oracle
import TestSupport
import Testing

/// Trainings in float32 against NumPy and float64; `make oracle` checks every combination.
@Suite(.tags(.process)) struct OracleTests {
  /// XLA's cost model takes XNNPACK on some processors only. With this it would take it on all, if Tanren allowed it.
  private static let forced = "--xla_cpu_experimental_xnn_graph_fusion_mode=XNN_GRAPH_FUSION_MODE_BYPASS_COST_MODEL"

  private func sample(flags: String?) throws -> (status: Int32, output: Data, error: String) {
    let process = Process()
    let (output, error) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: UUID().uuidString))
    _ = FileManager.default.createFile(atPath: error.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: error) }
    process.executableURL = Locations.program("OracleGrid")
    process.arguments = ["sample", "2"]
    process.environment = ProcessInfo.processInfo.environment.merging(flags.map { ["XLA_FLAGS": $0] } ?? [:]) { $1 }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: error)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data, String(decoding: try Data(contentsOf: error), as: UTF8.self))
  }

  @Test func trainingsAreNumPys() throws {
    var result = try sample(flags: Self.forced)
    // Another plugin may not know the flag.
    if result.error.contains("XLA_FLAGS") { result = try sample(flags: nil) }
    try #require(result.status == 0, "\(result.error)")
    let deviations = try JSONDecoder().decode(Deviations.self, from: result.output)
    let failures = deviations.failures
    #expect(deviations.combinations == Combination.sample.count)
    #expect(failures.isEmpty, "\(failures.count) differences: \(failures.prefix(5).joined(separator: "\n"))")
  }
}
