import Foundation
import Testing

/// Test sets that are evaluated in one batch are judged by the trained weights.
@Suite struct SmallTestSetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func accuracy(data: String) throws -> Double {
    let result = try TanrenProcess.run(
      ["run", "--offline", "--data", data, "--model", "mlp(hidden: [64])", "--epochs", "4", "--batch", "20", "--output",
        "out", "--quiet"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    let last = try folder.text("out/history.csv").split(separator: "\n").last?.split(separator: ",").last
    return Double(last ?? "") ?? .nan
  }

  @Test func anExampleMoreChangesLittle() throws {
    let batch = try accuracy(data: "syntheticDigits(train: 10000, test: 1000)")
    let batches = try accuracy(data: "syntheticDigits(train: 10000, test: 1001)")
    // By NumPy from the saved weights: 0.934.
    #expect(abs(batch - 0.934) < 0.004)
    #expect(abs(batch * 1000 - batches * 1001) < 1.001)
  }
}
