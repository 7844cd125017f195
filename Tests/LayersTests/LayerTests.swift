import ArrayFixtures
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct LayerTests {
  @Test func dropoutKeepsTheMeanAndDropsInTrainingOnly() throws {
    let x = Tensor.ones([200, 100]) * 3
    let model = Dropout(0.3)
    let variables = ModelVariables()
    let dropped = try model.apply(variables, to: x, isTraining: true, key: Key(seed: 1)).output.doubles()
    let kept = dropped.filter { $0 != 0 }
    #expect((Double(kept.count) / 20_000 - 0.7).magnitude < 0.015)
    #expect(kept.allSatisfy { ($0 - 3 / 0.7).magnitude < 1e-5 })
    #expect(try model.apply(variables, to: x, isTraining: true, key: Key(seed: 1)).output.doubles() == dropped)
    #expect(try model.apply(variables, to: x, isTraining: true, key: Key(seed: 2)).output.doubles() != dropped)
    #expect(try model.apply(variables, to: x).output.doubles() == x.doubles())
  }

  @Test func twoDropoutsDropDifferently() throws {
    let model = Sequential {
      Dropout(0.5); Dropout(0.5)
    }
    let output = model.apply(ModelVariables(), to: Tensor.ones([1, 4000]), isTraining: true, key: Key(seed: 1)).output
    #expect((Double(try output.doubles().filter { $0 != 0 }.count) / 4000 - 0.25).magnitude < 0.03)
  }

  @Test func theGradientOfADropoutIsItsMask() throws {
    let x = Tensor([1.0, 2, 3, 4, 5, 6, 7, 8], shape: [1, 8])
    func dropped(_ x: Tensor) -> Tensor {
      Dropout(0.5).apply(ModelVariables(), to: x, isTraining: true, key: Key(seed: 5)).output
    }
    let slopes = gradient(at: x) { dropped($0).sum() }
    #expect(try (slopes * x).doubles() == dropped(x).doubles())
  }

  @Test(arguments: [-0.1, 1, 1.5, .nan])
  func dropoutsRateIsChecked(_ rate: Double) {
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Sequential { Dropout(rate) }.variables(for: TensorType(.float32, [1, 2]), key: Key(seed: 0))
    }
    #expect(diagnostic?.path == "dropout1")
  }

  @Test func flattenAndReshapeKeepTheOrder() throws {
    let x = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])
    let flat = Flatten().apply(ModelVariables(), to: x).output
    #expect(flat.shape == [2, 12])
    let shaped = Reshape([2, -1, 3]).apply(ModelVariables(), to: flat).output
    #expect(shaped.shape == [2, 2, 2, 3])
    #expect(try shaped.doubles() == (0..<24).map(Double.init))
    #expect(Flatten().apply(ModelVariables(), to: Tensor.zeros([0, 3, 4])).output.shape == [0, 12])
  }

  @Test(arguments: [[5, -1], [-1, -1], [13], [-2, 6], [0, -1], [0]])
  func shapesThatDoNotFitAreErrors(_ dimensions: [Int]) {
    let output = Reshape(Shape(dimensions)).apply(ModelVariables(), to: Tensor.zeros([2, 12])).output
    #expect(throws: Diagnostic.self) { try output.evaluate() }
  }

  @Test func embeddingsLookUpRowsAndLearn() throws {
    let variables = ModelVariables(
      parameters: TensorTree([(path: "table", tensor: Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2]))]))
    let x = Tensor([2, 0, 2, 1] as [Int32], shape: [2, 2])
    let output = Embedding(3, size: 2).apply(variables, to: x).output
    #expect(output.shape == [2, 2, 2])
    #expect(try output.doubles() == [5, 6, 1, 2, 5, 6, 3, 4])
    let table = try #require(variables.parameters["table"])
    let found = gradient(at: table) { table in
      Embedding(3, size: 2).apply(ModelVariables(parameters: TensorTree([(path: "table", tensor: table)])), to: x)
        .output.sum()
    }
    #expect(try found.doubles() == [1, 1, 1, 1, 2, 2])
    // Nothing stands for other integers, whatever type they have, and no vector learns from them.
    for dtype in [DType.int32, .int64, .int8, .uint8] {
      let other = Tensor([2, 3, 100] as [Int32]).cast(to: dtype)
      let vectors = try Embedding(3, size: 2).apply(variables, to: other).output.doubles()
      #expect(vectors.prefix(2) == [5, 6] && vectors.dropFirst(2).allSatisfy { $0.isNaN }, "\(dtype)")
    }
    let below = try Embedding(3, size: 2).apply(variables, to: Tensor([-1] as [Int32])).output.doubles()
    #expect(below.allSatisfy { $0.isNaN })
    let learned = gradient(at: table) { table in
      Embedding(3, size: 2).apply(
        ModelVariables(parameters: TensorTree([(path: "table", tensor: table)])), to: Tensor([0, 9, -1] as [Int32])
      ).output.slice(0..<1).sum()
    }
    #expect(try learned.doubles() == [1, 1, 0, 0, 0, 0])
    #expect(throws: Diagnostic.self) {
      try Embedding(3, size: 2).apply(variables, to: Tensor.zeros([2])).output.evaluate()
    }
    #expect(throws: Diagnostic.self) { try Embedding(0, size: 2).trace(TensorType(.int32, [1])) }
  }

  @Test func mlpsAreTheirLayers() throws {
    let model = MLP([5, 4, 3], activation: Tanh(), output: Softmax(), kernel: .heNormal)
    let variables = try model.variables(for: TensorType(.float32, [1, 2, 3]), key: Key(seed: 1))
    #expect(
      variables.parameters.paths == [
        "dense1/kernel", "dense1/bias", "dense2/kernel", "dense2/bias", "dense3/kernel", "dense3/bias",
      ])
    #expect(variables.parameters["dense1/kernel"]?.shape == [6, 5])
    let x = Tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], shape: [1, 2, 3]).cast(to: .float32)
    var y = x.reshape(to: [1, 6])
    for layer in 1...3 {
      y =
        try y.matmul(#require(variables.parameters["dense\(layer)/kernel"])) + #require(
          variables.parameters["dense\(layer)/bias"])
      y = layer < 3 ? y.tanh() : y.softmax()
    }
    #expect(agree(try model.apply(variables, to: x).output.doubles(), try y.doubles(), within: 1e-6))
  }

  @Test func anMLPsSizesAreChecked() {
    let input = TensorType(.float32, [1, 4])
    for (units, path) in [([3, 0, 2], "dense2"), ([3, -1], "dense2"), ([0], "dense1")] {
      let diagnostic = #expect(throws: Diagnostic.self) { try MLP(units).trace(input) }
      #expect(diagnostic?.path == path)
      #expect(diagnostic?.message.contains("1 unit or more") == true)
    }
    #expect(throws: Diagnostic.self) { try MLP([]).trace(input) }
  }
}
