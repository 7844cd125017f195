import Foundation
import TestSupport
import Testing

@testable import Training

/// A process is killed again and again while it trains and saves.
@Suite(.tags(.process)) struct CrashTests {
  let scratch: TemporaryFolder

  init() throws { scratch = try TemporaryFolder() }

  private static let epochs = 100

  private func probe(_ folder: String) throws -> (process: Process, lines: FileHandle) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = Locations.program("CrashProbe")
    process.arguments = [scratch(folder), "\(Self.epochs)", scratch("\(folder).txt")]
    process.standardOutput = pipe
    try process.run()
    return (process, pipe.fileHandleForReading)
  }

  @Test func aTrainingKilledTenTimesEndsAsAnUndisturbedOne() throws {
    let undisturbed = try probe("undisturbed")
    _ = undisturbed.lines.readDataToEndOfFile()
    undisturbed.process.waitUntilExit()
    #expect(undisturbed.process.terminationStatus == 0)

    let folder = CheckpointFolder(scratch("killed"))
    var (kills, last) = (0, 0)
    while kills < 10 {
      let (process, lines) = try probe("killed")
      // After the first epochs of this process, at whatever moment of the next.
      _ = lines.availableData
      usleep(UInt32.random(in: 0..<15_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      guard process.terminationReason == .uncaughtSignal else { break }
      kills += 1
      let checkpoint = try #require(try folder.latest())
      #expect(checkpoint.epoch >= last)
      #expect(checkpoint.history.epochs.map(\.epoch) == Array(1...checkpoint.epoch))
      last = checkpoint.epoch
    }
    #expect(kills == 10, "the training was through after \(kills) kills")
    #expect(last < Self.epochs)

    let final = try probe("killed")
    _ = final.lines.readDataToEndOfFile()
    final.process.waitUntilExit()
    #expect(try scratch.bytes("killed.txt") == scratch.bytes("undisturbed.txt"))
    #expect(scratch.names("killed").count == 4)

    // The logs have each epoch once, those of killed processes too.
    let rows = try rows("killed")
    #expect(try rows == self.rows("undisturbed"))
    #expect(rows.map(\.first) == ["epoch"] + (1...Self.epochs).map { "\($0)" })
    let objects = try lines("killed.txt.jsonl").map {
      try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
    }
    #expect(objects.map { $0["epoch"] } == (1...Self.epochs).map { Double($0) })
    #expect(objects.map { $0["loss"].map { "\($0)" } } == rows.dropFirst().map { $0[2] })
  }

  private func lines(_ name: String) throws -> [String] {
    String(decoding: try scratch.bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// A log's rows without the times: epoch, step, and the metrics.
  private func rows(_ name: String) throws -> [[String]] {
    try lines("\(name).txt.csv").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Array(fields.prefix(2) + fields.dropFirst(4))
    }
  }
}
