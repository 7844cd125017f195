import TestSupport
import Testing

@testable import Training

/// Gradient rules that look at more of a batch than its loss: drawn targets, selected examples, outputs by themselves.
@Suite(.tags(.engine)) struct RuleViewTests {
  /// The same scores of three classes whatever the input is, all 0 at first.
  private struct Scores: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x * 0 + scope.parameter("scores", [3], .zeros) }
  }

  private struct Gain: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x * scope.parameter("gain", [], .ones) }
  }

  /// - Returns: the parameter `gain` after one step with all examples.
  private func gain(
    _ inputs: [Float], _ targets: [Float], width: Int = 1, optimizer: any Optimizer = SGD(learningRate: 0.1),
    rule: any GradientRule
  ) throws -> Double {
    let shape = [inputs.count / width, width]
    let data = try LabeledArrays(
      inputs: HostArray(inputs, shape: shape), targets: HostArray(targets, shape: shape))
    let trainer = try Trainer(
      model: Gain(),
      method: Method(loss: MeanSquaredError(), optimizer: optimizer) {
        $0.metrics = []
        $0.preprocessing = UnchangedInputs()
        $0.gradientRule = rule
      },
      inputs: data.inputs)
    try trainer.fit(data, epochs: 1, batchSize: shape[0])
    return try #require(trainer.state.parameters["gain"]).cast(to: .float64).scalar()
  }

  /// With three equally probable classes the matrix has the diagonal p (1 - p) = 2/9, whatever the targets are: those of the
  /// data, which are all the same, would give 3.6 and 0.9.
  @Test func theGaussNewtonEstimateDrawsItsTargets() throws {
    let data = try LabeledArrays(
      inputs: HostArray([Float](repeating: 1, count: 24), shape: [8, 3]),
      targets: HostArray([Int32](repeating: 0, count: 8), shape: [8]))
    let trainer = try Trainer(
      model: Scores(),
      method: Method(
        loss: SoftmaxCrossEntropy(), optimizer: Sophia(learningRate: 0.0, beta2: 0.995, weightDecay: 0.0)
      ) {
        $0.metrics = []
        $0.preprocessing = UnchangedInputs()
        $0.penalties = [L1L2(l2: 10)]
        $0.gradientRule = CurvatureEstimate(every: 1)
      },
      inputs: data.inputs)
    try trainer.fit(data, epochs: 1200, batchSize: 8)
    let mean = try #require(trainer.state.optimizer.pairs.first { $0.path.hasSuffix("curvature/scores") }).tensor
    for value in try mean.values(as: Float.self) { #expect(abs(value - 2 / 9) < 0.08, "\(value)") }
  }

  @Test func regressionNeedsAnotherEstimator() throws {
    let optimizer = Sophia(learningRate: 0.1, beta1: 0, weightDecay: 0.0)
    #expect(throws: (any Error).self) { try gain([1, 2], [0, 0], optimizer: optimizer, rule: CurvatureEstimate()) }
    // The step is the clipped one, whatever multiple of the second derivative was drawn.
    #expect(try abs(gain([1, 2], [0, 0], optimizer: optimizer, rule: CurvatureEstimate(.hutchinson)) - 0.9) < 1e-6)
  }

  /// The losses are `(w x - t)^2`; on the way from w to w + rho they rise by `x (2 (w x - t) rho + x rho^2)`.
  @Test func efficientSAMSelectsWhatRises() throws {
    let (x, t, rho): ([Double], [Double], Double) = ([1, 2, 3, -1], [3, -1, 4, 0.5], 0.1)
    let gradient = zip(x, t).map { 2 * $0 * ($0 - $1) }
    #expect(gradient.reduce(0, +) > 0)
    let ahead = 1 + rho
    let rises = zip(x, t).map { (ahead * $0 - $1) * (ahead * $0 - $1) - ($0 - $1) * ($0 - $1) }
    let chosen = rises.indices.sorted { rises[$0] > rises[$1] }.prefix(2)
    let mean = chosen.map { 2 * x[$0] * (ahead * x[$0] - t[$0]) }.reduce(0, +) / 2
    let found = try gain(x.map(Float.init), t.map(Float.init), rule: EfficientSAM(rho: rho, beta: 1, gamma: 0.5))
    #expect(abs(found - (1 - 0.1 * mean)) < 1e-6)
    let all = try gain(x.map(Float.init), t.map(Float.init), rule: EfficientSAM(rho: rho, beta: 1, gamma: 1))
    #expect(all == (try gain(x.map(Float.init), t.map(Float.init), rule: SAM(rho: rho))))
  }

  /// One output wants the gain to rise and the other to fall: no direction serves both.
  @Test func outputsThatConflictStandStill() throws {
    let (inputs, targets): ([Float], [Float]) = ([1, 1, 1, 1], [3, 0, 3, 0])
    let surgery = GradientSurgery(.outputs, count: 2)
    #expect(try abs(gain(inputs, targets, width: 2, rule: surgery) - 1) < 1e-6)
    #expect(try gain(inputs, targets, width: 2, rule: PlainGradient()) > 1.05)
    // Where both want the same it is the plain gradient.
    let plain = try gain(inputs, [3, 2, 3, 2], width: 2, rule: PlainGradient())
    #expect(try abs(gain(inputs, [3, 2, 3, 2], width: 2, rule: surgery) - plain) < 1e-6)
    #expect(throws: (any Error).self) {
      try gain(inputs, targets, width: 2, rule: GradientSurgery(.outputs, count: 3))
    }
  }

  /// One parameter w = 1 and the loss `(w x - t)^2 + w^2`: gradients of both terms that agree are added up, and of those that
  /// don't nothing is left, since each is along the other.
  @Test func surgeryTakesTheTermsOfALoss() throws {
    func gain(_ target: Float, penalties: [L1L2] = [L1L2(l2: 1, pattern: "gain")], count: Int = 2) throws -> Double {
      let data = try LabeledArrays(
        inputs: HostArray([1, 1] as [Float], shape: [2, 1]), targets: HostArray([target, target], shape: [2, 1]))
      let trainer = try Trainer(
        model: Gain(),
        method: Method(loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1)) {
          $0.metrics = []
          $0.preprocessing = UnchangedInputs()
          $0.penalties = penalties
          $0.gradientRule = GradientSurgery(.terms, count: count)
        },
        inputs: data.inputs)
      let history = try trainer.fit(data, epochs: 1, batchSize: 2)
      let whole = Double((1 - target) * (1 - target)) + (penalties.isEmpty ? 0 : 1)
      #expect(abs((history.epochs[0]["loss"] ?? .nan) - whole) < 1e-6)
      return try #require(trainer.state.parameters["gain"]).cast(to: .float64).scalar()
    }
    #expect(try abs(gain(0) - (1 - 0.1 * 4)) < 1e-6)
    #expect(try abs(gain(3) - 1) < 1e-6)
    #expect(try abs(gain(3, penalties: [], count: 1) - 1.4) < 1e-6)
    let error = #expect(throws: (any Error).self) { try gain(3, count: 3) }
    #expect(error.map { "\($0)" }?.contains("has 2 terms") == true, "\(error.map { "\($0)" } ?? "")")
  }
}
