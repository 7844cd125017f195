import Foundation
import Tanren
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
    let parameters: Int = 2 * (64 * 64 + 64) + 1
    #expect(text.contains("residualBlock2") && text.contains("\(parameters)"), "\(text)")
    #expect(try accuracy(text, after: "Test accuracy: ") > 0.5)
  }

  @Test func anOptimizerOfOnesOwn() throws {
    let text = try output("OwnOptimizer", "2")
    #expect(try accuracy(text, after: "sgd: test accuracy ") > 0.5)
    #expect(try accuracy(text, after: "powerSign: test accuracy ") > 0.5)
  }

  @Test func aRecipeOfOnesOwn() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = package.appendingPathComponent("Examples/OwnRecipe/drawn-digits.yml").path
    let text = try output("tanren", "reproduce", file, "--budget", "smoke", "--output", "out", "--seeds", "1")
    #expect(
      text.contains("ReLU and h-swish on drawn digits\nBudget 'smoke', not what was published: Two epochs on 500"))
    #expect(text.contains("/2] relu, seed 0: 2 epochs") && text.contains("/2] hSwish, seed 0: 2 epochs"))
    #expect(folder.exists("out/report.html") && folder.exists("out/runs.csv"))
    // What the report says to type finds the runs done, and a copy of the file is the same study.
    let again = try #require(text.split(separator: "\n").first { $0.hasPrefix("Reproduce: ") })
    #expect(again == "Reproduce: tanren study run \(file) budget=smoke seeds=1")
    let repeated = try output(
      "tanren", "study", "run", file, "budget=smoke", "seeds=1", "--store", "out/studies.sqlite")
    #expect(repeated.contains("2 runs, 2 done already"), "\(repeated)")
  }

  /// A program's own methods are unknown to the command, which shows what is stored and says what it can't run.
  @Test func aStudyOfOnesOwnMethods() throws {
    try Registry<any Activation>.add(Cubed.self)
    let plan = StudyPlan(
      name: "own", base: ["data": "syntheticDigits"], arms: [Arm("cubed", ["model": "mlp(activation: cubed)"])])
    try StudyStore(folder.path + "/own.sqlite", access: .create).register(plan)
    let shown = try TanrenProcess.run(["study", "show", "--runs", "--store", "own.sqlite"], in: folder)
    #expect(shown.output.contains("1 runs: 1 pending"), "\(shown)")
    let run = try TanrenProcess.run(["study", "run", "own", "--store", "own.sqlite"], in: folder)
    #expect(run.status == 2 && run.error.contains("there is no activation 'cubed'"), "\(run)")
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

private struct Cubed: Activation {
  static let declaration = Declaration("cubed", "x³", standard: Cubed())
  var range: ClosedRange<Double> { -Double.infinity...Double.infinity }

  func callAsFunction(_ x: Tensor) -> Tensor { x * x * x }
}
