import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct MetricTests {
  struct Row: Sendable {
    let choice: String
    let outputs: [Double]
    let shape: Shape
    let targets: Tensor
    let perExample: [Double]
  }

  static let scores = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6, 0.3, 0.3, 0.3]
  static let oneHot = Tensor([0.0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], shape: [4, 3])
  static let classes = Tensor([1, 1, 2, 2] as [Int32])

  /// By hand.
  static let rows = [
    Row(choice: "accuracy", outputs: scores, shape: [4, 3], targets: classes, perExample: [1, 0, 1, 0]),
    Row(choice: "accuracy", outputs: scores, shape: [4, 3], targets: oneHot, perExample: [1, 0, 1, 0]),
    Row(
      choice: "accuracy", outputs: scores, shape: [2, 2, 3], targets: classes.reshape(to: [2, 2]),
      perExample: [0.5, 0.5]),
    Row(choice: "topKAccuracy(k: 1)", outputs: scores, shape: [4, 3], targets: classes, perExample: [1, 0, 1, 0]),
    Row(choice: "topKAccuracy(k: 2)", outputs: scores, shape: [4, 3], targets: oneHot, perExample: [1, 1, 1, 0]),
    Row(
      choice: "topKAccuracy(k: 3)", outputs: scores, shape: [4, 3], targets: Tensor([1, -1, 3, 2] as [Int32]),
      perExample: [1, 0, 0, 1]),
    Row(
      choice: "binaryAccuracy(of: probabilities)", outputs: [0.6, 0.4, 0.5, 0.9], shape: [2, 2],
      targets: Tensor([1.0, 0, 1, 1], shape: [2, 2]), perExample: [1, 0.5]),
    Row(
      choice: "binaryAccuracy(threshold: 0)", outputs: [-1, 2], shape: [2, 1], targets: Tensor([0, 0] as [Int32]),
      perExample: [1, 0]),
    Row(
      choice: "meanSquaredError", outputs: [1, 2, 3, 4], shape: [2, 2], targets: Tensor.zeros([2, 2]),
      perExample: [2.5, 12.5]),
    Row(
      choice: "meanAbsoluteError", outputs: [1, -2, 3, 4], shape: [2, 2], targets: Tensor.zeros([2, 2]),
      perExample: [1.5, 3.5]),
  ]

  @Test func everyMetricHasRows() throws {
    // These are no means of examples: they have tests of their own.
    let others = ["averagePrecision", "calibrationError", "f1", "precision", "r2", "recall", "rocAUC"]
    #expect(
      Set(try Self.rows.map { try MethodSpec(parsing: $0.choice).name } + others) == Set(Registry<any Metric>.all.names)
    )
  }

  @Test(arguments: rows.indices)
  func sumsAndCounts(_ index: Int) throws {
    let row = Self.rows[index]
    let metric = try #require(Registry<any Metric>.all.build(MethodSpec(parsing: row.choice)) as? any AveragedMetric)
    let outputs = Tensor(row.outputs, shape: row.shape)
    let plain = try metric.sums(outputs, row.targets, weights: nil).doubles()
    #expect(agree(try metric.perExample(outputs, row.targets).doubles(), row.perExample, within: 1e-15))
    #expect(agree(plain, [row.perExample.reduce(0, +), Double(row.perExample.count)], within: 1e-15))
    #expect(metric.value(ofSums: plain) == plain[0] / plain[1])
    let weights = row.perExample.indices.map { $0 == 0 ? 1.0 : 0 }
    let masked = try metric.sums(outputs, row.targets, weights: Tensor(weights)).doubles()
    #expect(agree(masked, [row.perExample[0], 1], within: 1e-15))
  }

  @Test(arguments: Registry<any Metric>.all.names)
  func targetsOfTheWrongShapeAreErrors(_ name: String) throws {
    let metric = try Registry<any Metric>.all.build(MethodSpec(name))
    let result = metric.sums(Tensor.zeros([2, 3]), Tensor.zeros([4]), weights: nil)
    #expect(throws: Diagnostic.self) { try result.evaluate() }
  }
}
