import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

struct ArchitectureRow: Decodable, CustomTestStringConvertible {
  let name: String
  let model: String
  let source: String
  let isTraining: Bool
  let input: [Int]
  let output: FixtureArray
  let shapes: [String: [Int]]
  let gradients: [String: Double]
  let state: [String: Double]

  var testDescription: String { "\(source): \(name)" }
}

/// Networks by name against torchvision, timm and PyTorch, by their names for parameters.
@Suite(.tags(.engine, .slow)) struct ArchitectureTests {
  static let rows = Result { try Bundle.module.rows("architectures", of: ArchitectureRow.self) }
  static let names = ((try? rows.get()) ?? []).map(\.name)

  static func model(_ text: String, outputs: Int = 10) throws -> any Layer {
    try Registry<any Architecture>.all.build(MethodSpec(parsing: text)).model(outputs: outputs)
  }

  /// A parameter's name there: dots, and PyTorch's words at the end.
  static func foreign(_ path: String) -> String {
    let words = [
      "kernel": "weight", "scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var",
      "in_proj_kernel": "in_proj_weight",
    ]
    var parts = path.split(separator: "/").map(String.init)
    if let last = parts.popLast() { parts.append(words[last] ?? last) }
    return parts.joined(separator: ".")
  }

  /// The axes of an array there, for each of ours.
  static func axes(of path: String, _ rank: Int) -> [Int] {
    guard path.hasSuffix("kernel") else { return Array(0..<rank) }
    return rank == 4 ? [2, 3, 1, 0] : [1, 0]
  }

  static func foreignShape(_ path: String, _ shape: Shape) -> Shape {
    let axes = axes(of: path, shape.rank)
    return Shape(axes.indices.map { axis in shape[axes.firstIndex(of: axis) ?? axis] })
  }

  static func wave(_ shape: Shape, step: Double, offset: Double = 0) -> Tensor {
    let steps = Tensor.iota([shape.elementCount], axis: 0, dtype: .float64)
    return (steps * step + offset).sin().reshape(to: shape)
  }

  /// The fixture's weights, in our layouts.
  static func weights(_ own: TensorTree) -> TensorTree {
    let order = own.paths.map(foreign).sorted()
    return own.map { path, tensor in
      let (axes, shape) = (axes(of: path, tensor.rank), foreignShape(path, tensor.shape))
      let isWeight = foreign(path).hasSuffix("weight")
      let fan = Double(shape.elementCount / Swift.max(1, shape.first ?? 1))
      let scale = isWeight && shape.rank > 1 ? (2 / fan).squareRoot() : 0.1
      let place = Double(order.firstIndex(of: foreign(path)) ?? 0)
      let values = wave(shape, step: 0.7, offset: place) * scale + (isWeight && shape.rank == 1 ? 1 : 0)
      return values.transpose(axes)
    }
  }

  @Test(arguments: names) func agreesWithItsSource(_ name: String) throws {
    let row = try #require(try Self.rows.get().first { $0.name == name })
    let model = try Self.model(row.model)
    let x = Self.wave(Shape(row.input), step: 0.37)
    let own = try model.trace(x.type, precision: .float64).variables
    let shapes = own.parameters.pairs.map {
      (Self.foreign($0.path), Array(Self.foreignShape($0.path, $0.tensor.shape)))
    }
    try #require(Dictionary(uniqueKeysWithValues: shapes) == row.shapes)
    #expect(Set(own.state.paths.map(Self.foreign)) == Set(row.state.keys))
    let parameters = Self.weights(own.parameters)
    func apply(_ point: [Tensor]) -> (output: Tensor, state: TensorTree) {
      model.apply(
        ModelVariables(parameters: parameters.with(point), state: own.state), to: x, isTraining: row.isTraining,
        precision: .float64)
    }
    let result = apply(parameters.tensors)
    guard row.isTraining else {
      // In single precision too, as people run it.
      let single = ModelVariables(
        parameters: parameters.map { $1.cast(to: .float32) }, state: own.state.map { $1.cast(to: .float32) })
      let narrow = model.apply(single, to: x.cast(to: .float32)).output.cast(to: .float64)
      let computed = try Tensor.evaluate([result.output, narrow])
      #expect(worstError(try computed[0].doubles(), row.output.numbers) < 1e-9)
      #expect(worstError(try computed[1].doubles(), row.output.numbers) < 1e-4)
      return
    }
    let cotangent = Self.wave(Shape(row.output.shape), step: 1, offset: .pi / 2)
    let gradients = valueAndGradient(at: parameters.tensors) { (apply($0).output * cotangent).sum() }.gradients
    // All in one program: compiling takes the time.
    let norms = (gradients + result.state.tensors).map { $0.squared().sum().sqrt() }
    let computed = try Tensor.evaluate([result.output] + norms)
    #expect(worstError(try computed[0].doubles(), row.output.numbers) < 1e-9)
    for (path, norm) in zip(own.parameters.paths + result.state.paths, computed.dropFirst()) {
      let known = try #require(row.gradients[Self.foreign(path)] ?? row.state[Self.foreign(path)])
      #expect(worstError([try norm.scalar()], [known]) < 1e-8, "\(path)")
    }
  }

  /// torchvision's, timm's and Keras Applications' counts for 1000 classes.
  @Test(arguments: [
    ("resNet(18)", 11_689_512, 9_600), ("resNet(34)", 21_797_672, 17_024), ("resNet(50)", 25_557_032, 53_120),
    ("resNet(101)", 44_549_160, 105_344), ("resNet(152)", 60_192_808, 151_424),
    ("preActResNet(18)", 11_687_720, 7_808), ("preActResNet(34)", 21_795_880, 15_232),
    ("preActResNet(50)", 25_549_352, 45_440), ("preActResNet(101)", 44_541_480, 97_664),
    ("mobileNetV3(small)", 2_542_856, 12_112), ("mobileNetV3(large)", 5_483_032, 24_400), ("vit", 86_567_656, 0),
    ("kerasResNet", 25_583_592, 53_120), ("kerasResNet(101)", 44_601_832, 105_344),
    ("kerasResNet(152)", 60_268_520, 151_424), ("kerasResNet(version: v2)", 25_568_360, 45_440),
    ("mlpMixer", 59_880_472, 0), ("mlpMixer(width: 512, depth: 8)", 18_528_264, 0),
  ]) func hasAsManyParameters(_ text: String, _ trainable: Int, _ state: Int) throws {
    let variables = try Self.model(text, outputs: 1000).trace(TensorType(.float32, [1, 224, 224, 3])).variables
    #expect((variables.parameters.elementCount, variables.state.elementCount) == (trainable, state))
  }

  /// Sequences of numbers, series of one number per step, and tokens.
  @Test(arguments: [
    "lstm", "lstm([8, 4], bidirectional: true, dropout: 0.1)", "gru([6])", "gru(convention: pyTorch)", "transformer",
    "transformer(width: 8, heads: 2, norm: after, positions: learned, pooling: last, causal: true, dropout: 0.1)",
    "transformer(8, depth: 1, heads: 2, positions: none, pooling: first)", "transformer(pooling: middle)",
  ]) func sequencesGoThrough(_ text: String) throws {
    let spec = try MethodSpec(parsing: text)
    for (type, isToken) in [
      (TensorType(.float32, [2, 5, 3]), false), (TensorType(.float32, [2, 5]), false),
      (TensorType(.int32, [2, 5]), true),
      (TensorType(.float32, [2, 5]), true),
    ] {
      var options = spec.options
      if isToken { try options.set("vocabulary", .number(11)) }
      let model = try Registry<any Architecture>.all.build(MethodSpec(spec.name, options)).model(outputs: 4)
      let (records, variables) = try model.trace(type)
      #expect(records.last?.output == TensorType(.float32, [2, 4]))
      let embeddings = variables.parameters.paths.filter { $0.hasPrefix("embedding") }
      #expect(embeddings.isEmpty != isToken)
    }
  }

  @Test(arguments: [
    ("resNet(20)", "'depth' is 20, but must be 18, 34, 50, 101, 152"), ("resNet(stem: mnist)", "'stem' is mnist"),
    ("resNet(width: 0)", "'width' is 0"), ("kerasResNet(18)", "'depth' is 18, but must be 50, 101, 152"),
    ("mobileNetV3(medium)", "'size' is medium"),
    ("vit(heads: 0)", "'heads' is 0"),
    ("lstm([0])", "'units' is 0"), ("gru(vocabulary: 0)", "'vocabulary' is 0"),
    ("transformer(norm: never)", "'norm' is never"),
    ("resnet50", "did you mean 'resNet'?"), ("mlpMixer(tokens: -1)", "'tokens' is -1"),
  ]) func wrongSettingsAreErrors(_ text: String, _ says: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try Self.model(text) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("vit(patch: 5)", [1, 32, 32, 3], "", "whose height and width a patch of 5 divides"),
    ("mlpMixer(patch: 3)", [1, 32, 32, 3], "", "whose height and width a patch of 3 divides"),
    (
      "vit(patch: 8, width: 10, heads: 3)", [1, 32, 32, 3], "encoder/layers/encoder_layer_0/self_attention",
      "3 heads divide"
    ),
    ("resNet", [1, 784], "conv1", "takes images"), ("transformer", [1, 4, 4, 1], "", "takes sequences"),
    ("lstm", [1, 4, 4, 1], "lstm1", "takes sequences"),
  ]) func whatDoesNotFitNamesTheLayer(_ text: String, _ shape: [Int], _ path: String, _ says: String) throws {
    let model = try Self.model(text)
    let diagnostic = #expect(throws: Diagnostic.self) { try model.trace(TensorType(.float32, Shape(shape))) }
    #expect(diagnostic?.path == path)
    #expect(diagnostic?.message.contains(says) == true, "\(diagnostic?.message ?? "")")
  }
}
