import Foundation
import Tanren
import TestSupport
import Testing

@Suite(.tags(.process)) struct RunTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A CSV file's columns but for the times, which no two runs share.
  private func columns(_ name: String) throws -> [[Substring]] {
    try folder.text(name).split(separator: "\n").map { line in
      let cells = line.split(separator: ",")
      return Array(cells.prefix(2) + cells.dropFirst(4))
    }
  }

  @Test func writesItsFilesAndTellsThem() throws {
    let result = try TanrenProcess.run(
      ["run", "--data", DataFiles.tiny, "--epochs", "2", "--batch-size", "50", "--output", "out"], in: folder)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(result.output.contains("Data: synthetic digits"))
    #expect(result.output.contains("dense1 (Dense)               (None, 100)               78500"))
    #expect(result.output.contains("Epoch 2/2\n4/4 [=============================="))
    #expect(result.output.contains("\n2 epochs in "))
    for name in ["configuration.yml", "history.csv", "history.jsonl", "curves.svg", "report.html"] {
      #expect(folder.exists("out/" + name))
      #expect(result.output.contains("out/" + name))
    }
    let rows = try columns("out/history.csv")
    try #require(rows.count == 3)
    #expect(rows.map { $0[0] } == ["epoch", "1", "2"])
    #expect(rows.map { $0[1] } == ["step", "4", "8"])
    #expect(rows[0].suffix(4) == ["loss", "accuracy", "val_loss", "val_accuracy"])
    let lines = try folder.text("out/history.jsonl").split(separator: "\n")
    let last = try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8)) as? [String: Double]
    #expect(last?["epoch"] == 2 && last?["val_accuracy"] == Double(rows[2][5]))
    let svg = try folder.text("out/curves.svg")
    #expect(svg.hasPrefix("<svg") && svg.contains("validation") && svg.contains("accuracy"))
  }

  /// Four devices that share each batch, as one has it.
  @Test func devicesShareABatch() throws {
    let words = ["run", "--data", DataFiles.tiny, "--epochs", "2", "--batch-size", "40", "--quiet", "--output"]
    for devices in ["1", "4"] {
      let result = try TanrenProcess.run(words + [devices, "--devices", devices], in: folder)
      #expect(result.status == 0, "\(result.error)")
    }
    let (one, four) = (try columns("1/history.csv"), try columns("4/history.csv"))
    #expect(one.count == 3 && one[0] == four[0])
    for (own, expected) in zip(four.dropFirst(), one.dropFirst()) {
      let numbers = try (own.map { try #require(Double($0)) }, expected.map { try #require(Double($0)) })
      #expect(scaledDistance(numbers.0, numbers.1) < 1e-4)
    }
    let uneven = try TanrenProcess.run(words + ["uneven", "--devices", "3"], in: folder)
    #expect(uneven.status != 0)
    #expect(uneven.error.contains("a batch of 40 examples can't be spread evenly over 3 devices"), "\(uneven.error)")
  }

  /// A share of an Adam's moments on each of four devices; the run continues on two.
  @Test func devicesShareTheOptimizersState() throws {
    let words = [
      "run", "--data", DataFiles.tiny, "--optimizer", "adam", "--epochs", "2", "--batch-size", "40", "--quiet",
      "--output",
    ]
    for (layout, devices) in [("replicated", "1"), ("sharded", "4"), ("sharded", "2")] {
      let result = try TanrenProcess.run(
        words + [layout + devices, "--devices", devices, "--optimizer-state", layout], in: folder)
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try folder.text("sharded4/configuration.yml").contains("optimizerState: sharded"))
    let one = try columns("replicated1/history.csv")
    for name in ["sharded4", "sharded2"] {
      let several = try columns("\(name)/history.csv")
      #expect(several.count == 3 && several[0] == one[0])
      for (own, expected) in zip(several.dropFirst(), one.dropFirst()) {
        let numbers = try (own.map { try #require(Double($0)) }, expected.map { try #require(Double($0)) })
        #expect(scaledDistance(numbers.0, numbers.1) < 1e-4)
      }
    }
    let refused = try TanrenProcess.run(
      ["run", "--data", DataFiles.tiny, "--optimizer", "muon", "--optimizer-state", "sharded"], in: folder)
    #expect(refused.status != 0 && refused.error.contains("'muon' needs whole parameters"), "\(refused.error)")
  }

  @Test func canBeRunAgainFromItsConfiguration() throws {
    try folder.write(
      """
      # Methods as on a command line, and as a mapping.
      data: \(DataFiles.tiny)   # few (of them)
      model: mlp(hidden: [20, 10], activation: hSwish(n: 3))
      optimizer:
        name: momentum
        rate: 0.05
      penalties: [l1l2(l2: 1e-4)]
      epochs: 2
      batchSize: 50
      """, to: "config.yml")
    let first = try TanrenProcess.run(
      ["run", "config.yml", "optimizer.momentum=0.5", "seed=4", "--output", "a", "--quiet"], in: folder)
    #expect(first.status == 0 && first.output.isEmpty, "\(first.error)")
    // An earlier name of a setting is read, with a note.
    #expect(first.error == "Note: config.yml:6: 'rate' is deprecated: write 'learningRate'\n")
    let resolved = try folder.text("a/configuration.yml")
    #expect(resolved.contains("optimizer: {name: momentum, learningRate: 0.05, momentum: 0.5}"))
    #expect(resolved.contains("model: {name: mlp, activation: {name: hSwish, n: 3}, hidden: [20, 10]}"))
    #expect(resolved.contains("seed: 4"))
    let again = try TanrenProcess.run(["run", "a/configuration.yml", "--output", "b", "--quiet"], in: folder)
    #expect(again.status == 0, "\(again.error)")
    #expect(try folder.text("b/configuration.yml") == resolved)
    #expect(try columns("a/history.csv") == columns("b/history.csv"))
    let other = try TanrenProcess.run(["run", "a/configuration.yml", "seed=5", "--output", "c", "--quiet"], in: folder)
    #expect(other.status == 0)
    #expect(try columns("a/history.csv") != columns("c/history.csv"))
  }

  @Test func flagsWinOverTheFileAndAssignmentsOverFlags() throws {
    try folder.write("data: \(DataFiles.tiny)\nepochs: 3\nbatch: 20\nseed: 1\n", to: "config.yml")
    let result = try TanrenProcess.run(
      [
        "run", "config.yml", "--epochs", "2", "--seed", "2", "seed=3", "--output", "out", "--progress", "lines",
        "--summary", "compact", "--rule", "plain",
      ], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(
      result.error == """
        Note: --rule is deprecated. Use --gradient-rule instead.
        Note: config.yml:3: 'batch' is deprecated: write 'batchSize'

        """)
    let resolved = try folder.text("out/configuration.yml")
    #expect(resolved.contains("epochs: 2\n") && resolved.contains("batchSize: 20\n") && resolved.contains("seed: 3\n"))
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("affine1 affine 784 100"))
    #expect(lines.contains { $0.wholeMatch(of: #/2( \d+(\.\d+)?(e-\d+)?){4}/#) != nil }, "\(result.output)")
    #expect(lines.contains { $0.hasPrefix("time: 0 min ") })
  }

  @Test func trainsOnArraysOfOnesOwn() throws {
    let path = try DataFiles.writeNPZ(to: folder)
    let result = try TanrenProcess.run(
      ["run", "data=npz(path: \(path))", "--batch-size", "5", "--epochs", "1", "--output", "out"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("arrays from \(path)"))
    #expect(result.output.contains("(None, 3)"))
  }

  /// Twenty records of four numbers with a number each to learn, the last of a part replaced.
  private func table(last: Float? = nil) throws -> String {
    var arrays: [String: HostArray] = [:]
    for (part, count) in [("train", 20), ("test", 10)] {
      var values = (0..<count).map { (index: Int) -> Float in Float(index % 7 - 3 + index % 3) }
      if part == "test", let last { values[count - 1] = last }
      arrays["y_" + part] = try HostArray(values)
    }
    return try DataFiles.writeNPZ(to: folder, replacing: arrays)
  }

  @Test func aTableOfNumbersIsMeasuredAsOne() throws {
    let path = try table()
    let words = ["run", "--data", "npz(path: \(path))", "loss=meanSquaredError", "--epochs", "2", "--batch-size", "5"]
    let result = try TanrenProcess.run(words + ["--output", "out"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(
      try columns("out/history.csv")[0].suffix(6).joined(separator: " ")
        == "loss meanAbsoluteError r2 val_loss val_meanAbsoluteError val_r2")
    #expect(!result.output.contains("accuracy"))
    let accuracy = try TanrenProcess.run(words + ["metrics=accuracy"], in: folder)
    #expect(
      accuracy.status != 0 && accuracy.error.contains("meanAbsoluteError and r2 fit a number"), "\(accuracy.error)")
    let classes = try TanrenProcess.run(["run", "--data", "npz(path: \(path))"], in: folder)
    #expect(classes.status != 0 && classes.error.contains("meanSquaredError fits a number"), "\(classes.error)")
  }

  @Test func numbersThatArentFiniteEndTheRunAtOnce() throws {
    let path = try table(last: .nan)
    let result = try TanrenProcess.run(
      ["run", "--data", "npz(path: \(path))", "loss=meanSquaredError", "--batch-size", "5"], in: folder)
    #expect(
      result.status != 0 && result.error.contains("the targets of the test data hold nan at [9, 0]"), "\(result.error)")
    #expect(!result.output.contains("Epoch 1") && !result.output.contains("smaller rate"))
  }

  @Test func divergenceIsToldAndIsNoError() throws {
    let result = try TanrenProcess.run(
      [
        "run", "--data", DataFiles.tiny, "loss=meanSquaredError", "optimizer=sgd(learningRate: 1e20)", "--epochs", "2",
        "metrics=[]", "--output", "out",
      ], in: folder)
    // Mean squared error takes no class labels: that is the model's fault to tell, not a crash.
    #expect(result.status == 2 && result.error.contains("meanSquaredError"), "\(result.error)")
    let diverging = try TanrenProcess.run(
      ["run", "--data", DataFiles.tiny, "optimizer=sgd(learningRate: 1e30)", "--epochs", "2", "--output", "out"],
      in: folder)
    #expect(diverging.status == 0, "\(diverging.error)")
    #expect(diverging.output.contains("Training diverged"))
    let line = try folder.text("out/history.jsonl").split(separator: "\n").last ?? ""
    #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
  }
}
