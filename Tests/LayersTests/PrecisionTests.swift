import ArrayFixtures
import Layers
import TestSupport
import Testing

/// `float32` parameters, `bfloat16` computation, `float32` sums.
@Suite(.tags(.engine)) struct PrecisionTests {
  private static let model = Sequential {
    Conv2D(8, size: 3, padding: .same)
    BatchNorm(activation: ReLU())
    MaxPool2D()
    Conv2D(8, size: 3, strides: 2, padding: .symmetric(1), activation: Tanh())
    LayerNorm()
    AveragePool2D()
    GlobalAveragePool2D()
    Reshape([8, 1])
    Recurrent(GRUCell(5))
    Dense(3)
  }

  @Test(arguments: [
    Precision.float32, .bfloat16, .float16, .float64, Precision(parameters: .bfloat16, computation: .bfloat16),
  ])
  func eachPartHasItsType(_ precision: Precision) throws {
    let x = ModelTests.wave([4, 8, 8, 3], step: 0.37).cast(to: precision.computation)
    let variables = try Self.model.variables(for: x.type, key: Key(seed: 1), precision: precision)
    let wide = Precision(precision.computation).parameters
    for (path, tensor) in variables.parameters.pairs {
      #expect(tensor.dtype == (path.contains("Norm") ? wide : precision.parameters), "\(path)")
    }
    #expect(variables.state.types.allSatisfy { $0.dtype == wide })
    let (records, _) = try Self.model.trace(x.type, precision: precision)
    for record in records { #expect(record.output.dtype == precision.computation, "\(record.path)") }
    let trained = Self.model.apply(variables, to: x, isTraining: true, precision: precision)
    #expect(trained.state.types == variables.state.types)
    let gradients = valueAndGradient(at: variables.parameters.tensors) { point in
      Self.model.apply(
        ModelVariables(parameters: variables.parameters.with(point), state: variables.state), to: x, isTraining: true,
        precision: precision
      ).output.upcast.squared().sum()
    }.gradients
    #expect(gradients.map(\.type) == variables.parameters.types)
    for gradient in try Tensor.evaluate(gradients) { #expect(try gradient.doubles().allSatisfy(\.isFinite)) }
  }

  @Test func halfPrecisionIsNearSinglePrecision() throws {
    let x = ModelTests.wave([4, 8, 8, 3], step: 0.37).cast(to: .float32)
    let variables = try Self.model.variables(for: x.type, key: Key(seed: 1))
    for isTraining in [false, true] {
      let single = Self.model.apply(variables, to: x, isTraining: isTraining)
      let half = Self.model.apply(variables, to: x.cast(to: .bfloat16), isTraining: isTraining, precision: .bfloat16)
      let (wide, narrow) = (
        try Tensor.evaluate([single.output] + single.state.tensors),
        try Tensor.evaluate([half.output] + half.state.tensors)
      )
      #expect(worstError(try narrow[0].doubles(), try wide[0].doubles()) < 0.03)
      for (index, path) in single.state.paths.enumerated() {
        #expect(worstError(try narrow[index + 1].doubles(), try wide[index + 1].doubles()) < 1e-3, "\(path)")
      }
    }
  }

  @Test(arguments: [DType.bfloat16, .float16]) func sumsAreWide(_ dtype: DType) throws {
    // One after the other in bfloat16, ones would stop adding up at 256; 65,520 is beyond float16.
    #expect(try Tensor.ones([5000], dtype: dtype).sum().scalar() == (dtype == .bfloat16 ? 4992 : 5000))
    let bias = gradient(at: Tensor.zeros([2], dtype: dtype)) { (Tensor.zeros([1024, 2], dtype: dtype) + $0).sum() }
    #expect(try bias.doubles() == [1024, 1024])
    let images = Tensor.ones([1, 64, 64, 1], dtype: dtype) * 20
    #expect(try GlobalAveragePool2D().apply(ModelVariables(), to: images).output.doubles() == [20])
    #expect(try AveragePool2D(64).apply(ModelVariables(), to: images).output.doubles() == [20])
  }

  @Test func batchStatisticsAreWide() throws {
    // 100 and 101 in turn: the variance, 0.25, is lost where the mean is rounded to half precision.
    let x = (Tensor.iota([64, 1], axis: 0).remainder(dividingBy: 2).cast(to: .float32) + 100).cast(to: .bfloat16)
    let variables = try BatchNorm(.pyTorch).variables(for: x.type, key: Key(seed: 1), precision: .bfloat16)
    let trained = BatchNorm(.pyTorch).apply(variables, to: x, isTraining: true, precision: .bfloat16)
    #expect(agree(try #require(trained.state["mean"]).doubles(), [10.05], within: 1e-6))
    #expect(agree(try #require(trained.state["variance"]).doubles(), [0.9 + 0.025 * 64 / 63], within: 1e-6))
    #expect(agree(try Array(trained.output.doubles().prefix(2)), [-1, 1], within: 1e-2))
  }
}
