import Foundation
import Tanren
import TestSupport
import Testing

/// From arrays to a model, and from the model to metrics and predictions.
@Suite(.tags(.process)) struct ModelCommandTests: CommandSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The metrics in what `evaluate` prints.
  private func metrics(_ text: String) -> [String: Double] {
    var metrics: [String: Double] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { metrics[String(words[0])] = Double(words[1]) }
    }
    return metrics
  }

  @Test func classesFromArrays() throws {
    let data = try DataFiles.writeNPZ(to: folder)
    let text = try output("run", "data=npz(path: \(data))", "--epochs", "3", "--batch-size", "5", "--output", "out")
    #expect(text.contains("out/best.safetensors, out/model.safetensors"))
    let rows = try folder.text("out/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let recorded = Dictionary(uniqueKeysWithValues: zip(rows[0].map { String($0) }, rows[3].map { Double($0) ?? .nan }))
    let evaluated = try output("evaluate", "out/model.safetensors")
    #expect(
      evaluated.contains("Model: mlp trained on npz, epoch 3 of 3\nData: arrays from \(data), 10 test examples\n"))
    #expect(metrics(evaluated)["loss"] == recorded["val_loss"])
    #expect(metrics(evaluated)["accuracy"] == recorded["val_accuracy"])

    // The training inputs again, from both kinds of files.
    let inputs = try HostArray((0..<80).map { Float($0 % 7) }, shape: [20, 4])
    try NPY.write(inputs, to: folder("new.npy"))
    try NPZ.write(["x": inputs, "y": HostArray([1])], to: folder("new.npz"))
    let table = try output("predict", "out/model.safetensors", "new.npy", "new.npz", "--batch-size", "7")
    let lines = table.split(separator: "\r\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines.count == 41 && lines[0] == ["name", "class", "0", "1", "2"])
    #expect(lines[1][0] == "new.npy[0]" && lines[40][0] == "new.npz[19]")
    for line in lines.dropFirst() {
      let probabilities = line.suffix(3).compactMap { Double($0) }
      #expect((probabilities.reduce(0, +) - 1).magnitude < 1e-6)
      #expect(probabilities.firstIndex(of: probabilities.max() ?? 0) == Int(line[1]))
    }
    #expect(zip(lines[1...20], lines[21...40]).allSatisfy { $0.dropFirst() == $1.dropFirst() })
    let said = try output("predict", "out/model.safetensors", "new.npy", "--output", "new/predictions.csv")
    #expect(said == "Written: new/predictions.csv, 20 predictions\n")
    let written = try folder.text("new/predictions.csv").split(separator: "\r\n")
    #expect(written.count == 21 && written.last?.hasPrefix("new.npy[19],") == true)

    // Other metrics, and other data.
    let other = metrics(try output("evaluate", "out/model.safetensors", "metrics=topKAccuracy(k: 2)", "--quiet"))
    #expect(other.keys.sorted() == ["loss", "topKAccuracy"] && (other["topKAccuracy"] ?? 0) > 0.5)
    try expectError(
      ["evaluate", "out/model.safetensors", "data=\(DataFiles.tiny)"], says: "float32 [4]", "uint8 [28, 28]")
    try expectError(["evaluate", "out/model.safetensors", "epochs=3"], says: "'epochs=3'", "data=… or metrics=…")
    try expectError(["evaluate", "out/model.safetensors", "metrics=acuracy"], says: "did you mean 'accuracy'?")
    try expectError(["predict", "out/model.safetensors", "out/history.csv"], says: "out/history.csv", "NPY")
    try expectError(["predict", "out/model.safetensors", "absent.npy"], says: "absent.npy")
    try expectError(["predict", "out/model.safetensors", "new.npy", "--batch-size", "0"], says: "--batch-size is 0")
    try NPY.write(HostArray([Float](repeating: 0, count: 6), shape: [2, 3]), to: folder("narrow.npy"))
    try expectError(["predict", "out/model.safetensors", "narrow.npy"], says: "narrow.npy", "[2, 3]", "[N, 4]")
    try expectError(["predict", data, "new.npy"], says: data, "an archive of arrays", "'weights'")
    try expectError(["evaluate", "absent.safetensors"], says: "absent.safetensors", "Check the path")
    var bytes = try folder.bytes("out/model.safetensors")
    bytes[bytes.count - 2] ^= 4
    try folder.write(bytes, to: "changed.safetensors")
    try expectError(["predict", "changed.safetensors", "new.npy"], says: "changed.safetensors has changed since")
    try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "half.safetensors")
    try expectError(["evaluate", "half.safetensors"], says: "half.safetensors", "truncated")
  }

  /// Predicted numbers have no classes; pictures without an encoding of their own are arrays.
  @Test func numbersAndPictures() throws {
    var arrays: [String: HostArray] = [:]
    for (part, count) in [("train", 20), ("test", 10)] {
      arrays["y_" + part] = try HostArray((0..<count).map { Float($0 % 7) })
    }
    let data = try DataFiles.writeNPZ(to: folder, replacing: arrays)
    _ = try output(
      "run", "data=npz(path: \(data))", "loss=meanSquaredError", "optimizer=adam", "--epochs", "1", "--batch-size", "5",
      "--output", "out",
      "--quiet")
    try NPY.write(HostArray((0..<4).map { Float($0) }, shape: [1, 4]), to: folder("new.npy"))
    let table = try output("predict", "out/best.safetensors", "new.npy").split(separator: "\r\n")
    #expect(table.count == 2 && table[0] == "name,value" && Double(table[1].dropFirst("new.npy[0],".count)) != nil)

    _ = try output("run", "--data", DataFiles.tiny, "--epochs", "1", "--output", "digits", "--quiet")
    try NPY.write(HostArray([UInt8](repeating: 9, count: 784), shape: [1, 28, 28]), to: folder("digit.npy"))
    #expect(
      try output("predict", "digits/model.safetensors", "digit.npy").hasPrefix("name,class,0,1,2,3,4,5,6,7,8,9\r\n"))
    // Its own data have changed.
    for (part, count) in [("train", 20), ("test", 10)] {
      arrays["y_" + part] = try HostArray((0..<count).map { Int64($0 % 2) })
    }
    _ = try DataFiles.writeNPZ(to: folder, replacing: arrays)
    try expectError(["evaluate", "out/model.safetensors"], says: "a number", "2 classes without names")
  }

  /// Another table, whose statistics and classes are others than the training data's.
  @Test func otherTablesAreReadAsTheTrainingDataWere() throws {
    let rows = (0..<60).map { "\($0 % 10),\($0 % 3 == 0 ? "red" : "blue"),\($0 % 10 < 5 ? "low" : "high")\n" }.joined()
    try folder.write("x,c,y\n" + rows, to: "own.csv")
    _ = try output(
      "run", "data=table(path: own.csv, target: y)", "optimizer=adam(learningRate: 0.05)", "--epochs", "20",
      "--batch-size", "12", "--output", "out", "--quiet")
    // Only one class, and numbers in other proportions.
    try folder.write("y,c,x\nhigh,red,9\nhigh,blue,8\nhigh,red,9\n", to: "new.csv")
    let text = try output("evaluate", "out/model.safetensors", "data=table(new.csv, target: y)")
    #expect(
      text.contains("Data: 3 of 3 rows of new.csv, prepared as the model's training data were, 3 test examples\n"))
    #expect(metrics(text)["accuracy"] == 1)
    try folder.write("y,c,x\nhigh,red,9\nother,blue,8\n", to: "classes.csv")
    try expectError(
      ["evaluate", "out/model.safetensors", "data.path=classes.csv"], says: "classes.csv", "line 3", "'other'", "'low'")
    try folder.write("y,c,x,weight\nhigh,red,9,1\n", to: "columns.csv")
    try expectError(
      ["evaluate", "out/model.safetensors", "data=table(path: columns.csv, target: y)"], says: "columns.csv",
      "'weight'", "exclude: [weight]")
  }

  /// Metrics, predictions and the page have the target's unit, whatever the network is trained on.
  @Test func standardizedTargetsKeepTheirUnit() throws {
    let rows = (0..<60).map { "\($0 % 20),\(1000 + $0 % 20)\n" }.joined()
    try folder.write("x,y\n" + rows, to: "own.csv")
    let text = try output(
      "run", "data=table(path: own.csv, target: y, task: regression, standardizeTarget: true)", "model=[dense(1)]",
      "loss=meanSquaredError", "metrics=[meanAbsoluteError]", "optimizer=sgd(learningRate: 0.1)", "--epochs", "2",
      "--batch-size", "12", "--output", "out")
    #expect(text.contains("regression of 'y', as set, standardized"))
    let error = try #require(metrics(try output("evaluate", "out/model.safetensors"))["meanAbsoluteError"])
    // Neither in deviations, which are 5.8, nor far off.
    #expect((0.001...5).contains(error), "\(error)")
    let page = try folder.text("out/report.html")
    #expect((1000..<1020).contains { page.contains(">\($0)<") })
    let predicted = try output("predict", "out/model.safetensors", "own.csv").split(separator: "\r\n")
    #expect(predicted[0] == "name,y" && predicted.count == 61)
    #expect(predicted.dropFirst().allSatisfy { abs((Double($0.split(separator: ",")[1]) ?? 0) - 1010) < 30 })
  }

  /// An interrupted or diverging run leaves no model that isn't its own.
  @Test func aRunThatDivergesHasNoBestModel() throws {
    let words = ["run", "--data", DataFiles.tiny, "--epochs", "2", "--output", "out"]
    #expect(try TanrenProcess.run(words, in: folder).status == 0)
    #expect(folder.exists("out/best.safetensors"))
    let result = try TanrenProcess.run(words + ["optimizer=sgd(learningRate: 1e30)"], in: folder)
    #expect(result.status == 0 && result.output.contains("Training diverged"), "\(result.error)")
    #expect(!folder.exists("out/best.safetensors") && folder.exists("out/model.safetensors"))
    // Where nothing can be written, the run fails and says why.
    try FileManager.default.removeItem(atPath: folder("out/model.safetensors"))
    try FileManager.default.createDirectory(atPath: folder("out/model.safetensors"), withIntermediateDirectories: false)
    try expectError(words, says: "out/model.safetensors", "folder")
  }
}
