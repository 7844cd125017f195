import Testing

@testable import Layers

@Suite struct SummaryTests {
  /// The network of the recipe `lamb-cnn`, without its layers: path, type, output, parameter shapes.
  static let network: [(String, String, Shape, [Shape])] = [
    ("conv2d", "Conv2D", [1, 30, 30, 32], [[3, 3, 3, 32], [32]]),
    ("max_pooling2d", "MaxPooling2D", [1, 15, 15, 32], []),
    ("conv2d_1", "Conv2D", [1, 13, 13, 64], [[3, 3, 32, 64], [64]]),
    ("max_pooling2d_1", "MaxPooling2D", [1, 6, 6, 64], []),
    ("flatten", "Flatten", [1, 2304], []),
    ("dense", "Dense", [1, 10], [[2304, 10], [10]]),
  ]

  static func summary(state: Bool = false) -> LayerSummary {
    var variables = ModelVariables()
    var records: [LayerRecord] = []
    for (path, type, shape, parameters) in network {
      let output = TensorType(.float32, shape)
      // Inner calls come before the layer they belong to, and aren't rows.
      records.append(
        LayerRecord(path: "\(path)/inner", label: "inner", typeName: "Inner", input: output, output: output))
      records.append(LayerRecord(path: path, label: path, typeName: type, input: output, output: output))
      for (index, shape) in parameters.enumerated() { variables.parameters["\(path)/\(index)"] = Tensor.zeros(shape) }
    }
    if state { variables.state["conv2d/mean"] = Tensor.zeros([32]) }
    return LayerSummary(records, variables)
  }

  @Test func kerasText() {
    let expected = """
      Model: "sequential"
      _________________________________________________________________
      Layer (type)                 Output Shape              Param #   \("")
      =================================================================
      conv2d (Conv2D)              (None, 30, 30, 32)        896       \("")
      _________________________________________________________________
      max_pooling2d (MaxPooling2D) (None, 15, 15, 32)        0         \("")
      _________________________________________________________________
      conv2d_1 (Conv2D)            (None, 13, 13, 64)        18496     \("")
      _________________________________________________________________
      max_pooling2d_1 (MaxPooling2 (None, 6, 6, 64)          0         \("")
      _________________________________________________________________
      flatten (Flatten)            (None, 2304)              0         \("")
      _________________________________________________________________
      dense (Dense)                (None, 10)                23050     \("")
      =================================================================
      Total params: 42,442
      Trainable params: 42,442
      Non-trainable params: 0
      _________________________________________________________________
      """
    #expect(Self.summary().kerasText(name: "sequential") == expected)
  }

  @Test func stateIsNotTrainable() {
    let text = Self.summary(state: true).kerasText(name: "sequential")
    #expect(text.contains("conv2d (Conv2D)              (None, 30, 30, 32)        928       "))
    #expect(text.contains("Total params: 42,474\nTrainable params: 42,442\nNon-trainable params: 32\n"))
  }

  @Test func aModelsOwnSummary() throws {
    let text = try MLP([100, 50, 10], activation: HSwish()).summary(for: TensorType(.float32, [100, 784]))
    #expect(text.hasPrefix("Model: \"mlp\"\n"))
    #expect(text.contains("\ndense1 (Dense)               (None, 100)               78500     \n"))
    #expect(text.contains("\nhSwish2 (HSwish)             (None, 50)                0         \n"))
    #expect(text.contains("\nTotal params: 84,060\nTrainable params: 84,060\nNon-trainable params: 0\n"))
    let alone = try Dense(3).summary(for: TensorType(.float32, [1, 4]))
    #expect(alone.contains("\ndense (Dense)                (None, 3)                 15        \n"))
    let wide = try MLP([200, 100, 10]).layerSummary(for: TensorType(.float32, [1, 784]))
    #expect(wide.trainableCount == 178_110)
  }

  static let compact = """
    input - 0 784
    affine1 affine 784 100
    h_swish1 h_swish 100 100
    affine2 affine 100 50
    h_swish2 h_swish 50 50
    affine3 affine 50 10
    output softmax 10
    error cross_entropy_error
    """

  @Test func compactText() throws {
    let input = TensorType(.float32, [100, 784])
    let logits = try MLP([100, 50, 10], activation: HSwish()).layerSummary(for: input)
    #expect(logits.compactText(loss: SoftmaxCrossEntropy()) == Self.compact)
    #expect(logits.compactText(loss: SoftmaxCrossEntropy().flooded(at: 0.01)) == Self.compact)
    // Images are read row by row; that is no layer of the article's.
    let images = try MLP([100, 50, 10], activation: HSwish()).layerSummary(for: TensorType(.float32, [100, 28, 28]))
    #expect(images.compactText(loss: SoftmaxCrossEntropy()) == Self.compact)
    let probabilities = try MLP([100, 50, 10], activation: HSwish(), output: Softmax()).layerSummary(for: input)
    #expect(probabilities.compactText(loss: ProbabilityCrossEntropy()) == Self.compact)
    #expect(
      try Dense(2).layerSummary(for: TensorType(.float32, [1, 3])).compactText(loss: MeanSquaredError())
        == "input - 0 3\naffine1 affine 3 2\noutput identity 2\nerror mean_squared_error")
  }

  @Test func modelsThatDoNotFitHaveNoSummary() {
    #expect(throws: Diagnostic.self) { try MLP([0]).summary(for: TensorType(.float32, [1, 4])) }
  }
}
