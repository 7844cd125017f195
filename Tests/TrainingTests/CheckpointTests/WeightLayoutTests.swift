import Testing

@testable import Checkpoints
@testable import Training

/// Indices stay indices.
private struct Unchanged: Preprocessing {
  func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor { inputs }
}

@Suite struct WeightLayoutTests {
  static let model = Sequential {
    Embedding(7, size: 4); Flatten(); Dense(5); Tanh(); Dense(3)
  }

  static func trainer(seed: UInt64 = 1, averaging: any Averaging = NoAveraging()) throws -> Trainer {
    try Trainer(
      model: model,
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
        $0.preprocessing = Unchanged()
        $0.averaging = averaging
      },
      inputs: inputs(), seed: seed)
  }

  static func inputs() throws -> HostArray { try HostArray((0..<12).map { Int32($0 * 5 % 7) }, shape: [4, 3]) }

  @Test func kernelsAreTransposedForPyTorch() throws {
    let kernel = Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3])
    let variables = ModelVariables(
      parameters: TensorTree([("block/dense1/kernel", kernel), ("block/dense1/bias", Tensor([Float(7), 8, 9]))]),
      state: TensorTree([("norm/mean", Tensor([Float(0)]))]))
    let file = try WeightLayout.pyTorch.exported(variables)
    #expect(
      file.tensors == [
        "block.dense1.weight": try HostArray([Float(1), 4, 2, 5, 3, 6], shape: [3, 2]),
        "block.dense1.bias": try HostArray([Float(7), 8, 9]), "norm.running_mean": try HostArray([Float(0)]),
      ])
    let keras = try WeightLayout.keras.exported(variables)
    #expect(keras.tensors["block/dense1/kernel"] == (try kernel.hostArray()))
  }

  @Test func aRuleMoreIsAnotherKindOfLayer() throws {
    // A convolution along time: its kernel is [time, inputs, outputs] here and [outputs, inputs, time] there.
    var layout = WeightLayout.pyTorch
    layout.rules.append(WeightRule("kernel", rank: 3, as: "weight", axes: [2, 1, 0]))
    let kernel = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    let variables = ModelVariables(parameters: TensorTree([("conv1/kernel", kernel)]))
    let file = try layout.exported(variables)
    let weight = try #require(file.tensors["conv1.weight"])
    #expect(weight.shape == [4, 3, 2])
    // there[o, i, t] = here[t, i, o]: index 12 t + 4 i + o.
    #expect(try weight.values(as: Float.self).prefix(8) == [0, 12, 4, 16, 8, 20, 1, 13])
    let back = try layout.imported(file, for: variables)
    #expect(try back.parameters["conv1/kernel"]?.hostArray() == kernel.hostArray())
  }

  @Test(arguments: ["tanren", "pyTorch", "keras", "renamed"]) func weightsRoundTrip(_ name: String) throws {
    let layouts: [String: WeightLayout] = [
      "tanren": .tanren, "pyTorch": .pyTorch, "keras": .keras,
      "renamed": .pyTorch.renaming(["embedding1": "0", "dense1": "2", "dense2": "head.4"]),
    ]
    let layout = try #require(layouts[name])
    let scratch = try Scratch()
    let (one, other) = (try Self.trainer(), try Self.trainer(seed: 2))
    try one.exportWeights(to: scratch.file("weights"), layout: layout)
    if name == "renamed" {
      #expect(
        try Set(Safetensors(contentsOf: scratch.file("weights")).tensors.keys)
          == ["0.weight", "2.weight", "2.bias", "head.4.weight", "head.4.bias"])
    }
    let inputs = try Self.inputs()
    #expect(try one.predict(inputs) != other.predict(inputs))
    try other.importWeights(from: scratch.file("weights"), layout: layout)
    #expect(try one.predict(inputs) == other.predict(inputs))
    #expect(try other.arrays() == one.arrays())
  }

  @Test func importBeginsAnew() throws {
    let scratch = try Scratch()
    let data = try LabeledArrays(inputs: Self.inputs(), targets: HostArray([Int32(0), 1, 2, 0]), classCount: 3)
    let averaged = try Self.trainer(averaging: ExponentialAverage(decay: 0.5))
    _ = try averaged.fit(data, epochs: 2, batchSize: 2)
    // What is exported is what is evaluated.
    try averaged.exportWeights(to: scratch.file("weights"))
    let inputs = try Self.inputs()
    let expected = try averaged.predict(inputs)
    let other = try Self.trainer(seed: 2, averaging: ExponentialAverage(decay: 0.5))
    _ = try other.fit(data, epochs: 1, batchSize: 2)
    try other.importWeights(from: scratch.file("weights"))
    #expect(try other.predict(inputs) == expected)
    #expect((other.epoch, other.step) == (0, 0))
    #expect(other.history == History())
    _ = try other.fit(data, epochs: 1, batchSize: 2)
  }

  @Test func anotherModelsWeightsAreNamed() throws {
    let trainer = try Self.trainer()
    var file = try WeightLayout.pyTorch.exported(trainer.variables)
    file.tensors["dense1.weight"] = try HostArray([Float](repeating: 0, count: 60), shape: [12, 5])
    file.tensors["dense2.bias"] = nil
    file.tensors["norm.momentum"] = try HostArray([Float(1)], shape: [])
    file.tensors["norm.num_batches_tracked"] = try HostArray([Int64(1)], shape: [])
    let scratch = try Scratch()
    try file.write(to: scratch.file("weights"))
    let before = try trainer.arrays()
    let error = #expect(throws: WeightError.self) {
      try trainer.importWeights(from: scratch.file("weights"), layout: .pyTorch)
    }
    #expect(
      error
        == .differentModel(
          missing: ["dense2.bias"], unexpected: ["norm.momentum"],
          mismatched: [
            TypeMismatch(
              path: "dense1.weight", expected: TensorType(.float32, [5, 12]), actual: TensorType(.float32, [12, 5]))
          ]))
    #expect(try trainer.arrays() == before)
  }

  @Test func layoutsThatCannotBeAreErrors() throws {
    let trainer = try Self.trainer()
    let shared = WeightLayout.pyTorch.renaming(["dense1": "a", "dense2": "a"])
    #expect(throws: WeightError.sharedName("a.weight", paths: ["dense1/kernel", "dense2/kernel"])) {
      try shared.exported(trainer.variables)
    }
    for axes in [[0], [0, 0], [0, 2], [-1, 0], [0, 1, 2]] {
      let wrong = WeightLayout(rules: [WeightRule("kernel", as: "weight", axes: axes)])
      #expect(throws: WeightError.invalidAxes(path: "dense1/kernel", axes: axes, rank: 2)) {
        try wrong.exported(trainer.variables)
      }
    }
  }
}
