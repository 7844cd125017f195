import Testing

@testable import Training

/// Training in `bfloat16` with `float32` parameters (F4).
@Suite struct PrecisionTests {
  private func trainer(
    _ precision: Precision, rule: any GradientRule = PlainGradient(),
    optimizer: any Optimizer = Momentum(learningRate: 0.05)
  ) throws -> Trainer {
    try Trainer(
      model: NineConvArchitecture(filters: [6, 8], repeats: 1).model(outputs: 10),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
        $0.penalties = [L1L2(l2: 1e-4)]
        $0.preprocessing = Rescaling(dividingBy: 255)
        $0.gradientRule = rule
      },
      inputs: Problems.digits.get().train.inputs, precision: precision, seed: 5)
  }

  @Test func halfPrecisionTrainsAsSinglePrecisionDoes() throws {
    let data = try Problems.digits.get()
    for rule in [PlainGradient(), SAM(statePass: .second)] as [any GradientRule] {
      let runs = try [Precision.float32, .bfloat16].map { precision in
        let trainer = try trainer(precision, rule: rule)
        return (trainer, try trainer.fit(data.train, epochs: 3, batchSize: 30))
      }
      for (name, tensor) in runs[1].0.state.tree.pairs where tensor.dtype.isFloatingPoint {
        #expect(tensor.dtype == .float32, "\(name)")
        #expect(try tensor.values(as: Float.self).allSatisfy(\.isFinite), "\(name)")
      }
      let losses = runs.map { $0.1.epochs.map { $0["loss"] ?? .nan } }
      // Three significant digits a number: the loss is off by little, and falls the same.
      for (single, half) in zip(losses[0], losses[1]) { #expect((half / single - 1).magnitude < 0.03, "\(losses)") }
      #expect(losses[1] != losses[0])
      #expect(losses[1][2] < losses[1][0])
      #expect(runs[1].0.outputType.dtype == .bfloat16)
      let evaluated = try runs.map { try $0.0.evaluate(data.test)["loss"] ?? .nan }
      #expect((evaluated[1] / evaluated[0] - 1).magnitude < 0.1, "\(evaluated)")
    }
  }

  /// An update of 1e-4 of a weight near 1 would be rounded away in half precision.
  @Test func smallUpdatesAddUp() throws {
    struct Gain: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor { x * scope.parameter("gain", [], .ones) }
    }
    let data = try LabeledArrays(
      inputs: HostArray([Float](repeating: 1, count: 100), shape: [100, 1]),
      targets: HostArray([Float](repeating: -1, count: 100), shape: [100, 1]))
    for (precision, expected) in [
      (Precision.bfloat16, 0.99), (Precision(parameters: .bfloat16, computation: .bfloat16), 1),
    ] {
      let trainer = try Trainer(
        model: Gain(),
        method: Method(loss: MeanAbsoluteError(), optimizer: SGD(learningRate: 1e-4)) {
          $0.metrics = []
        },
        inputs: data.inputs, precision: precision)
      _ = try trainer.fit(data, epochs: 1, batchSize: 1)
      #expect((try #require(trainer.state.parameters["gain"]).cast(to: .float64).scalar() - expected).magnitude < 1e-5)
    }
  }

  @Test func weightsAreForEveryPrecision() throws {
    let data = try Problems.digits.get()
    let wide = try trainer(.float32)
    _ = try wide.fit(data.train, epochs: 2, batchSize: 30)
    let half = try trainer(.bfloat16)
    try half.restore(wide.state)
    let classes = try (wide.predictClasses(data.test.inputs), half.predictClasses(data.test.inputs))
    #expect(zip(classes.0, classes.1).count { $0 == $1 } >= 95)
    #expect(throws: TrainingError.self) { try trainer(.float64).restore(wide.state) }
  }
}
