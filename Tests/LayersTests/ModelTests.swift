import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

struct ModelRow: Decodable, CustomTestStringConvertible {
  let name: String
  let model: String
  let isTraining: Bool?
  let image: [Int]?
  let output: FixtureArray?
  let gradients: [String: Double]?
  let state: [String: Double]?
  let counts: [Int]?

  var testDescription: String { name }
}

/// Whole networks against PyTorch and Keras.
@Suite(.tags(.engine)) struct ModelTests {
  static let rows = Result { try Bundle.module.rows("models", of: ModelRow.self) }
  static let names = ((try? rows.get()) ?? []).map(\.name)

  static func model(_ text: String, outputs: Int = 10) throws -> any Layer {
    try Registry<any Architecture>.all.build(MethodSpec(parsing: text)).model(outputs: outputs)
  }

  /// `sin(step·i + offset)` for each element, in row-major order.
  static func wave(_ shape: Shape, step: Double, offset: Double = 0) -> Tensor {
    Tensor((0..<shape.elementCount).map { sin(step * Double($0) + offset) }, shape: shape)
  }

  @Test(arguments: names.filter { !$0.hasPrefix("count") })
  func agreesWithItsSource(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let model = try Self.model(row.model)
    let x = Self.wave(Shape(try #require(row.image)), step: 0.37)
    let own = try model.trace(x.type, precision: .float64).variables
    #expect(Set(own.parameters.paths) == Set(try #require(row.gradients).keys))
    let order = own.parameters.paths.sorted()
    let parameters = try own.parameters.map { path, tensor in
      let (count, last) = (Double(tensor.shape.elementCount), Double(tensor.shape.last))
      let scale = path.hasSuffix("kernel") ? (2 / (count / last)).squareRoot() : 0.1
      let place = Double(try #require(order.firstIndex(of: path)))
      return Self.wave(tensor.shape, step: 0.7, offset: place) * scale + (path.hasSuffix("scale") ? 1 : 0)
    }
    let state = try own.state.evaluate()
    func apply(_ point: [Tensor]) -> (output: Tensor, state: TensorTree) {
      model.apply(
        ModelVariables(parameters: parameters.with(point), state: state), to: x, isTraining: row.isTraining == true,
        precision: .float64)
    }
    let result = apply(parameters.tensors)
    let expected = try #require(row.output)
    let cotangent = Self.wave(Shape(expected.shape), step: 1, offset: .pi / 2)
    let gradients = valueAndGradient(at: parameters.tensors) { (apply($0).output * cotangent).sum() }.gradients
    // All in one program: compiling takes the time.
    let norms = (gradients + result.state.tensors).map { $0.squared().sum().sqrt() }
    let computed = try Tensor.evaluate([result.output] + norms)
    #expect(worstError(try computed[0].doubles(), expected.numbers) < 1e-9)
    #expect(Set(result.state.paths) == Set(row.state?.keys.map { $0 } ?? []))
    let (gradientNorms, stateNorms) = (try #require(row.gradients), try #require(row.state))
    for (path, norm) in zip(parameters.paths + result.state.paths, computed.dropFirst()) {
      let known = try #require(gradientNorms[path] ?? stateNorms[path])
      #expect(worstError([try norm.scalar()], [known]) < 1e-8, "\(path)")
    }
  }

  @Test(arguments: names.filter { $0.hasPrefix("count") })
  func hasAsManyParameters(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let summary = try Self.model(row.model).layerSummary(for: TensorType(.float32, [1, 32, 32, 3]))
    #expect([summary.trainableCount + summary.stateCount, summary.stateCount] == row.counts)
  }

  /// The published counts.
  @Test(arguments: [
    ("cnn", 42_442, 0), ("cnn(filters: [6, 16], size: 5, hidden: [120, 84])", 62_006, 0),
    ("nineConv", 1_925_258, 2_688), ("wideResNet(depth: 28, width: 10)", 36_479_194, 17_952),
  ])
  func countsAreThePublishedOnes(_ model: String, _ trainable: Int, _ state: Int) throws {
    let summary = try Self.model(model).layerSummary(for: TensorType(.float32, [1, 32, 32, 3]))
    #expect((summary.trainableCount, summary.stateCount) == (trainable, state))
  }

  @Test func nineConvHasTheMomentumThatIsSet() throws {
    let named = try Registry<any Architecture>.all.build(MethodSpec(parsing: "nineConv(momentum: 0.88)"))
    let network = try #require(named as? NineConvArchitecture)
    #expect(network.normalization == BatchNormConvention(momentum: 0.88, epsilon: 1e-3))
    #expect(NineConvArchitecture().normalization == .keras)
  }

  /// Keras' table: shapes, counts, totals and columns, with our layers' names.
  @Test func summaryOfTheConvolutionalNetwork() throws {
    let expected = """
      Model: "cnn"
      _________________________________________________________________
      Layer (type)                 Output Shape              Param #   \("")
      =================================================================
      conv2D1 (Conv2D)             (None, 30, 30, 32)        896       \("")
      _________________________________________________________________
      maxPool2D1 (MaxPool2D)       (None, 15, 15, 32)        0         \("")
      _________________________________________________________________
      conv2D2 (Conv2D)             (None, 13, 13, 64)        18496     \("")
      _________________________________________________________________
      maxPool2D2 (MaxPool2D)       (None, 6, 6, 64)          0         \("")
      _________________________________________________________________
      flatten1 (Flatten)           (None, 2304)              0         \("")
      _________________________________________________________________
      dense1 (Dense)               (None, 10)                23050     \("")
      =================================================================
      Total params: 42,442
      Trainable params: 42,442
      Non-trainable params: 0
      _________________________________________________________________
      """
    for dtype in [DType.float32, .float64, .bfloat16] {
      #expect(try Self.model("cnn").summary(for: TensorType(dtype, [100, 32, 32, 3])) == expected)
    }
  }

  @Test func summariesCountWhatIsNotTrained() throws {
    let text = try Self.model("nineConv").summary(for: TensorType(.float32, [1, 32, 32, 3]))
    #expect(text.contains("\nbatchNorm1 (BatchNorm)       (None, 32, 32, 64)        256       \n"))
    #expect(text.contains("\nTotal params: 1,927,946\nTrainable params: 1,925,258\nNon-trainable params: 2,688\n"))
  }

  @Test(arguments: ["cnn(filters: 4)", "nineConv(filters: [2, 3, 4])", "wideResNet(depth: 10, width: 1)"])
  func imagesMayHaveNoChannels(_ name: String) throws {
    let model = try Self.model(name)
    let (gray, explicit) = try (
      model.trace(TensorType(.float32, [2, 28, 28])), model.trace(TensorType(.float32, [2, 28, 28, 1]))
    )
    #expect(gray.variables.parameters.types == explicit.variables.parameters.types)
    #expect(gray.records.last?.output == TensorType(.float32, [2, 10]))
  }

  @Test(arguments: [
    "wideResNet(depth: 17)", "wideResNet(depth: 4)", "wideResNet(width: 0)", "wideResNet(shortcut: none)",
    "wideResNet(dropout: 1)", "cnn(filters: [0])", "cnn(size: 0)", "cnn(size: 1.5)", "nineConv(repeats: 0)",
    "nineConv(filters: [-1])", "nineConv(momentum: 1.1)", "nineConv(epsilon: -1)", "cnn(deep: true)",
  ])
  func wrongOptionsAreErrors(_ text: String) throws {
    #expect(throws: ConfigurationError.self) { try Self.model(text) }
  }

  @Test func networksThatCannotBeAreErrors() throws {
    let input = TensorType(.float32, [1, 8, 8, 3])
    for model in [
      WideResNet(depth: 12, width: 1, outputs: 2), WideResNet(depth: Int.max, width: 1, outputs: 2),
      WideResNet(depth: 10, width: Int.max, outputs: 2), WideResNet(depth: 10, width: 1, outputs: 0),
    ] {
      #expect(throws: Diagnostic.self) { try model.trace(input) }
    }
    // Too small for the second convolution.
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Self.model("cnn").trace(TensorType(.float32, [1, 5, 5, 3]))
    }
    #expect(diagnostic?.path == "conv2D2")
    // Flat data.
    #expect(throws: Diagnostic.self) { try Self.model("wideResNet").trace(TensorType(.float32, [1, 784])) }
  }
}
