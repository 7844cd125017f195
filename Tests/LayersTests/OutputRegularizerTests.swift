import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

/// Modifiers of a loss that look at predictions, or at single examples.
@Suite(.tags(.engine)) struct OutputRegularizerTests {
  struct Row: Decodable {
    let name: String
    let choice: String
    /// Of one pass or two.
    let outputs: [FixtureArray]
    let targets: FixtureArray
    let value: FixtureNumber
    let gradients: [FixtureArray]
  }

  /// Values and gradients of PyTorch, in double precision and in the single precision that people train in.
  @Test(arguments: [DType.float64, .float32]) func agreeWithTheirFormulas(_ dtype: DType) throws {
    let rows: [Row] = try Bundle.module.rows("output_regularizers")
    #expect(rows.count == 8)
    for row in rows {
      let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: row.choice))
      #expect(loss.passes == row.outputs.count)
      let targets = try row.targets.tensor()
      let found = valueAndGradient(at: try row.outputs.map { try $0.tensor().cast(to: dtype) }) { outputs in
        let total = loss.total(passes: outputs, targets, weights: nil)
        return loss.value(sum: total.sum, count: total.count, penalty: nil).objective
      }
      let tolerance = dtype == .float64 ? 1e-12 : 1e-6
      #expect(abs(try found.value.scalar() - row.value.value) < tolerance, "\(row.name)")
      for (gradient, expected) in zip(found.gradients, row.gradients) {
        #expect(worstError(try gradient.doubles(), expected.numbers) < tolerance, "\(row.name)")
      }
    }
  }

  /// At the level itself the gradient keeps its sign, and each example is compared by itself.
  @Test func examplesAreFloodedOneByOne() throws {
    let outputs = Tensor([1.0, 0.5, 0.25], shape: [3, 1])
    let loss = IndividuallyFlooded(MeanSquaredError(), at: 0.25)
    let found = valueAndGradient(at: [outputs]) { loss($0[0], Tensor([0.0, 0, 0]), weights: nil).objective }
    // Losses 1, 0.25 and 0.0625; the last becomes 0.4375.
    #expect(abs(try found.value.scalar() - (1 + 0.25 + 0.4375) / 3) < 1e-15)
    #expect(agree(try found.gradients[0].doubles(), [2 / 3.0, 1 / 3.0, -0.5 / 3], within: 1e-15))
  }

  @Test func levelsMayChange() throws {
    let text = "individuallyFlooded(loss: meanSquaredError, at: piecewise(values: [0, 1], boundaries: [1]))"
    for (step, expected) in [(0, 0.25), (1, 1.75)] {
      let progress = Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 5)
      let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: text)).scheduled(at: progress)
      let value = loss(Tensor([0.5], shape: [1, 1]), Tensor([0.0], shape: [1, 1]), weights: nil).objective
      #expect(try value.scalar() == expected)
    }
  }

  @Test(arguments: ["rDrop(loss: meanSquaredError)", "confidencePenalized(loss: binaryCrossEntropy)"])
  func otherLossesAreRefused(_ text: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try Registry<any Loss>.all.build(MethodSpec(parsing: text))
    }
    #expect(error?.description.contains("class logits") == true)
  }

  /// A modifier of a loss with two passes has two passes.
  @Test func modifiersForwardPasses() {
    #expect(RDrop(SoftmaxCrossEntropy()).flooded(at: 0.1).passes == 2)
    #expect(Summed(RDrop(SoftmaxCrossEntropy())).passes == 2)
    #expect(IndividuallyFlooded(RDrop(SoftmaxCrossEntropy()), at: 0.1).passes == 2)
    #expect(SoftmaxCrossEntropy().passes == 1)
  }
}
