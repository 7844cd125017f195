import Foundation
import Tanren
import TestSupport
import Testing

/// Runs that start from the weights of others.
@Suite(.tags(.process)) struct WeightCommandTests {
  let folder: TemporaryFolder
  private let data: String

  init() throws {
    folder = try TemporaryFolder()
    data = "npz(path: \(try DataFiles.writeNPZ(to: folder)))"
  }

  private func run(_ words: String...) throws -> TanrenProcess.Result {
    try TanrenProcess.run(["run", "--batch-size", "5", "--epochs", "1"] + words, in: folder)
  }

  /// The same network goes on where it was: before any update it evaluates as the saved one did.
  @Test func aRunStartsWhereAnotherEnded() throws {
    let first = try run("--data", data, "model=mlp(hidden: [6])", "--output", "a", "--quiet")
    #expect(first.status == 0, "\(first.error)")
    let second = try run(
      "--data", data, "model=mlp(hidden: [6])", "--weights", "a/model.safetensors", "evaluateBeforeTraining=true",
      "--output", "b", "seed=5")
    #expect(second.status == 0, "\(second.error)")
    #expect(second.output.contains("Weights: 4 arrays from a/model.safetensors, by Tanren's names\n"))
    func column(_ name: String, _ folder: String, epoch: Int) throws -> String {
      let rows = try self.folder.text("\(folder)/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
      let place = try #require(rows[0].firstIndex { $0 == name })
      return String(try #require(rows.first { $0[0] == "\(epoch)" })[place])
    }
    #expect(try column("val_loss", "b", epoch: 0) == column("val_loss", "a", epoch: 1))
    #expect(try folder.text("b/configuration.yml").contains(/weights: .*a\/model\.safetensors/))
    // It is a run like any other: its configuration repeats it, and its model needs no weights.
    let third = try run("b/configuration.yml", "--output", "c", "--quiet")
    #expect(third.status == 0, "\(third.error)")
    #expect(try column("val_loss", "b", epoch: 1) == column("val_loss", "c", epoch: 1))
    try FileManager.default.removeItem(atPath: folder("a"))
    let evaluated = try TanrenProcess.run(["evaluate", "c/model.safetensors"], in: folder)
    #expect(evaluated.status == 0, "\(evaluated.error)")
  }

  @Test func anotherTaskGetsANewHead() throws {
    let first = try run("--data", data, "model=mlp(hidden: [6])", "--output", "a", "--quiet")
    #expect(first.status == 0, "\(first.error)")
    let labels = try ["train": 20, "test": 10].map { part, count in
      ("y_" + part, try HostArray((0..<count).map { Int64($0 % 5) }))
    }
    _ = try DataFiles.writeNPZ(to: folder, replacing: Dictionary(uniqueKeysWithValues: labels))
    let words = ["run", "--data", data, "model=mlp(hidden: [6])", "--batch-size", "5", "--epochs", "1"]
    func error(_ more: String...) throws -> String {
      let result = try TanrenProcess.run(words + more, in: folder)
      #expect(result.status == 2 && result.error.hasPrefix("Error: "), "\(result.error)")
      return result.error
    }
    let wrong = try error("weights=a/model.safetensors")
    #expect(wrong.contains("a/model.safetensors holds another model's weights, by Tanren's names; of another type"))
    #expect(wrong.contains("dense2/bias is float32[3], not float32[5]") && wrong.contains("'head: new'"), "\(wrong)")
    let right = try TanrenProcess.run(words + ["weights=a/model.safetensors", "head=new"], in: folder)
    #expect(right.status == 0, "\(right.error)")
    #expect(right.output.contains("Weights: 2 arrays from a/model.safetensors"))
    #expect(right.output.contains("Weights new: dense2/kernel, dense2/bias\n"))
    let partial = try TanrenProcess.run(words + ["weights=a/model.safetensors", "partialWeights=true"], in: folder)
    #expect(partial.output.contains("Weights of another shape, so left as initialized: dense2/kernel, dense2/bias\n"))
    // Mistakes.
    #expect(try error("weights=a/model.safetensors", "model=mlp(hidden: [7])", "head=new").contains("dense1/kernel is"))
    #expect(try error("head=new").contains("'head' is for a run with 'weights: FILE'"))
    #expect(try error("weights=absent.safetensors").contains("absent.safetensors: No such file"))
    #expect(try error("weights=a/model.safetensors", "head=none").contains("keep, new"))
    #expect(try error("weights=a/history.csv").contains("a/history.csv is a file of another kind, which isn't read"))
    try Safetensors(["encoder.weight": HostArray([Float(1)])]).write(to: folder("other.safetensors"))
    #expect(try error("weights=other.safetensors").contains("the file has encoder.weight, the model dense1/kernel"))
  }
}
