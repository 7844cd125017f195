import Foundation
import Plans
import TestSupport
import Testing

/// Saved models on their own data and on others.
@Suite(.tags(.engine)) struct EvaluationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(_ settings: [String]) throws -> (file: ModelFile, last: EpochRecord) {
    var options = Options()
    for setting in settings { try options.override(assignment: setting) }
    let run = try Run(RunConfiguration(from: options))
    let (trainer, history) = try run.train()
    try ModelFile(trainer, of: run, after: history.epochs.last).write(to: folder("model.safetensors"))
    return (try ModelFile(contentsOf: folder("model.safetensors")), try #require(history.epochs.last))
  }

  private struct Fixture: Decodable {
    let text: String
    let mean: Double
    let deviation: Double
    let predictions: [Double]
    let scores: [String: Double]
  }

  /// A linear model that is trained to the end on a standardized target predicts and scores as scikit-learn's
  /// `TransformedTargetRegressor` does, in the target's own unit.
  @Test func standardizedTargetsAreScikitLearns() throws {
    let fixture: Fixture = try Bundle.module.decodeFixture("standardized_target")
    let path = try folder.write(fixture.text, to: "t.csv")
    let (file, last) = try model([
      "data=table(path: \(path), target: y, split: part, standardizeTarget: true)", "model=[dense(1)]",
      "loss=meanSquaredError", "metrics=[meanAbsoluteError, meanSquaredError, r2]", "epochs=120", "batchSize=90",
      "optimizer=sgd(learningRate: 0.3)",
    ])
    guard case .table(let encoding)? = file.data.encoding, let scale = encoding.target.scale else {
      Issue.record("no scale")
      return
    }
    #expect(abs(scale.mean - fixture.mean) < 1e-9 && abs(scale.deviation - fixture.deviation) < 1e-9)
    let evaluated = try TrainedModel(file).evaluate(EvaluationData(for: file))
    for (name, expected) in fixture.scores {
      let (found, again) = (try #require(last["val_" + name]), try #require(evaluated[name]))
      #expect(abs(found / expected - 1) < 1e-4, "\(name): \(found), \(expected)")
      #expect(again == found, "\(name)")
    }
    let rows = fixture.text.split(separator: "\n").map { $0.split(separator: ",") }
    let tested = [rows[0]] + rows.dropFirst().filter { $0[2] == "test" }
    let new = try folder.write(tested.map { "\($0[1]),\($0[0])\n" }.joined(), to: "new.csv")
    let predicted = try TrainedModel(file).predict(files: [new]).predictions
    #expect(predicted.columns == ["y"])
    // Of single precision at 100,000 there is a hundredth.
    #expect(distance(try predicted.values.values(as: Float.self).map(Double.init), fixture.predictions) < 0.02)
    // The test rows in a file of their own, as another data set.
    let other = try folder.write(tested.map { "\($0[3]),\($0[0]),\($0[1])\n" }.joined(), to: "other.csv")
    let data = try EvaluationData(for: file, settings: ["data=table(\(other), target: y)"])
    #expect(data.test.count == 30 && !data.isOwn)
    for (name, value) in try TrainedModel(file).evaluate(data) {
      #expect(abs(value / (evaluated[name] ?? .nan) - 1) < 1e-6, "\(name)")
    }
  }

  /// Settings that weren't given are the run's, and divide nothing.
  @Test func otherTablesHaveOtherStatistics() throws {
    let rows = (0..<60).map { "\($0),\($0 % 10 < 5 ? "low" : "high")\n" }.joined()
    let path = try folder.write("x,y\n" + rows, to: "t.csv")
    let (file, _) = try model([
      "data=table(path: \(path), target: y, test: 0.3)", "model=mlp(hidden: [8])", "epochs=2", "batchSize=20",
    ])
    let other = try folder.write("y,x\nhigh,1000\nlow,2000\n", to: "new.csv")
    func data(_ settings: String...) throws -> EvaluationData { try EvaluationData(for: file, settings: settings) }
    #expect(try data().test.count == 18 && data().isOwn)
    #expect(try data("data.path=\(other)").test.count == 2)
    #expect(try data("data=table(path: \(path), target: y)").test.count == 60)
    #expect(try data("data=table(path: \(path), target: y, test: 0.5)").test.count == 30)
    #expect(try data("data.path=\(path)", "data.folds=3").test.count == 20)
    // A default that is written is asked for.
    #expect(try data("data=table(\(path), target: y, test: 0.2)").test.count == 12)
    let values = try TrainedModel(file).evaluate(data("data.path=\(other)", "metrics=[accuracy]"))
    #expect(Array(values.keys) == ["loss", "accuracy"])
    #expect(throws: ConfigurationError.self) { try data("data.path=\(other)", "data.colour=3") }
    // Data of another kind are compared as they are.
    #expect(throws: ModelFileError.self) { try data("data=syntheticDigits(train: 20, test: 10)") }
  }
}
