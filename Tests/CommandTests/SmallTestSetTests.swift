import Foundation
import TestSupport
import Testing

/// Test sets that are evaluated in one batch are judged by the trained weights.
@Suite(.tags(.process)) struct SmallTestSetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// XLA's cost model takes XNNPACK on some processors only. With this it would take it on all, if Tanren allowed it.
  private static let forced = "--xla_cpu_experimental_xnn_graph_fusion_mode=XNN_GRAPH_FUSION_MODE_BYPASS_COST_MODEL"

  /// The last epoch's row of the history, by column.
  private func last(_ arguments: String...) throws -> [String: Double] {
    let result = try TanrenProcess.run(
      ["run", "--offline", "--model", "mlp(hidden: [64])", "--output", "out", "--quiet"] + arguments,
      environment: ["XLA_FLAGS": Self.forced], in: folder)
    #expect(result.status == 0, "\(result.error)")
    let rows = try folder.text("out/history.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    return Dictionary(uniqueKeysWithValues: zip(rows[0], (rows.last ?? []).map { Double($0) ?? .nan }))
  }

  @Test func anExampleMoreChangesLittle() throws {
    func accuracy(_ test: Int) throws -> Double {
      try last("--data", "syntheticDigits(train: 10000, test: \(test))", "--epochs", "4", "--batch-size", "20")[
        "val_accuracy"] ?? .nan
    }
    let (batch, batches) = (try accuracy(1000), try accuracy(1001))
    // By NumPy from the saved weights: 0.934.
    #expect(abs(batch - 0.934) < 0.004)
    #expect(abs(batch * 1000 - batches * 1001) < 1.001)
  }

  @Test func anEpochOfOneStepTrains() throws {
    let last = try last(
      "--data", "syntheticDigits(train: 1000, test: 400)", "--epochs", "61", "--batch-size", "1000", "--optimizer",
      "sgd(learningRate: 0.5)")
    #expect(abs((last["loss"] ?? .nan) - 0.275) < 0.002)
    #expect(abs((last["val_accuracy"] ?? .nan) - 0.7825) < 0.006)
  }
}
