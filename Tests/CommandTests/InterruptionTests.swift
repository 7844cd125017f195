import Foundation
import TestSupport
import Testing

@Suite(.tags(.process)) struct InterruptionTests {
  /// Waits until a log has some finished epochs, and sends what Ctrl-C sends.
  private func interrupt(_ arguments: [String], afterRowsIn log: String, in folder: TemporaryFolder) throws
    -> TanrenProcess.Result
  {
    let process = try TanrenProcess(arguments, in: folder)
    try process.start()
    let end = Date(timeIntervalSinceNow: 120)
    while Date() < end, ((try? folder.text(log)) ?? "").split(separator: "\n").count < 5 {
      Thread.sleep(forTimeInterval: 0.02)
    }
    process.interrupt()
    return try process.result()
  }

  private func epochs(_ csv: String) -> [Int?] {
    csv.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return cells.count == 8 && cells.allSatisfy { Double($0) != nil } ? Int(cells[0]) : nil
    }
  }

  @Test func controlCLeavesFinishedEpochsOnDisk() throws {
    let folder = try TemporaryFolder()
    let result = try interrupt(
      ["run", "--data", DataFiles.tiny, "--epochs", "1000000", "--batch-size", "10", "--output", "out"],
      afterRowsIn: "out/history.csv", in: folder)
    #expect(result.status == 130 && !result.endedBySignal)
    #expect(result.error.contains("Interrupted"))
    let csv = try folder.text("out/history.csv")
    let rows = epochs(csv)
    #expect(csv.hasSuffix("\n") && rows.count >= 4 && rows == (1...rows.count).map { $0 })
    // Of a killed epoch at most one of the two logs has the row.
    let lines = try folder.text("out/history.jsonl").split(separator: "\n")
    #expect(abs(lines.count - rows.count) <= 1)
    for line in lines { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
    #expect(folder.exists("out/configuration.yml"))
  }

  @Test func controlCWhileReproducing() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "reproduce", "activations-mnist", "--arms", "relu,swish", "--data", DataFiles.tiny, "--output", "out",
      "--replace",
      "--epochs",
    ]
    // The second arm is stopped while it trains: the first one's epochs are in the store, and stay there.
    _ = try TanrenProcess.run(arguments + ["2"], in: folder)
    let process = try TanrenProcess(arguments + ["1000000"], in: folder)
    try process.start()
    Thread.sleep(forTimeInterval: 5)
    process.interrupt()
    let result = try process.result()
    #expect(result.status == 130 && !result.endedBySignal)
    #expect(result.error.contains("Interrupted"))
    let again = try TanrenProcess.run(arguments + ["2"], in: folder)
    #expect(again.status == 0, "\(again.error)")
    #expect(try folder.text("out/runs.csv").contains(",relu,10,"))
  }
}
