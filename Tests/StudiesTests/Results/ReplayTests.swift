import Foundation
import Studies
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

  /// Article 2's log for h-swish (S2-9, S2-12): its first lines digit for digit.
  @Test(.enabled(if: hasMNIST, "MNIST isn't in TANREN_DATA"))
  func theFirstEpochsOfThePrintedLog() throws {
    let recipe = Article2Replay()
    let arm = try #require(recipe.arms(named: ["hSwish"]).first)
    var configuration = try arm.configuration(base: [Setting](recipe.base), seed: recipe.firstSeed)
    configuration.epochs = 2
    let history = try Run(configuration, data: MNIST.load(from: Self.folders)).train().history
    let comparison = LogComparison(history, with: try #require(recipe.log(of: "hSwish")))
    #expect(comparison.epochs == 3)
    #expect(comparison.differentAccuracies == 0)
    #expect(comparison.greatestLossDistance < 1e-12)
  }
}
