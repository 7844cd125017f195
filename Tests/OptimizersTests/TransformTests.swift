import Configuration
import Optimizers
import TestSupport
import Testing

/// Transforms on cases worked out by hand.
@Suite(.tags(.engine)) struct TransformTests {
  private static let parameters = TensorTree([
    ("dense/kernel", Tensor([3.0, 0.0, 4.0, 0.5], shape: [2, 2])), ("dense/bias", Tensor([0.0, 0.0])),
  ])

  /// The last updates of some steps with the same gradients and parameters.
  private func updates(
    _ transform: any Transform, kernel: [Double], bias: [Double], steps: Int = 1
  ) throws -> [String: [Double]] {
    let gradients = TensorTree([("dense/kernel", Tensor(kernel, shape: [2, 2])), ("dense/bias", Tensor(bias))])
    var (state, updates) = (transform.initial(Self.parameters), gradients)
    for step in 0..<steps {
      let context = UpdateContext(
        parameters: Self.parameters,
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 10),
        key: Key(seed: 0), loss: Tensor(0))
      (updates, state) = transform.update(gradients, state: state, context: context)
    }
    return try Dictionary(
      uniqueKeysWithValues: updates.evaluate().pairs.map { ($0.path, try $0.tensor.values(as: Double.self)) })
  }

  private func named(_ text: String) throws -> any Transform {
    try Registry<any NamedTransform>.all.build(MethodSpec(parsing: text))
  }

  @Test func everyNamedTransformIsTested() throws {
    // Those without a test here have rows in the table of optimizers.
    let rows = OptimizerRow.all.map(\.choice).joined()
    for name in Registry<any NamedTransform>.all.names where !["sign", "clipAdaptively", "noise"].contains(name) {
      #expect(rows.contains("by: \(name)"), "\(name)")
    }
  }

  @Test func noiseFadesAndIsAnotherInEachStep() throws {
    let gradients = TensorTree([("a", Tensor.zeros([2000], dtype: .float64)), ("b", Tensor.zeros([2000]))])
    func deviations(step: Int) throws -> (found: [Double], first: Double) {
      let context = UpdateContext(
        parameters: gradients,
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 1),
        key: Key(seed: 5).folding(step), loss: Tensor(0))
      let noise = try GradientNoise(eta: 0.09, gamma: 1).update(gradients, context: context).tensors.map {
        try $0.cast(to: .float64).values(as: Double.self)
      }
      return (noise.map { ($0.reduce(0) { $0 + $1 * $1 } / 2000).squareRoot() }, noise[0][0])
    }
    let (first, later) = (try deviations(step: 0), try deviations(step: 8))
    for found in first.found { #expect(abs(found - 0.3) < 0.02) }
    for found in later.found { #expect(abs(found - 0.1) < 0.007) }
    #expect(first.found[0] != first.found[1] && first.first != 3 * later.first)
  }

  @Test func signs() throws {
    let found = try updates(named("sign"), kernel: [2, -3, 0, 1e-30], bias: [.infinity, .nan])
    #expect(found["dense/kernel"] == [1, -1, 0, 1])
    #expect(found["dense/bias"]?[0] == 1 && found["dense/bias"]?[1].isNaN == true)
  }

  @Test func adaptiveClippingIsPerUnit() throws {
    // The kernel's columns have the norms 5 and 0.5, the bias counts as 0.001.
    let found = try updates(named("clipAdaptively(limit: 0.1)"), kernel: [3, 0, 4, 0.01], bias: [0, 2])
    #expect(scaledDistance(found["dense/kernel"] ?? [], [0.3, 0, 0.4, 0.01]) < 1e-15)
    #expect(scaledDistance(found["dense/bias"] ?? [], [0, 1e-4]) < 1e-15)
    let zeros = try updates(named("clipAdaptively"), kernel: [0, 0, 0, 0], bias: [0, 0])
    #expect(zeros["dense/kernel"] == [0, 0, 0, 0])
  }

  @Test func clippingToNothingIsNothing() throws {
    for name in ["clipByValue", "clipByNorm", "clipByGlobalNorm"] {
      let zeros = try updates(named("\(name)(limit: 0)"), kernel: [0, 0, 0, 0], bias: [1, 2])
      #expect(zeros["dense/kernel"] == [0, 0, 0, 0], "\(name)")
      #expect(zeros["dense/bias"] == [0, 0], "\(name)")
    }
  }

  @Test func normsOfHalfPrecisionDoNotOverflow() throws {
    // 300^2 is beyond float16.
    let gradients = TensorTree([("w", Tensor([300.0, 400.0]).cast(to: .float16))])
    let context = UpdateContext(
      parameters: gradients, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let transforms: [any Transform] = [ClipByNorm(5), ClipByGlobalNorm(5), chain(SignOfUpdate(), TrustRatio())]
    let found = try Tensor.evaluate(
      transforms.map {
        $0.update(gradients, state: $0.initial(gradients), context: context).updates.tensors[0].cast(to: .float64)
      }
    ).map { try $0.values(as: Double.self) }
    #expect(found[0] == [3, 4] && found[1] == [3, 4])
    #expect(abs(found[2][0] - 500 / 2.0.squareRoot()) < 0.5)
  }

  @Test func decayGoesByPath() throws {
    let all = try updates(WeightDecay(0.5), kernel: [1, 1, 1, 1], bias: [1, 1])
    #expect(all["dense/kernel"] == [2.5, 1, 3, 1.25])
    for filter in [try PathFilter(excluding: ["kern", "x"]), try PathFilter(including: ["^dense/b"])] {
      let some = try updates(WeightDecay(0.5, filter: filter), kernel: [1, 1, 1, 1], bias: [1, 1])
      #expect(some["dense/kernel"] == [1, 1, 1, 1])
    }
    #expect(try PathFilter(including: ["dense"], excluding: ["bias$"]).matches("dense/kernel"))
    #expect(try !PathFilter(including: ["dense"], excluding: ["bias$"]).matches("dense/bias"))
    #expect(throws: ConfigurationError.self) { try PathFilter(excluding: ["("]) }
  }

  @Test func decayFirstShrinksWhatFollowsSees() throws {
    // w = 5 (1 - 0.1) in norm; the trust ratio makes the step as long.
    let parameters = TensorTree([("w", Tensor([3.0, 4.0]))])
    let transform = DecayFirst(0.2, rate: 0.5, then: TrustRatio())
    let context = UpdateContext(
      parameters: parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let gradients = TensorTree([("w", Tensor([0.0, 2.0]))])
    let updates = transform.update(gradients, state: transform.initial(parameters), context: context).updates
    #expect(scaledDistance(try updates.tensors[0].values(as: Double.self), [-0.3, 4.5 - 0.4]) < 1e-14)
  }

  @Test func momentumFollowsItsSchedule() throws {
    let schedule = PiecewiseSchedule(0.5, [.init(from: 2, 0.25)])
    let found = try updates(MomentumTrace(schedule), kernel: [0, 0, 0, 0], bias: [1, 2], steps: 3)
    // 1, then 0.5 + 1, then 0.25 * 1.5 + 1
    #expect(found["dense/bias"] == [1.375, 2.75])
  }

  @Test func anUncorrectedAdamBeginsSmall() throws {
    let found = try updates(AdamMoments(epsilon: 0, correctsBias: false), kernel: [1, 1, 1, 1], bias: [2, -2])
    // 0.1 g / sqrt(0.001 g^2)
    #expect(scaledDistance(found["dense/bias"] ?? [], [0.1 / 0.001.squareRoot(), -0.1 / 0.001.squareRoot()]) < 1e-14)
  }

  @Test func orthogonalizingTakesMatricesOnly() throws {
    let parameters = TensorTree([("w", Tensor([3.0, 0.0, 0.0, 0.5], shape: [2, 2])), ("b", Tensor([1.0]))])
    let context = UpdateContext(
      parameters: parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let transform = Orthogonalize()
    let updates = transform.update(parameters, state: transform.initial(parameters), context: context).updates
    let matrix = try #require(updates["w"]).values(as: Double.self)
    // Singular values end near 1, in the same directions.
    #expect((0.65...1.25).contains(matrix[0]) && (0.65...1.25).contains(matrix[3]), "\(matrix)")
    #expect(matrix[1] == 0 && matrix[2] == 0)
    #expect(throws: Diagnostic.self) { try updates.evaluate() }
  }

  /// Kernels of convolutions have a matrix for each axis; those of large axes are left out.
  @Test func axesArePreconditioned() throws {
    let parameters = TensorTree([("w", Tensor.iota([2, 3, 1, 4], axis: 3, dtype: .float64))])
    let gradients = TensorTree([("w", Key(seed: 2).normal([4, 2, 3, 1, 4], dtype: .float64))])
    for choice in [
      "soap(every: 2)", "soap(every: 2, greatestExtent: 3)", "shampoo(every: 2)", "shampoo(root: iteration)",
      "shampoo(greatestExtent: 1)",
    ] {
      let transform = try optimizer(choice).transform
      let paths = transform.initial(parameters).paths.filter { $0.contains("products") }
      #expect(paths.count == (choice.contains("Extent: 3") ? 3 : choice.contains("Extent: 1") ? 1 : 4), "\(paths)")
      let steps = try run(transform, from: parameters, gradients: gradients).tensors[0].values(as: Double.self)
      #expect(steps.allSatisfy { $0.isFinite }, "\(choice)")
      #expect(Set(steps.suffix(24)).count == 24)
    }
    // By either way the roots are the same.
    let found = try ["eigenvalues", "iteration"].map {
      try run(optimizer("shampoo(root: \($0), every: 1)").transform, from: parameters, gradients: gradients).tensors[0]
        .values(as: Double.self)
    }
    #expect(scaledDistance(found[0], found[1]) < 1e-8)
  }

  @Test func aMissingParameterIsAnError() throws {
    let gradients = TensorTree([("other", Tensor([1.0]))])
    let context = UpdateContext(
      parameters: Self.parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
      key: Key(seed: 0), loss: Tensor(0))
    let updates = AdamMoments().update(gradients, state: TensorTree(), context: context).updates
    #expect(throws: Diagnostic.self) { try updates.evaluate() }
  }
}
