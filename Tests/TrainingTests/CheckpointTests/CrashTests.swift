import Foundation
import Testing

@testable import Training

/// A process is killed again and again while it trains and saves.
@Suite struct CrashTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let epochs = 100

  private func probe(_ folder: String) throws -> (process: Process, lines: FileHandle) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("CrashProbe")
    process.arguments = [scratch.file(folder), "\(Self.epochs)", scratch.file("\(folder).txt")]
    process.standardOutput = pipe
    try process.run()
    return (process, pipe.fileHandleForReading)
  }

  @Test func aTrainingKilledTenTimesEndsAsAnUndisturbedOne() throws {
    let undisturbed = try probe("undisturbed")
    _ = undisturbed.lines.readDataToEndOfFile()
    undisturbed.process.waitUntilExit()
    #expect(undisturbed.process.terminationStatus == 0)

    let folder = CheckpointFolder(scratch.file("killed"))
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
    #expect(try scratch.read("killed.txt") == scratch.read("undisturbed.txt"))
    #expect(try scratch.names("killed").count == 4)
  }
}
