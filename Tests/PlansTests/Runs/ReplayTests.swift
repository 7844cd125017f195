import Foundation
import Plans
import TestSupport
import Testing

@Suite(.tags(.engine, .slow)) struct ReplayTests {
  /// Where MNIST is: what `TANREN_DATA` names, or `shared/data` beside the package.
  private static let folders: DataFolders = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var folders = DataFolders()
    folders.searched += ["shared/data", "../shared/data"].map {
      package.appendingPathComponent($0).standardizedFileURL.path
    }
    return folders
  }()

  private static let hasMNIST = folders.searched.contains { folder in
    FileManager.default.fileExists(atPath: folder + "/mnist/train-images-idx3-ubyte.gz")
  }

  /// The published log for h-swish: its first lines digit for digit.
  @Test(.enabled(if: hasMNIST, "MNIST isn't in TANREN_DATA"))
  func theFirstEpochsOfThePublishedLog() throws {
    let plan = try Recipe(named: "numpy-replay").plan(arms: ["hSwish"], overrides: ["epochs=2"])
    let configuration = try #require(plan.runs().first).configuration
    let history = try Run(configuration, data: MNIST.load(from: Self.folders)).train().history
    let comparison = LogComparison(history, with: try #require(plan.arms.first?.published?.log))
    #expect(comparison.epochs == 3)
    #expect(comparison.differentAccuracies == 0)
    #expect(comparison.greatestLossDistance < 1e-12)
  }
}
