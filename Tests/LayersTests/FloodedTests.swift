import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct FloodedTests {
  static let outputs = Tensor([1.0, 0], shape: [2, 1])
  static let targets = Tensor([0.0, 0])
  /// Of the outputs above the mean squared error is exactly this.
  static let loss = 0.5

  func objectiveAndGradient(at level: Double) throws -> (Double, [Double]) {
    let flooded = MeanSquaredError().flooded(at: level)
    let result = valueAndGradient(at: [Self.outputs]) { flooded($0[0], Self.targets, weights: nil).objective }
    return (try result.value.scalar(), try result.gradients[0].doubles())
  }

  @Test func theGradientTurnsBelowTheLevelOnly() throws {
    #expect(try objectiveAndGradient(at: 0.25) == (0.5, [1, 0]))
    #expect(try objectiveAndGradient(at: 0.5) == (0.5, [1, 0]))
    #expect(try objectiveAndGradient(at: 0.5.nextUp).1 == [-1, 0])
    #expect(try objectiveAndGradient(at: 2) == (3.5, [-1, 0]))
    #expect(try objectiveAndGradient(at: 0) == (0.5, [1, 0]))
  }

  /// The batch's mean is compared, not each example.
  @Test func theBatchIsComparedAsAWhole() throws {
    let flooded = MeanSquaredError().flooded(at: 0.4)
    #expect(try flooded(Self.outputs, Self.targets, weights: nil).objective.scalar() == 0.5)
  }

  @Test(arguments: [
    (Flooded.Reporting.raw, 0.5, 0.5), (.flooded, 3.5, 3.5), (.rawInTraining, 0.5, 3.5),
  ])
  func reporting(_ reporting: Flooded.Reporting, _ training: Double, _ evaluation: Double) throws {
    let value = MeanSquaredError().flooded(at: 2, reporting: reporting)(Self.outputs, Self.targets, weights: nil)
    #expect(try value.reported.scalar() == training)
    #expect(try value.evaluated.scalar() == evaluation)
    #expect(try value.objective.scalar() == 3.5)
  }

  /// Loss and decay are compared together; below the level the loss' gradient turns and the decay's doesn't.
  @Test func theDecayIsComparedButNeverTurned() throws {
    let decay = L1L2.weightDecay(0.5, pattern: "^w$")
    func gradients(level: Double) throws -> (value: Double, gradient: Double) {
      let result = valueAndGradient(at: [Tensor([2.0], shape: [1])]) { point in
        let w = point[0]
        let outputs = w.reshape(to: [1, 1])
        let penalty = decay(TensorTree([(path: "w", tensor: w)]))
        return MeanSquaredError().flooded(at: level)(outputs, Tensor([1.0]), weights: nil, penalty: penalty).objective
      }
      return (try result.value.scalar(), try result.gradients[0].doubles()[0])
    }
    // w = 2: error 1 with gradient 2, decay 0.25·4 = 1 with gradient 1; their sum is 2.
    #expect(try gradients(level: 1.5) == (2, 3))
    #expect(try gradients(level: 2) == (2, 3))
    #expect(try gradients(level: 2.5) == (3, -2 + 1))
  }

  @Test func floodedIsWrittenInPlans() throws {
    let choice = try MethodSpec(
      parsing: "flooded(loss: softmaxCrossEntropy(labelSmoothing: 0.1), at: 0.01, reporting: raw)")
    let loss = try #require(try Registry<any Loss>.all.build(choice) as? Flooded)
    #expect(loss.level as? Double == 0.01)
    #expect(loss.reporting == .raw)
    #expect((loss.loss as? SoftmaxCrossEntropy)?.labelSmoothing.constant == 0.1)
  }

  /// A level that rises by half in each step: `|L - b| + b` of L = 1.
  @Test(arguments: [(0, 1.0, 1.0), (1, 1.0, 1.0), (2, 1.0, 1.0), (3, 2.0, -1.0), (4, 3.0, -1.0)])
  func theLevelMayChange(_ step: Int, _ value: Double, _ slope: Double) throws {
    let text = "flooded(loss: meanSquaredError, at: piecewise(values: [0, 0.5, 1, 1.5, 2], boundaries: [1, 2, 3, 4]))"
    let progress = Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 5)
    for choice in [text, "summed(loss: \(text))"] {
      let loss = try Registry<any Loss>.all.build(MethodSpec(parsing: choice)).scheduled(at: progress)
      let found = valueAndGradient(at: [Tensor([1.0], shape: [1, 1])]) {
        loss($0[0], Tensor([0.0], shape: [1, 1]), weights: nil).objective
      }
      let numbers = try Tensor.evaluate([found.value, found.gradients[0].reshape(to: [])]).map { try $0.scalar() }
      #expect(numbers == [value, 2 * slope], "\(choice)")
    }
  }
}
