import Foundation
import TestSupport
import Testing

/// The programs in `Examples`, each run once.
@Suite(.tags(.process)) struct ExamplesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func output(_ program: String, _ arguments: String...) throws -> String {
    let result = try TanrenProcess.run(arguments, program: program, in: folder)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    return result.output
  }

  @Test func aLayerOfOnesOwn() throws {
    let text = try output("OwnLayer", "1")
    // 64 units: two maps with biases, and the gain.
    #expect(text.contains("residualBlock2") && text.contains("\(2 * (64 * 64 + 64) + 1)"), "\(text)")
    #expect(try accuracy(text, after: "Test accuracy: ") > 0.5)
  }

  @Test func anOptimizerOfOnesOwn() throws {
    let text = try output("OwnOptimizer", "2")
    #expect(try accuracy(text, after: "sgd: test accuracy ") > 0.5)
    #expect(try accuracy(text, after: "powerSign: test accuracy ") > 0.5)
  }

  @Test func aRecipeOfOnesOwn() throws {
    let text = try output("OwnRecipe", "smoke")
    #expect(text.contains("relu") && text.contains("squared"))
    #expect(folder.exists("out/own-recipe.sqlite"))
    // The command shows what is stored; it can't run what it doesn't know, and says so.
    let store = ["--store", "out/own-recipe.sqlite"]
    let shown = try TanrenProcess.run(["study", "show", "--runs"] + store, in: folder)
    #expect(shown.output.contains("6 runs: 6 done"), "\(shown)")
    let again = try TanrenProcess.run(["study", "run", "squared-relu-digits-smoke"] + store, in: folder)
    #expect(again.status == 2 && again.error.contains("there is no activation 'squaredReLU'"), "\(again)")
  }

  @Test func aRuleOfOnesOwn() throws {
    let text = try output("OwnRule", "6")
    for rule in ["plain", "sam", "extragradient"] {
      #expect(try accuracy(text, after: "\(rule) over lamb: test accuracy ") > 0.2)
    }
  }

  @Test func aStudyInSwift() throws {
    let text = try output("StudyInSwift", "1")
    #expect(runs(text) == 24 && text.contains("nesterov, seed 7: "), "\(text)")
    #expect(text.contains("momentum is better than sgd: difference +"), "\(text)")
    #expect(try folder.text("out/study-in-swift.html").contains("Does momentum help on drawn digits?"))
    // It is all there: nothing is run again.
    #expect(runs(try output("StudyInSwift", "1")) == 0)
  }

  private func runs(_ text: String) -> Int { text.split(separator: "\n").count { $0.hasPrefix("[") } }

  private func accuracy(_ text: String, after label: String) throws -> Double {
    let start = try #require(text.range(of: label)?.upperBound, "\(text)")
    return try #require(Double(text[start...].prefix { $0 != "\n" }))
  }
}
