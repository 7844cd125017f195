import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

/// Models composed of layers by name.
@Suite(.tags(.engine)) struct CompositionTests {
  private static func model(_ text: String, outputs: Int = 10) throws -> any Layer {
    try SequentialArchitecture(parsing: text).model(outputs: outputs)
  }

  private static func paths(_ text: String, _ shape: Shape, outputs: Int = 10) throws -> [String] {
    try model(text, outputs: outputs).trace(TensorType(.float32, shape)).variables.parameters.paths
  }

  @Test func layersByNameAreTheLayers() throws {
    let named = try Self.model("[conv2D(32, size: 3), relu, maxPool(2), flatten, dropout(0.5), dense(10)]")
    let written = Sequential {
      Conv2D(32, size: 3); ReLU(); MaxPool2D(2); Flatten(); Dropout(0.5); Dense(10)
    }
    let input = TensorType(.float32, [2, 12, 12, 1])
    let (one, other) = (try named.layerSummary(for: input), try written.layerSummary(for: input))
    #expect(one.rows == other.rows)
    #expect(one.trainableCount == 8330)
    let variables = try named.variables(for: input, key: Key(seed: 3))
    let x = Key(seed: 4).normal([2, 12, 12, 1])
    let results = try Tensor.evaluate([
      named.apply(variables, to: x).output, written.apply(variables, to: x).output,
    ])
    #expect(try results[0].doubles() == results[1].doubles())
  }

  /// Each notation means the same model.
  @Test(arguments: [
    "[conv2D(8, 3), hSwish(3), flatten, dense(10)]", "[conv2D(filters: 8), h_swish(n: 3), flatten, dense: 10]",
    "[conv2D: 8, hSwish: 3, flatten, dense(outputs)]", "[conv2D(8, size: [3, 3]), hSwish(n: 3.0), flatten, dense]",
    "[conv2D(8, strides: 1, bias: true, padding: valid, activation: none), hSwish(3), flatten, dense(10, bias: true)]",
  ]) func spellingsOfOneModel(_ text: String) throws {
    let expected = "[conv2D(filters: 8), hSwish(n: 3), flatten, dense(units: 10)]"
    let model = try SequentialArchitecture(parsing: text)
    let spec = try model.spec().description
    #expect(spec.replacing("dense]", with: "dense(units: 10)]") == "sequential(layers: \(expected))")
    #expect(try Self.paths(text, [1, 6, 6]) == Self.paths(expected, [1, 6, 6]))
    #expect(
      try SequentialArchitecture(parsing: spec.replacing("dense]", with: "dense(10)]")).spec().description
        == spec
        .replacing("dense]", with: "dense(units: 10)]"))
  }

  @Test(arguments: [
    (
      "[conv2D(4), residual([conv2D(4, padding: same), relu]), flatten, dense]",
      [
        "conv2D1/kernel", "conv2D1/bias", "residual1/conv2D1/kernel", "residual1/conv2D1/bias", "dense1/kernel",
        "dense1/bias",
      ]
    ),
    (
      "[residual([conv2D(3, bias: false)], shortcut: [conv2D(3, 3, bias: false)]), flatten, dense(bias: false)]",
      ["residual1/conv2D1/kernel", "residual1/shortcut/conv2D1/kernel", "dense1/kernel"]
    ),
    (
      "[flatten, repeated(2, [dense(5, bias: false), tanh]), named(dense(bias: false), head)]",
      ["repeated1/dense1/kernel", "repeated1/dense2/kernel", "head/kernel"]
    ),
    (
      "[branches([conv2D(2, 1, bias: false), sequential([conv2D(3, padding: same, bias: false), relu])]), "
        + "globalAveragePool, dense(bias: false)]",
      ["branches1/conv2D1/kernel", "branches1/sequential1/conv2D1/kernel", "dense1/kernel"]
    ),
    (
      "[timeDistributed([dense(5, bias: false)]), bidirectional(lstm(3)), dense(bias: false)]",
      [
        "timeDistributed1/dense1/kernel", "bidirectional1/forward/kernel", "bidirectional1/forward/bias",
        "bidirectional1/forward/recurrent/kernel", "bidirectional1/backward/kernel", "bidirectional1/backward/bias",
        "bidirectional1/backward/recurrent/kernel", "dense1/kernel",
      ]
    ),
  ]) func blocksNest(_ text: String, _ paths: [String]) throws {
    #expect(try Set(Self.paths(text, [2, 6, 6])) == Set(paths))
  }

  @Test func blocksComputeWhatTheySay() throws {
    let x = Key(seed: 1).normal([2, 3, 4], dtype: .float64)
    func run(_ layer: any Layer) throws -> (output: Tensor, variables: ModelVariables) {
      let variables = try layer.variables(for: x.type, key: Key(seed: 2), precision: .float64)
      return (layer.apply(variables, to: x, precision: .float64).output, variables)
    }
    func dense(_ variables: ModelVariables, _ path: String) throws -> Tensor {
      x.matmul(try #require(variables.parameters["\(path)/kernel"]))
    }
    let residual = try run(Residual([Dense(4)], shortcut: [Dense(4)], activation: ReLU()))
    let sum = try dense(residual.variables, "dense1") + dense(residual.variables, "shortcut/dense1")
    #expect(try worstError(residual.output.doubles(), ReLU()(sum).doubles()) < 1e-12)
    let branches = try run(Branches([Dense(2), Dense(3)]))
    let joined = try Tensor.concatenate(
      [dense(branches.variables, "dense1"), dense(branches.variables, "dense2")], axis: -1)
    #expect(try worstError(branches.output.doubles(), joined.doubles()) < 1e-12)
    let steps = try run(TimeDistributed([Flatten(), Dense(5)]))
    #expect(try worstError(steps.output.doubles(), dense(steps.variables, "dense1").doubles()) < 1e-12)
    // A sequence read backwards is what the layer makes of the reversed sequence, reversed.
    let both = try run(Bidirectional(GRU(3, result: .sequence)))
    func direction(_ name: String, _ x: Tensor) throws -> Tensor {
      var own = TensorTree()
      for (path, tensor) in both.variables.parameters.pairs where path.hasPrefix(name + "/") {
        own[String(path.dropFirst(name.count + 1))] = tensor
      }
      return GRU(3, result: .sequence).apply(ModelVariables(parameters: own), to: x, precision: .float64).output
    }
    let expected = try Tensor.concatenate(
      [direction("forward", x), direction("backward", x.reverse([1])).reverse([1])], axis: -1)
    #expect(try worstError(both.output.doubles(), expected.doubles()) < 1e-12)
  }

  @Test(arguments: [
    ("[flatten, dense(7)]", "dense1", "gives 7 outputs of the shape [7] per example, but the data need 10"),
    ("[conv2D(4), relu]", "relu1", "but the data need 10"),
    ("[flatten, conv2D(4), dense]", "conv2D1", "takes images"),
    ("[conv2D(4), residual([conv2D(8)]), flatten, dense]", "residual1", "add a shortcut, such as conv2D(8, size: 1)"),
    ("[residual([conv2D(4, 9)]), dense]", "residual1/conv2D1", "spans 9"),
    ("[branches([flatten, relu]), flatten, dense]", "branches1", "can't be joined"),
    ("[reshape([5, 5]), flatten, dense]", "reshape1", "36 elements can't take the shape [5, 5]"),
  ]) func whatDoesNotFitNamesTheLayer(_ text: String, _ path: String, _ says: String) throws {
    let model = try Self.model(text)
    let diagnostic = #expect(throws: Diagnostic.self) { try model.trace(TensorType(.float32, [2, 6, 6])) }
    #expect(diagnostic?.path == path)
    #expect(diagnostic?.message.contains(says) == true, "\(diagnostic?.message ?? "")")
  }

  @Test(arguments: [
    ("[conv2d(8), reluu, dense]", "there is no layer 'reluu': did you mean 'relu'?"),
    ("[maxPol(2), dense]", "there is no layer 'maxPol': did you mean 'maxPool'?"),
    ("[]", "'layers' is empty"), ("[residual([]), dense]", "'layers' is empty"),
    ("[residual, dense]", "'layers' is missing: residual(["), ("[dense(0)]", "'units' is 0"),
    ("[dense(10, sise: 3)]", "dense has no setting 'sise' (known: activation"),
    ("[dense(10, 3)]", "dense doesn't know what '3' is"),
    ("[dropout(1)]", "'rate' is 1, but must be 0 or more and below 1"), ("[conv2D(8, size: [1, 2, 3])]", "'size' is"),
    ("[conv2D(8, padding: full)]", "'padding' takes"), ("[dense(8, activation: rleu)]", "did you mean 'relu'?"),
    ("[dense(units: 8, units: 9)]", "'units' is set twice"), ("[dense(8, units: 9)]", "'units' is set twice"),
    ("[bidirectional(dense(3))]", "there is no recurrent layer 'dense'"),
    ("[[dense]]", "'layers' takes a list of methods"),
    ("[embedding(size: 3)]", "'count' is missing"), ("mlp", "is no list of layers"), ("[dense", "expected"),
  ]) func wrongLayersAreErrors(_ text: String, _ says: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try Self.model(text) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func theirNumberOfOutputsIsKnownToNamedModelsOnly() throws {
    let diagnostic = #expect(throws: Diagnostic.self) { try Dense.outputs.trace(TensorType(.float32, [1, 3])) }
    #expect(diagnostic?.message.contains("which only a model by name knows") == true)
  }
}
