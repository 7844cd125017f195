import Foundation
import Tanren
import TestSupport
import Testing

/// `tanren run` of models that are composed of layers by name, and of networks by name.
@Suite(.tags(.process)) struct ComposedModelTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ words: String...) throws -> TanrenProcess.Result {
    try TanrenProcess.run(["run", "--offline", "--epochs", "1"] + words, in: folder)
  }

  @Test func aListOfLayersTrains() throws {
    try folder.write(
      """
      data: \(DataFiles.tiny)
      batchSize: 50
      model:
        - conv2D(4, size: 3, strides: 2)
        - residual:
            - conv2D(4, padding: same)
            - batchNorm(activation: hSwish(3))
        - flatten
        - named(dense(10), as: head)
      """, to: "config.yml")
    let first = try run("config.yml", "--output", "a")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.contains("Model: \"sequential\""))
    #expect(first.output.contains("residual1 (Residual)         (None, 13, 13, 4)"))
    #expect(first.output.contains("head (NamedLayer)") || first.output.contains("head (Dense)"))
    #expect(
      try folder.text("a/configuration.yml").contains(
        "model: {name: sequential, layers: [{name: conv2D, filters: 4, strides: 2}, {name: residual, "))
    // From its own configuration, and as one word.
    let again = try run("a/configuration.yml", "--output", "b")
    #expect(again.status == 0, "\(again.error)")
    let word =
      "[conv2D(4, strides: 2), residual: [conv2D(4, padding: same), batchNorm(activation: hSwish(3))], flatten, "
      + "named(dense(10), head)]"
    let third = try run("data=\(DataFiles.tiny)", "batchSize=50", "model=\(word)", "--output", "c")
    #expect(third.status == 0, "\(third.error)")
    func losses(_ name: String) throws -> [String] {
      let lines = try folder.text("\(name)/history.jsonl").split(separator: "\n")
      return lines.compactMap { $0.firstMatch(of: /"val_loss":\s*[0-9.e-]+/).map { String($0.0) } }
    }
    #expect(try losses("a").count == 1 && losses("a") == losses("b") && losses("a") == losses("c"))
    // The saved model is the same network.
    let evaluated = try TanrenProcess.run(["evaluate", "a/model.safetensors"], in: folder)
    #expect(evaluated.status == 0, "\(evaluated.error)")
  }

  @Test(arguments: [
    ("[flatten, dense(7)]", ["7 outputs", "the data need 10", "in layer dense1"]),
    ("[flatten, dens(10)]", ["there is no layer 'dens': did you mean 'dense'?"]),
    ("[conv2D(8, 40), flatten, dense]", ["spans 40", "in layer conv2D1"]),
    ("[dropout(rate: 2), flatten, dense]", ["'rate' is 2"]), ("[]", ["'layers' is empty"]),
    ("[flatten, dense(10, unitz: 3)]", ["dense has no setting 'unitz': did you mean 'units'?"]),
    ("[conv2D(4), residual: [conv2D(8)], flatten, dense]", ["add a shortcut", "in layer residual1"]),
  ]) func mistakesAreReported(_ model: String, _ parts: [String]) throws {
    let result = try run("data=\(DataFiles.tiny)", "model=\(model)")
    #expect(result.status == 2 && !result.endedBySignal && result.error.hasPrefix("Error: "), "\(result.error)")
    for part in parts { #expect(result.error.contains(part), "\(result.error)") }
  }

  @Test func tokensStayIntegers() throws {
    var arrays: [String: HostArray] = [:]
    for (part, count) in [("train", 64), ("test", 32)] {
      // Whether token 250 is among six: bytes that were scaled, or rounded to half precision, wouldn't tell.
      var (tokens, classes): ([UInt8], [Int64]) = ([], [])
      for record in 0..<count {
        let own = (0..<6).map { step in
          let place = record * 6 + step
          return (place * 37 + 11) % 7 == 0 ? UInt8(250) : UInt8(244 + place % 6)
        }
        tokens += own
        classes.append(own.contains(250) ? 1 : 0)
      }
      arrays["x_" + part] = try HostArray(tokens, shape: [count, 6])
      arrays["y_" + part] = try HostArray(classes)
    }
    let path = folder.path + "/tokens.npz"
    try NPZ.write(arrays, to: path)
    for model in ["transformer(16, depth: 1, vocabulary: 256)", "[embedding(256, 8), lstm(8), dense]"] {
      let result = try run(
        "data=npz(path: \(path))", "model=\(model)", "optimizer=adam(0.02)", "batchSize=16", "epochs=40",
        "dtype=bfloat16",
        "--output", "out", "--progress", "lines")
      #expect(result.status == 0, "\(result.error)")
      let last = try folder.text("out/history.jsonl").split(separator: "\n").last ?? ""
      let record = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Double]
      #expect(record?["accuracy"] ?? 0 > 0.95, "\(model): \(last)")
    }
  }
}
