import ArrayFixtures
import Layers
import TestSupport
import Testing

/// What can't be is a diagnostic with the layer's path; what can be at the margin works.
@Suite(.tags(.engine)) struct ImageLayerTests {
  static let wrong: [(name: String, layer: any Layer, says: String)] = [
    ("kernel larger than the image", Conv2D(2, size: 6), "spans 6"),
    ("dilated kernel larger than the image", Conv2D(2, size: 3, dilation: 3), "spans 7"),
    ("window larger than the image", MaxPool2D(6), "window of 6"),
    ("average over more than the image", AveragePool2D(6), "window of 6"),
    ("groups that don't divide the channels", Conv2D(6, size: 1, groups: 3), "3 groups"),
    ("groups that don't divide the filters", Conv2D(3, size: 1, groups: 2), "2 groups"),
    ("no groups", Conv2D(2, size: 1, groups: 0), "0 groups"),
    ("zero stride", Conv2D(2, size: 1, strides: 0), "strides"),
    ("negative stride", Conv2D(2, size: 1, strides: -1, padding: .same), "strides"),
    ("zero stride of a pool", MaxPool2D(2, strides: 0), "strides of 0"),
    ("zero stride of an average", AveragePool2D(2, strides: 0, padding: .same), "strides of 0"),
    ("zero dilation", Conv2D(2, size: 1, dilation: 0), "dilations"),
    ("empty window", MaxPool2D(0), "window of 0"),
    ("no filters", Conv2D(0, size: 1), "filters"),
    ("empty kernel", Conv2D(2, size: 0), "size"),
    ("huge kernel", Conv2D(2, size: Extent2D(Int.max)), "size"),
    ("huge filters", Conv2D(Int.max, size: 1), "filters"),
    ("huge stride", Conv2D(2, size: 1, strides: Extent2D(Int.max)), "strides"),
    ("huge padding", Conv2D(2, size: 1, padding: .symmetric(Int.max)), "edges"),
    ("padding for one axis", Conv2D(2, size: 1, padding: .edges([(1, 1)])), "spatial axes"),
    ("padding beyond the window", MaxPool2D(2, padding: .symmetric(2)), "edges of 2"),
    ("all of it cropped", Conv2D(2, size: 1, padding: .symmetric(-3)), "spans"),
    ("unknown statistics", BatchNorm(BatchNormConvention(momentum: 1.5, epsilon: 1e-3)), "1.5"),
    ("negative epsilon", BatchNorm(BatchNormConvention(momentum: 0.9, epsilon: -1)), "-1"),
    ("too many axes", LayerNorm(axes: 4), "not 4"),
    ("no axes", LayerNorm(axes: 0), "not 0"),
    ("epsilon that is no number", LayerNorm(epsilon: .nan), "nan"),
  ]

  @Test(arguments: wrong.map(\.name)) func isADiagnostic(_ name: String) throws {
    let row = try #require(Self.wrong.first { $0.name == name })
    let model = Sequential { row.layer.named("culprit") }
    let diagnostic = #expect(throws: Diagnostic.self) { try model.trace(TensorType(.float32, [1, 5, 5, 4])) }
    #expect(diagnostic?.path == "culprit")
    #expect(diagnostic?.message.contains(row.says) == true, "\(diagnostic?.message ?? "")")
  }

  @Test(arguments: ["conv", "max", "average", "global", "batch", "layer"])
  func otherRanksAreDiagnostics(_ name: String) throws {
    let layers: [String: any Layer] = [
      "conv": Conv2D(2, size: 1), "max": MaxPool2D(), "average": AveragePool2D(), "global": GlobalAveragePool2D(),
      "batch": BatchNorm(), "layer": LayerNorm(),
    ]
    let layer = try #require(layers[name])
    let model = Sequential { layer.named("here") }
    for type in [TensorType(.float32, [5]), TensorType(.bool, [1, 5, 5, 1])] {
      let diagnostic = #expect(throws: Diagnostic.self) { try model.trace(type) }
      #expect(diagnostic?.path == "here")
    }
  }

  @Test func emptyBatchesGoThrough() throws {
    let model = Sequential {
      Conv2D(4, size: 3, padding: .same)
      BatchNorm(activation: ReLU())
      MaxPool2D()
      AveragePool2D(2, strides: 1, padding: .same)
      LayerNorm()
      GlobalAveragePool2D()
      Dense(2)
    }
    let variables = try model.variables(for: TensorType(.float32, [1, 6, 6, 3]), key: Key(seed: 1))
    let output = try model.apply(variables, to: Tensor.zeros([0, 6, 6, 3])).output.evaluate()
    #expect(output.shape == [0, 2])
    // A training step would spoil the running statistics.
    let trained = model.apply(variables, to: Tensor.zeros([0, 6, 6, 3]), isTraining: true)
    let diagnostic = #expect(throws: Diagnostic.self) { try trained.output.evaluate() }
    #expect(diagnostic?.path == "batchNorm1")
  }

  @Test func oneValueHasNoUnbiasedVariance() throws {
    let x = Tensor.ones([1, 3])
    let variables = try BatchNorm(.pyTorch).variables(for: x.type, key: Key(seed: 1))
    let diagnostic = #expect(throws: Diagnostic.self) {
      try BatchNorm(.pyTorch).apply(variables, to: x, isTraining: true).output.evaluate()
    }
    #expect(diagnostic?.message.contains("2 or more") == true)
    #expect(try BatchNorm(.keras).apply(variables, to: x, isTraining: true).output.doubles() == [0, 0, 0])
  }

  /// Where windows tile the image no selection is scattered, which is slow on the CPU.
  @Test func poolsHaveElementwiseGradients() throws {
    for (pool, extent) in [
      (MaxPool2D(), 6), (MaxPool2D(), 7), (MaxPool2D(3), 6), (MaxPool2D(3, strides: 2, padding: .same), 6),
    ] {
      let type = TensorType(.float32, [2, extent, extent, 3])
      let program = try Program([type]) { x in
        [gradient(at: x[0]) { pool.apply(ModelVariables(), to: $0).output.squared().sum() }]
      }
      #expect(!program.text.contains("select_and_scatter"))
      #expect(!program.text.contains("stablehlo.scatter"))
    }
  }

  @Test func anActivationFollowsNormalization() throws {
    let x = ModelTests.wave([4, 3], step: 1)
    let variables = try BatchNorm().variables(for: x.type, key: Key(seed: 1), precision: .float64)
    for isTraining in [true, false] {
      let plain = BatchNorm().apply(variables, to: x, isTraining: isTraining, precision: .float64)
      for activation in [ReLU(), Tanh()] as [any Activation] {
        let found = BatchNorm(activation: activation).apply(
          variables, to: x, isTraining: isTraining, precision: .float64)
        #expect(agree(try found.output.doubles(), try activation(plain.output).doubles(), within: 1e-14))
        for (path, tensor) in plain.state.pairs { #expect(try tensor.doubles() == found.state[path]?.doubles()) }
      }
    }
  }

  @Test func partsOfNormalizationCanBeLeftOut() throws {
    let input = TensorType(.float32, [2, 3])
    #expect(try BatchNorm(hasScale: false).trace(input).variables.parameters.paths == ["offset"])
    #expect(try BatchNorm(hasOffset: false).trace(input).variables.parameters.paths == ["scale"])
    #expect(try LayerNorm(hasScale: false, hasOffset: false).trace(input).variables.parameters.isEmpty)
  }
}
