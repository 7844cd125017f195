import TestSupport
import Testing

@testable import Training

/// Blocks that a training step computes again for the backward pass.
@Suite(.tags(.engine, .slow)) struct GradientCheckpointingTests {
  static let models: [(name: String, model: any Layer)] = [
    ("wide", WideResNet(depth: 10, width: 1, outputs: 10, dropout: 0.3)),
    ("residual", ResNet(depth: 18, outputs: 10, stem: .cifar, width: 2, stochasticDepth: 0.3)),
    ("pre-activation", PreActResNet(depth: 18, outputs: 10, stem: .cifar, width: 2)),
    ("Keras", KerasResNet(depth: 50, outputs: 10, width: 1)),
    ("Keras, version 2", KerasResNet(depth: 50, version: .v2, outputs: 10, width: 1)),
    ("mobile", MobileNetV3(size: .small, outputs: 10, stem: .cifar, width: 0.1)),
    ("image transformer", VisionTransformer(patch: 7, width: 8, depth: 2, heads: 2, dropout: 0.2, outputs: 10)),
    ("mixer", MLPMixer(patch: 7, width: 8, depth: 2, dropout: 0.2, outputs: 10)),
    (
      "transformer",
      TransformerEncoder(tokens: TokenInput(size: 8), block: TransformerBlock(heads: 2, dropout: 0.2), outputs: 10)
    ),
  ]

  private static func trainers(
    _ model: any Layer, _ precision: Precision, seeds: Int, _ configure: (inout Method) -> Void
  ) throws -> [Trainer] {
    try (0..<seeds).map { seed in
      var method = Method(loss: SoftmaxCrossEntropy(), optimizer: Momentum(learningRate: 0.02)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      }
      configure(&method)
      return try Trainer(
        model: model, method: method, inputs: Problems.digits.get().train.inputs, precision: precision,
        seed: UInt64(seed))
    }
  }

  /// The losses and the state after two steps, each with and without checkpointing.
  private static func results(
    _ model: any Layer, _ precision: Precision = .float32, seeds: Int = 1, chunks: Int = 1,
    _ configure: (inout Method) -> Void = { _ in }
  ) throws -> [(losses: [Double], state: [TensorTree])] {
    let data = try Problems.digits.get().train.part(0..<20)
    return try GradientCheckpointing.allCases.map { checkpointing in
      let trainers = try trainers(model, precision, seeds: seeds, configure)
      let options = FitOptions(chunksPerEpoch: chunks, checkpointing: checkpointing)
      let histories = try TrainerGroup(trainers).fit(data, epochs: 1, batchSize: 10, options: options)
      return (histories.flatMap { $0.epochs.map { $0["loss"] ?? .nan } }, trainers.map(\.state.tree))
    }
  }

  private static func expectEqual(
    _ results: [(losses: [Double], state: [TensorTree])], within tolerance: Double, _ name: String
  ) throws {
    let (plain, again) = (results[0], results[1])
    #expect(distance(plain.losses, again.losses) < tolerance, "\(name): \(plain.losses), \(again.losses)")
    for (one, other) in zip(plain.state, again.state) {
      for (path, tensor) in one.pairs where tensor.dtype.isFloatingPoint {
        let numbers = try tensor.cast(to: .float64).values(as: Double.self)
        #expect(numbers.allSatisfy { $0.isFinite }, "\(name): \(path)")
        #expect(
          try scaledDistance(numbers, #require(other[path]).cast(to: .float64).values()) < tolerance, "\(name): \(path)"
        )
      }
    }
  }

  /// In double precision, where a running statistic that is updated twice or another dropout's mask would show.
  @Test(arguments: models.indices) func trainsAsWithout(_ index: Int) throws {
    let (name, model) = Self.models[index]
    try Self.expectEqual(Self.results(model, .float64), within: 1e-9, name)
  }

  @Test func composesWithEverything() throws {
    let model = Self.models[0].model
    try Self.expectEqual(Self.results(model, chunks: 2), within: 1e-3, "single precision")
    try Self.expectEqual(Self.results(model, .bfloat16), within: 0.1, "half precision")
    try Self.expectEqual(
      Self.results(model, .float64) { $0.gradientRule = SAM(rho: 0.05, statePass: .second) }, within: 1e-9, "SAM")
    try Self.expectEqual(
      Self.results(model, .float64) { $0.gradientRule = Accumulation(parts: 2) }, within: 1e-9, "accumulation")
    try Self.expectEqual(Self.results(model, .float64, seeds: 2), within: 1e-9, "two trainers")
    try Self.expectEqual(
      Self.results(model, .float64) { $0.freeze = try? PathFilter(including: ["group1"]) }, within: 1e-9, "frozen")
  }

  @Test func aModelWithoutBlocksIsRefused() throws {
    let data = try Problems.classes(12)
    let error = #expect(throws: TrainingError.self) {
      try Problems.trainer(data).fit(data, epochs: 1, batchSize: 4, options: FitOptions(checkpointing: .blocks))
    }
    #expect(error == .noBlocks(model: "sequential"))
    #expect(error?.description.contains("checkpointed(…)") == true)
  }
}
