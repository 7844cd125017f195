import Foundation
import TestSupport
import Testing

/// `tanren run --resume` after a process was killed.
@Suite(.tags(.process)) struct ResumeTests {
  private let folder = try? TemporaryFolder()

  private static let words = [
    "run", "--data", DataFiles.tiny, "--epochs", "600", "--batch-size", "10", "--quiet", "--optimizer",
    "momentum(learningRate: 0.02)", "callbacks=[checkpoints(every: 3), reduceOnPlateau(patience: 1, factor: 0.5)]",
    "evaluateBeforeTraining=true",
  ]

  /// Everything of a log but the times.
  private func columns(_ log: String, in folder: TemporaryFolder) throws -> [[Substring]] {
    try folder.text(log).split(separator: "\n").map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return Array(cells.prefix(2) + cells.dropFirst(4))
    }
  }

  @Test func aKilledRunEndsWithTheSameBits() throws {
    let folder = try #require(folder)
    let whole = try TanrenProcess.run(Self.words + ["--output", "whole"], in: folder)
    #expect(whole.status == 0, "\(whole.error)")
    let process = try TanrenProcess(Self.words + ["--output", "killed"], in: folder)
    try process.start()
    let end = Date(timeIntervalSinceNow: 120)
    while Date() < end, ((try? folder.text("killed/history.csv")) ?? "").split(separator: "\n").count < 12 {
      Thread.sleep(forTimeInterval: 0.005)
    }
    #expect(process.stop())
    #expect(!folder.exists("killed/model.safetensors"))
    let other = try TanrenProcess.run(["run", "--resume", "--output", "killed", "--epochs", "601"], in: folder)
    #expect(other.status == 2 && other.error.contains("has other settings"), "\(other.error)")
    let resumed = try TanrenProcess.run(["run", "--resume", "--output", "killed"], in: folder)
    #expect(resumed.status == 0 && resumed.output.contains("Continuing after epoch"), "\(resumed.error)")
    #expect(try columns("killed/history.csv", in: folder) == columns("whole/history.csv", in: folder))
    for name in ["model.safetensors", "best.safetensors"] {
      #expect(try folder.bytes("killed/" + name) == folder.bytes("whole/" + name), "\(name)")
    }
    let again = try TanrenProcess.run(["run", "--resume", "--output", "killed"], in: folder)
    #expect(again.status == 2 && again.error.contains("is complete"), "\(again.error)")
    let none = try TanrenProcess.run(["run", "--resume", "--output", "nowhere"], in: folder)
    #expect(none.status == 2 && none.error.contains("there is no run to continue"), "\(none.error)")
  }
}
