import Foundation
import TestSupport
import Testing

@testable import Plans

@Suite("Runs on tables", .tags(.engine)) struct TableRunTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // The class follows from the category alone, the value from both columns.
    let rows = (0..<120).map { row in
      let category = row * 7 % 12
      return
        "\(row % 10),c\(category),\(category % 3 == 0 ? "yes" : "no"),\(Double(row % 10) + 10 * Double(category % 3) + 0.5)"
    }
    try folder.write("x,c,label,value\n" + rows.joined(separator: "\n") + "\n", to: "t.csv")
  }

  private func run(_ settings: [String]) throws -> (trainer: Trainer, history: History) {
    var options = Options()
    for setting in settings { try options.override(assignment: setting) }
    return try Run(RunConfiguration(from: options)).train()
  }

  private func data(_ rest: String) -> String { "data=table(path: \(folder("t.csv")), \(rest))" }

  private static let common = ["optimizer=adam(learningRate: 0.02)", "epochs=60", "batchSize=32", "partialBatch=pad"]

  @Test func categoriesAreEmbedded() throws {
    let (trainer, history) = try run(
      [data("target: label, exclude: [value], categories: index"), "model=tabularMLP(hidden: [16], embedding: 3)"]
        + Self.common)
    #expect(trainer.state.parameters["embedding1/table"]?.shape == [13, 3])
    #expect(trainer.state.parameters["dense1/kernel"]?.shape == [4, 16])
    #expect(history.epochs.last?["val_accuracy"] == 1)
  }

  /// Values to predict stay in their unit, and so do the metrics.
  @Test func valuesAreLearnedInTheirUnit() throws {
    let (trainer, history) = try run(
      [
        data("target: value, exclude: [label]"), "model=mlp(hidden: [32])", "loss=meanSquaredError", "metrics=[r2]",
      ] + Self.common)
    #expect(trainer.outputType.shape == [1, 1])
    let last = try #require(history.epochs.last)
    #expect(try #require(last["val_r2"]) > 0.9)
    let variance = try #require(last["val_loss"]) / (1 - (try #require(last["val_r2"])))
    // Of 0...9 and 0, 10, 20, about 8 and 67.
    #expect((50...100).contains(variance))
  }

  @Test func aLossOfClassesDoesNotFitValues() throws {
    #expect { try run([data("target: value, exclude: [label]")]) } throws: {
      "\($0)".contains("softmaxCrossEntropy") && "\($0)".contains("meanSquaredError fits a number")
    }
  }

  @Test func numberedCategoriesNeedAModelThatEmbedsThem() throws {
    #expect { try run([data("target: label, categories: index"), "model=mlp"]) } throws: {
      "\($0)".contains("'mlp' takes no numbered categories") && "\($0)".contains("tabularMLP")
    }
  }

  /// A saved model predicts rows in another order of columns, and a series in its own unit.
  @Test func savedModelsPredictFiles() throws {
    let lines = try folder.text("t.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let path = try folder.write("c,x\n" + lines.map { "\($0[1]),\($0[0])\n" }.joined(), to: "new.csv")
    func model(_ settings: [String]) throws -> TrainedModel {
      var options = Options()
      for setting in settings { try options.override(assignment: setting) }
      let run = try Run(RunConfiguration(from: options))
      let (trainer, history) = try run.train()
      let file = folder("model.safetensors")
      try ModelFile(trainer, of: run, after: history.epochs.last).write(to: file)
      return try TrainedModel(contentsOf: file)
    }
    let classes = try model(
      [
        data("target: label, exclude: [value], categories: index"), "model=tabularMLP(hidden: [16], embedding: 3)",
      ] + Self.common)
    let predicted = try classes.predict(files: [path]).predictions
    #expect(predicted.columns == ["no", "yes"] && predicted.names.first == "\(path):2")
    #expect(predicted.classes == lines.map { $0[2] == "yes" ? 1 : 0 })

    let values = try model(
      [data("target: value, exclude: [label]"), "model=mlp(hidden: [32])", "loss=meanSquaredError"] + Self.common)
    #expect(try values.predict(files: [path]).predictions.columns == ["value"])
    // Other rows have other statistics, by which their inputs mean something else.
    let other = TableSource(path: folder("t.csv"), target: "value")
    var changed = other
    (changed.exclude, changed.seed) = (["label"], 1)
    let pair = try changed.load(from: DataFolders(), progress: nil)
    #expect(throws: ModelFileError.self) { try values.evaluate(pair) }

    let series = try folder.write(
      "x\n" + (0..<200).map { "\(1000 + 50 * sin(Double($0) / 3))\n" }.joined(), to: "s.csv")
    let waves = try model(
      [
        "data=series(path: \(series), window: 8, standardized: true)", "model=mlp(hidden: [32])",
        "loss=meanSquaredError",
      ]
        + Self.common)
    let next = try waves.predict(files: [series]).predictions
    #expect(next.columns == ["x"] && next.names.last == "\(series):201" && next.names.count == 193)
    let last = try #require(try next.values.values(as: Float.self).last)
    #expect(abs(Double(last) - (1000 + 50 * sin(200.0 / 3))) < 10, "\(last)")
  }

  /// `fold: seed` tests each seed's run on another fold, and says so in its configuration.
  @Test func foldsFollowTheSeeds() throws {
    let text = data("target: label, folds: 10, fold: seed").dropFirst("data=".count)
    let plan = StudyPlan(
      name: "folds", base: [Override("data", text: String(text)), Override("epochs", text: "1")],
      arms: [Arm("sgd", ["optimizer": "sgd"]), Arm("other", ["data": "heldOut(data: digits, seed: seed)"])],
      seeds: [3, 4])
    let runs = try plan.runs()
    #expect(runs.map(\.seed) == [3, 3, 4, 4] && Set(runs.map(\.id)).count == 4)
    #expect(runs[0].configuration.data.description.contains("fold: 3, folds: 10"))
    #expect(runs[2].configuration.data.description.contains("fold: 4, folds: 10"))
    #expect(runs[3].configuration.data.description == "heldOut(data: digits, seed: 4)")
    #expect(runs[2].configuration.seed == 4)
    #expect(try plan.shownConfiguration(of: plan.arms[0]).data.description.contains("fold: seed, folds: 10"))
    #expect(try plan.shownConfiguration(of: plan.arms[1]).data.description == "heldOut(data: digits, seed: seed)")
    // A run's own configuration has the number, and is read back as the same run.
    let again = try RunConfiguration(canonicalText: runs[2].configuration.canonicalText, source: "stored")
    #expect(again.id == runs[2].id)
    let written = try YAMLReader.options(text: runs[2].configuration.yaml(), source: "c.yml")
    #expect(try RunConfiguration(from: written).id == runs[2].id)
  }
}
