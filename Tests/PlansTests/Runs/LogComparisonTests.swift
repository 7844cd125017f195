import Plans
import TestSupport
import Testing

@Suite(.tags(.unit)) struct LogComparisonTests {
  private func record(_ epoch: Int, _ accuracy: Double, _ loss: Double, _ test: Double, _ testLoss: Double)
    -> EpochRecord
  {
    EpochRecord(
      epoch: epoch, step: epoch,
      metrics: ["loss": loss, "accuracy": accuracy, "val_loss": testLoss, "val_accuracy": test])
  }

  private let text = """
    epoch accuracy loss val_accuracy val_loss
    0 0.1 2.3 0.2 2.4
    1 0.8613 0.47874365694349547 0.924 0.2609216647266223
    2 0.932 0.25 0.9426 0.125
    """

  private func log() throws -> EpochLog { try EpochLog(text) }

  @Test func equalLogsAgree() throws {
    let history = History(epochs: [
      record(0, 0.1, 2.3, 0.2, 2.4), record(1, 0.8613, 0.47874365694349547, 0.924, 0.2609216647266223),
    ])
    let comparison = LogComparison(history, with: try log())
    #expect(comparison.epochs == 2)
    #expect(comparison.differentAccuracies == 0)
    #expect(comparison.greatestLossDistance == 0)
    #expect(
      "\(comparison)"
        == "2 epochs compared with the published log: 0 of 4 accuracies differ, the losses by 0.0 at most")
    for ends in ["\r\n", "\r", " \t\n"] {
      #expect(try LogComparison(history, with: EpochLog(text.replacing("\n", with: ends))) == comparison)
    }
    // The lines of a run are its log.
    let lines = ["epoch accuracy loss val_accuracy val_loss"] + history.epochs.map(LineFormat.numbers.line)
    #expect(try LogComparison(history, with: EpochLog(lines.joined(separator: "\n"))) == comparison)
    // Its columns are what its first line says.
    let other = try EpochLog("epoch val_loss accuracy\n1 0.26 0.8613\n")
    #expect("\(LogComparison(history, with: other))".hasPrefix("1 epochs compared with the published log: 0 of 1 acc"))
    #expect(abs(LogComparison(history, with: other).greatestLossDistance - 0.0009216647266223) < 1e-12)
  }

  @Test func differencesAreCounted() throws {
    let history = History(epochs: [
      // Without epoch 0, and with one that the log hasn't.
      record(1, 0.8614, 0.47874365694349547, 0.924, 0.2609216647266223), record(2, 0.93, 0.5, 0.9425, 0.0625),
      record(3, 1, 0, 1, 0),
    ])
    let comparison = LogComparison(history, with: try log())
    #expect(comparison.epochs == 2)
    #expect(comparison.differentAccuracies == 3)
    #expect(comparison.greatestLossDistance == 0.25)
  }

  @Test func whatIsntANumberNeverAgrees() throws {
    let diverged = LogComparison(History(epochs: [record(0, .nan, .nan, 0.2, 2.4)]), with: try log())
    #expect(diverged.differentAccuracies == 1)
    #expect(diverged.greatestLossDistance == .infinity)
    let missing = LogComparison(History(epochs: [EpochRecord(epoch: 0, step: 0, metrics: [:])]), with: try log())
    #expect(missing.differentAccuracies == 2)
    #expect(missing.greatestLossDistance == .infinity)
    #expect(try LogComparison(History(), with: log()).epochs == 0)
  }
}
