import TestSupport
import Testing

@testable import Training

/// Steps that are skipped, the scaling of the loss, and random rounding of parameters.
@Suite(.tags(.engine)) struct LossScalingTests {
  /// A product with a parameter, made very small: its gradient in half precision is 0 unless the loss is scaled.
  private struct Faint: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor {
      (x * scope.parameter("gain", [], .ones)).upcast * 1e-8
    }
  }

  private struct Gain: Layer {
    var shape: Shape = []
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x * scope.parameter("gain", shape, .ones) }
  }

  /// Infinite where its input is 0.
  private struct Logarithm: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x.log() * scope.parameter("gain", [], .ones) }
  }

  private static func data(_ inputs: [Float], width: Int = 1, target: Float = -1) throws -> LabeledArrays {
    try LabeledArrays(
      inputs: HostArray(inputs, shape: [inputs.count / width, width]),
      targets: HostArray([Float](repeating: target, count: inputs.count), shape: [inputs.count / width, width]))
  }

  private func trainer(
    _ model: any Layer, _ data: LabeledArrays, _ precision: Precision, rate: Double,
    _ configure: (inout Method) -> Void
  ) throws -> Trainer {
    try Trainer(
      model: model,
      method: Method(loss: MeanAbsoluteError(), optimizer: Momentum(learningRate: rate)) {
        $0.metrics = []
        configure(&$0)
      },
      inputs: data.inputs, precision: precision)
  }

  private func gain(_ trainer: Trainer) throws -> Double {
    try #require(trainer.state.parameters["gain"]).cast(to: .float64).scalar()
  }

  static let rules: [any GradientRule] = [PlainGradient(), SAM(rho: 0.01), Accumulation(parts: 2, of: SAM(rho: 0.01))]

  @Test(arguments: rules) func faintGradientsSurvive(_ rule: any GradientRule) throws {
    let data = try Self.data([Float](repeating: 1, count: 8))
    func trained(_ scaling: LossScaling, _ precision: Precision = .float16) throws -> Double {
      let trainer = try trainer(Faint(), data, precision, rate: 1e6) {
        $0.gradientRule = rule
        $0.lossScaling = scaling
      }
      try trainer.fit(data, epochs: 1, batchSize: 2)
      return try gain(trainer)
    }
    let expected = try trained(.none, .float32)
    #expect((expected - 1).magnitude > 0.05)
    #expect(try trained(.none) == 1)
    #expect(try (trained(.dynamic) - expected).magnitude < 1e-3 * (expected - 1).magnitude)
    #expect(try (trained(.fixed(1_048_576)) - expected).magnitude < 1e-3 * (expected - 1).magnitude)
  }

  /// 65536 is beyond `float16`: the first step is skipped, and what follows is what the smaller factor does.
  @Test(arguments: rules.dropLast()) func overflowHalvesTheScale(_ rule: any GradientRule) throws {
    let data = try Self.data([Float](repeating: 1, count: 6))
    func trained(_ scaling: LossScaling, steps: Int) throws -> (Double, EpochRecord) {
      let examples = try Self.data([Float](repeating: 1, count: steps))
      let trainer = try trainer(Gain(), data, .float16, rate: 0.01) {
        $0.gradientRule = rule
        $0.lossScaling = scaling
      }
      let history = try trainer.fit(examples, epochs: 1, batchSize: 1)
      return (try gain(trainer), try #require(history.epochs.first))
    }
    let (dynamic, record) = try trained(.dynamic, steps: 6)
    let (fixed, other) = try trained(.fixed(32_768), steps: 5)
    #expect(dynamic == fixed && dynamic < 1)
    #expect(record["skipped_steps"] == 1 && record["loss_scale"] == 32_768)
    #expect(other["skipped_steps"] == 0 && other["loss_scale"] == nil)
    // The skipped step isn't part of the mean.
    #expect(record["loss"] == other["loss"])
    // Every step overflows: nothing is learned, and nothing breaks.
    let (unchanged, all) = try trained(.fixed(1e6), steps: 4)
    #expect(unchanged == 1 && all["skipped_steps"] == 4)
  }

  @Test func theScaleGrowsWithoutOverflow() throws {
    let data = try Self.data([Float](repeating: 1, count: 2010))
    let trainer = try trainer(Gain(), data, .float32, rate: 1e-6) { $0.lossScaling = .dynamic }
    let record = try #require(trainer.fit(data, epochs: 1, batchSize: 1).epochs.first)
    #expect(record["loss_scale"] == 131_072 && record["skipped_steps"] == 0)
  }

  @Test(arguments: rules.dropLast()) func brokenStepsChangeNothing(_ rule: any GradientRule) throws {
    func trained(_ inputs: [Float], skips: Bool) throws -> (Trainer, History) {
      let data = try Self.data(inputs)
      let trainer = try trainer(Logarithm(), data, .float32, rate: 0.01) {
        $0.gradientRule = rule
        $0.skipsNonFiniteSteps = skips
        $0.averaging = ExponentialAverage(decay: 0.5)
      }
      let options = FitOptions(order: SequentialOrder())
      return (trainer, try trainer.fit(data, epochs: 2, batchSize: 1, validation: Self.data([2, 3]), options: options))
    }
    let (guarded, history) = try trained([2, 3, 0, 4], skips: true)
    let (whole, other) = try trained([2, 3, 4], skips: false)
    // Skipped steps count, as updates that schedules see.
    #expect(guarded.step == 8)
    for (path, tensor) in whole.state.tree.pairs {
      let own = try #require(guarded.state.tree[path])
      #expect(try distance(own.doubles(), tensor.doubles()) < 1e-6, "\(path)")
    }
    #expect(history.epochs.map { $0["skipped_steps"] } == [1, 2])
    for name in ["loss", "val_loss"] {
      let pairs = zip(history.epochs, other.epochs).map { ($0[name] ?? .nan, $1[name] ?? .nan) }
      #expect(pairs.allSatisfy { ($0 - $1).magnitude < 1e-6 }, "\(name)")
    }
    let (broken, _) = try trained([2, 3, 0, 4], skips: false)
    #expect(try !gain(broken).isFinite)
  }

  /// Several trainers in one program have a scale each.
  @Test func membersHaveTheirOwnScales() throws {
    let data = try Self.data([Float](repeating: 1, count: 4))
    func made() throws -> [Trainer] {
      try (0..<2).map { seed in
        try Trainer(
          model: Gain(),
          method: Method(loss: MeanAbsoluteError(), optimizer: SGD(learningRate: 0.01 * Double(seed + 1))) {
            $0.metrics = []
            $0.lossScaling = .dynamic
          }, inputs: data.inputs, precision: .float16, seed: UInt64(seed))
      }
    }
    let (alone, together) = (try made(), try made())
    for trainer in alone { try trainer.fit(data, epochs: 1, batchSize: 1) }
    let histories = try TrainerGroup(together).fit(data, epochs: 1, batchSize: 1)
    for (one, other) in zip(alone, together) { #expect(try gain(one) == gain(other)) }
    #expect(histories.map { $0.epochs[0]["skipped_steps"] } == [1, 1])
  }

  /// Updates of 1e-4 of parameters near 1, of which rounding to nearest keeps none, add up on the average.
  @Test(arguments: [DType.bfloat16, .float16]) func randomRoundingKeepsSmallUpdates(_ dtype: DType) throws {
    let width = 4000
    let data = try Self.data([Float](repeating: 1, count: 50 * width), width: width)
    func trained(_ rounding: ParameterRounding) throws -> [Double] {
      let trainer = try Trainer(
        model: Gain(shape: [width]),
        method: Method(loss: MeanAbsoluteError(), optimizer: SGD(learningRate: 1e-4 * Double(width))) {
          $0.metrics = []
          $0.parameterRounding = rounding
        }, inputs: data.inputs, precision: Precision(parameters: dtype, computation: dtype))
      try trainer.fit(data, epochs: 1, batchSize: 1)
      let gains = try #require(trainer.state.parameters["gain"])
      #expect(gains.dtype == dtype)
      return try gains.cast(to: .float64).doubles()
    }
    #expect(try trained(.nearest).allSatisfy { $0 == 1 })
    let gains = try trained(.stochastic)
    let mean = gains.reduce(0, +) / Double(width)
    // 50 updates; a step of bfloat16 is 0.004 here, so that the mean's deviation is 0.0001.
    #expect((mean - 0.995).magnitude < 4e-4)
    #expect(Set(gains).count > 1)
    #expect(try trained(.stochastic) == gains)
  }
}
