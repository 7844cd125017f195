import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

/// Metrics of classes and rankings, equal to scikit-learn's: see `generate_scores.py`.
@Suite(.tags(.engine)) struct ScoreTests {
  private struct Scores: Decodable {
    struct Row: Decodable {
      let name: String
      let loss: String
      let outputs: FixtureArray
      let targets: FixtureArray
      let values: [String: FixtureNumber]
    }

    struct LossRow: Decodable {
      let name: String
      let choice: String
      let outputs: FixtureArray
      let targets: FixtureArray
      let value: Double
    }

    let metrics: [Row]
    let losses: [LossRow]
  }

  private static let scores = Result {
    let url = Bundle.module.url(forResource: "scores", withExtension: "json", subdirectory: "Fixtures")
    return try JSONDecoder().decode(Scores.self, from: Data(contentsOf: try #require(url)))
  }

  private static func metric(_ text: String, _ loss: String) throws -> any Metric {
    let kind = try Registry<any Loss>.all.build(MethodSpec(parsing: loss)).outputKind
    return try Registry<any Metric>.all.build(MethodSpec(parsing: text)).reading(kind)
  }

  @Test func metricsAreScikitLearns() throws {
    var (count, undefined) = (0, 0)
    for row in try Self.scores.get().metrics {
      let (outputs, targets) = (try row.outputs.tensor(), try row.targets.tensor())
      for (text, expected) in row.values.sorted(by: { $0.key < $1.key }) {
        let metric = try Self.metric(text, row.loss)
        let value: Double
        if let collected = metric as? any CollectedMetric {
          value = collected.value(
            of: CollectedOutputs(
              outputs: try outputs.doubles(), targets: try targets.doubles(), width: outputs.shape.last))
        } else {
          // Two batches, the second one padded with rows that don't count.
          let half = outputs.shape[0] / 2
          let (first, rest) = (outputs.slice(0..<half), outputs.slice(half..<outputs.shape[0]))
          func padded(_ rows: Tensor) -> Tensor { Tensor.concatenate([rows, rows]) }
          let weights = Tensor((0..<2 * rest.shape[0]).map { $0 < rest.shape[0] ? 1.0 : 0 })
          let sums = try Tensor.evaluate([
            metric.sums(first, targets.slice(0..<half), weights: nil),
            metric.sums(padded(rest), padded(targets.slice(half..<targets.shape[0])), weights: weights),
          ]).map { try $0.doubles() }
          value = metric.value(ofSums: zip(sums[0], sums[1]).map { $0 + $1 })
        }
        count += 1
        undefined += expected.value.isNaN ? 1 : 0
        #expect(
          expected.value.isNaN ? value.isNaN : (value - expected.value).magnitude < 1e-6,
          "\(row.name), \(row.loss): \(text) is \(value), not \(expected.value)")
      }
    }
    #expect(count == 132 && undefined == 8)
  }

  @Test func lossesAreThoseOfOthers() throws {
    for row in try Self.scores.get().losses {
      let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: row.choice))
      let value = try loss(row.outputs.tensor(), row.targets.tensor(), weights: nil).evaluated.scalar()
      #expect(agree([value], [row.value], within: 1e-12), "\(row.name): \(value), not \(row.value)")
    }
  }

  /// Where outputs saturate, single precision has neither NaN nor infinity, in the value or the gradient.
  @Test(arguments: ["focal(gamma: 0.5)", "focal(gamma: 0)", "focal", "categoricalHinge"])
  func extremeLogitsAreFinite(_ text: String) throws {
    let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: text))
    let outputs = Tensor([200, -200, 0, -500, 500, 1] as [Float], shape: [2, 3])
    let result = valueAndGradient(at: [outputs]) { loss($0[0], Tensor([0, 1] as [Int32]), weights: nil).objective }
    let found = try Tensor.evaluate([result.value, result.gradients[0]]).flatMap { try $0.doubles() }
    #expect(found.allSatisfy { $0.isFinite }, "\(found)")
    let binary = valueAndGradient(at: [outputs]) {
      BinaryFocal(gamma: 0.5)($0[0], Tensor([1, 0, 1, 0, 1, 0] as [Float], shape: [2, 3]), weights: nil).objective
    }
    let numbers = try Tensor.evaluate([binary.value, binary.gradients[0]]).flatMap { try $0.doubles() }
    #expect(numbers.allSatisfy { $0.isFinite })
  }

  @Test func outputsThatAreNoNumbersHaveNoRank() throws {
    let outputs = CollectedOutputs(outputs: [0.1, .nan, 0.3], targets: [0, 1, 1], width: 1)
    for name in ["rocAUC", "averagePrecision"] {
      let metric = try Self.metric(name, "binaryCrossEntropy") as? any CollectedMetric
      #expect(metric?.value(of: outputs).isNaN == true)
    }
  }

  @Test func aConfusionMatrixCounts() {
    let matrix = ConfusionMatrix(classes: 3, targets: [0, 0, 1, 2, 2, 5], predictions: [0, 2, 1, 2, 2, 0])
    #expect(matrix.counts == [[1, 0, 1], [0, 1, 0], [0, 0, 2]])
    #expect(matrix.total == 5 && matrix.accuracy == 0.8)
    #expect(matrix.scores.map(\.support) == [2, 1, 2] && matrix.scores[2].precision == 2.0 / 3)
    #expect(matrix.scores[0].recall == 0.5 && matrix.scores[0].f1 == 2.0 / 3)
  }
}
