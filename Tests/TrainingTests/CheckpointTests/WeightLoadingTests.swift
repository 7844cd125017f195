import Foundation
import TestSupport
import Testing

@testable import Training

/// Files of weights under the names that people have them.
@Suite(.tags(.engine)) struct WeightLoadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The small convolutional network of the fixtures.
  private static func trainer(classes: Int = 10, precision: Precision = .float32) throws -> Trainer {
    try Trainer(
      model: CNNArchitecture(filters: [3, 4], hidden: [5]).model(outputs: classes),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)),
      inputs: WeightExchangeTests.batch("cnn"), precision: precision, seed: 5)
  }

  private func file(_ framework: String) throws -> Safetensors {
    try Safetensors(contentsOf: Bundle.module.fixture("cnn_\(framework).safetensors"))
  }

  /// Loads a file, whose outputs must be the other framework's.
  private func load(_ name: String, _ framework: String, tolerance: Double = 1e-5) throws -> WeightMatch {
    let trainer = try Self.trainer()
    let match = try trainer.loadWeights(from: folder(name))
    let expected = try WeightExchangeTests.row("cnn", framework).outputs.values
    let outputs = try trainer.predict(WeightExchangeTests.batch("cnn")).values(as: Float.self)
    #expect(distance(outputs.map(Double.init), expected) < tolerance)
    #expect(match.loaded.count == 8 && match.isComplete && match.head.isEmpty)
    return match
  }

  /// A file's arrays with the names of its layers replaced, in any order.
  private func rename(_ framework: String, _ separator: String, _ names: [String], prefix: String = "") throws
    -> [String: HostArray]
  {
    let own = ["conv2D1", "conv2D2", "dense1", "dense2"]
    return Dictionary(
      uniqueKeysWithValues: try file(framework).tensors.map { name, array in
        let parts = name.components(separatedBy: separator)
        let module = own.firstIndex(of: parts[0]).map { names[$0] } ?? parts[0]
        return (prefix + module + separator + parts[1], array)
      })
  }

  private func write(_ arrays: [String: HostArray], to name: String) throws {
    var file = Safetensors()
    for (name, array) in arrays { file.tensors[name] = array }
    try file.write(to: folder(name))
  }

  @Test(arguments: ["pyTorch", "keras"]) func namesTellTheFramework(_ framework: String) throws {
    try file(framework).write(to: folder("plain"))
    let match = try load("plain", framework)
    #expect(match.naming.lowercased() == (framework == "keras" ? "tanren" : "pytorch"))
    #expect(match.renamed.isEmpty && match.notes.isEmpty)
  }

  /// What Tanren exports, a saved model's statistics, and NumPy's archives.
  @Test func ownNamesAndArchives() throws {
    let trainer = try Self.trainer()
    try file("pyTorch").write(to: folder("theirs"))
    try trainer.loadWeights(from: folder("theirs"))
    try trainer.exportWeights(to: folder("ours"))
    #expect(try load("ours", "pyTorch").naming == "Tanren")
    var saved = try Safetensors(contentsOf: folder("ours"))
    saved.tensors["preprocessing/mean"] = try HostArray([1.0])
    saved.metadata["format"] = "tanren model"
    try saved.write(to: folder("saved"))
    _ = try load("saved", "pyTorch")
    try NPZ.write(rename("pyTorch", ".", ["conv2D1", "conv2D2", "dense1", "dense2"]), to: folder("arrays.npz"))
    #expect(try load("arrays.npz", "pyTorch").naming == "PyTorch")
  }

  /// `nn.Sequential`, wrappers, numbered names, and the names that Keras makes up.
  @Test(arguments: [
    ("pyTorch", ".", "", ["0", "3", "7", "10"], 4), ("pyTorch", ".", "module.", ["0", "3", "7", "10"], 4),
    ("pyTorch", ".", "", ["features.0", "features.3", "classifier.1", "classifier.4"], 4),
    ("pyTorch", ".", "", ["conv1", "conv2", "fc1", "fc2"], 4),
    ("pyTorch", ".", "module.", ["conv2D1", "conv2D2", "dense1", "dense2"], 0),
    ("keras", "/", "", ["conv2d", "conv2d_1", "dense", "dense_1"], 4),
    ("keras", "/", "sequential_2/", ["conv2d_9", "conv2d_10", "dense_6", "dense_7"], 4),
  ]) func layersAreMatchedByTheirOrder(
    _ framework: String, _ separator: String, _ prefix: String, _ names: [String], _ renamed: Int
  ) throws {
    try write(rename(framework, separator, names, prefix: prefix), to: "renamed")
    let match = try load("renamed", framework)
    #expect(match.renamed.count == renamed)
    if renamed > 0 {
      #expect(
        Set(match.renamed.map { "\($0.there) \($0.here)" })
          == Set(zip(names, ["conv2D1", "conv2D2", "dense1", "dense2"]).map { "\($0) \($1)" }))
      #expect(match.notes.first?.hasPrefix("matched by their order: ") == true)
    }
    let tensorFlow = try rename(framework, separator, names, prefix: prefix).map { ($0.key + ":0", $0.value) }
    if framework == "keras" {
      try NPZ.write(Dictionary(uniqueKeysWithValues: tensorFlow), to: folder("tensorflow.npz"))
      _ = try load("tensorflow.npz", framework)
    }
  }

  /// Names that say nothing about the order aren't guessed.
  @Test(arguments: [["stem", "body", "fc1", "fc2"], ["a1.conv1", "a2.conv2", "fc1", "fc2"]])
  func orderIsNotGuessed(_ names: [String]) throws {
    try write(rename("pyTorch", ".", names), to: "renamed")
    let trainer = try Self.trainer()
    let error = #expect(throws: WeightError.self) { try trainer.loadWeights(from: folder("renamed")) }
    guard case .nothingFits = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      error?.description.contains("\(names[1]).bias") == true && error?.description.contains("conv2D1/kernel") == true)
  }

  @Test func otherPrecisionsAreConverted() throws {
    for (dtype, tolerance) in [(DType.float64, 1e-5), (.float16, 0.01), (.bfloat16, 0.1)] {
      var other = try file("pyTorch")
      for (name, array) in other.tensors { other.tensors[name] = try Tensor(array).cast(to: dtype).hostArray() }
      try other.write(to: folder("other"))
      let match = try load("other", "pyTorch", tolerance: tolerance)
      #expect(match.converted.count == 8 && match.notes == ["8 arrays converted to the model's element type"])
    }
    let half = try Self.trainer(precision: .bfloat16)
    #expect(try half.loadWeights(from: folder("other")).converted.count == 8)
    #expect(half.state.parameters["dense1/kernel"]?.dtype == .float32)
  }

  @Test func aNewHeadStaysAsItIsInitialized() throws {
    let trainer = try Self.trainer(classes: 4)
    let before = try trainer.arrays()
    try file("pyTorch").write(to: folder("weights"))
    // Without the policy it is another model.
    let error = #expect(throws: WeightError.self) { try trainer.loadWeights(from: folder("weights")) }
    #expect(error?.description.contains("dense2.weight is float32[10, 5], not float32[4, 5]") == true)
    #expect(error?.description.contains("'head: new'") == true)
    #expect(try trainer.arrays() == before)
    let policy = WeightPolicy(replacesHead: true)
    var match = try trainer.loadWeights(from: folder("weights"), policy)
    #expect(match.loaded.count == 6 && match.head == ["dense2/kernel", "dense2/bias"])
    #expect(match.notes == ["new: dense2/kernel, dense2/bias"])
    func unchanged() throws -> Set<String> {
      let now = try trainer.arrays()
      return Set(before.filter { now[$0.key] == $0.value }.map(\.key))
    }
    #expect(try unchanged() == ["parameters/dense2/kernel", "parameters/dense2/bias"])
    // A file without a head, under names of its own.
    var headless = try rename("pyTorch", ".", ["0", "3", "7", "10"])
    headless["10.weight"] = nil
    headless["10.bias"] = nil
    headless["7.num_batches_tracked"] = try HostArray([Int64(7)], shape: [])
    try write(headless, to: "headless")
    match = try trainer.loadWeights(from: folder("headless"), policy)
    #expect(match.loaded.count == 6 && match.ignored == ["7.num_batches_tracked"])
    #expect(match.notes.last == "ignored counters: 7.num_batches_tracked")
  }

  @Test func whatFitsIsLoadedIfAskedFor() throws {
    let trainer = try Self.trainer()
    let before = try trainer.arrays()
    var arrays = try file("pyTorch").tensors
    arrays["conv2D1.weight"] = nil
    arrays["dense1.weight"] = try HostArray([Float](repeating: 0, count: 6), shape: [2, 3])
    arrays["extra.weight"] = try HostArray([Float(1)])
    try Safetensors(arrays).write(to: folder("weights"))
    let error = #expect(throws: WeightError.self) { try trainer.loadWeights(from: folder("weights")) }
    guard case .unfit(folder("weights"), let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.missing == ["conv2D1.weight"] && found.unexpected == ["extra.weight"])
    #expect(found.mismatched.map(\.path) == ["dense1.weight"])
    let match = try trainer.loadWeights(from: folder("weights"), WeightPolicy(allowsPartial: true))
    #expect(match.loaded.count == 6 && match.notes.count == 3 && match == found)
    let now = try trainer.arrays()
    #expect(now["parameters/conv2D1/kernel"] == before["parameters/conv2D1/kernel"])
    #expect(now["parameters/dense1/kernel"] == before["parameters/dense1/kernel"])
    #expect(now["parameters/dense2/kernel"] != before["parameters/dense2/kernel"])
  }

  /// Ten steps from PyTorch's weights with a new head, as PyTorch makes them: of all layers, and with frozen convolutions.
  @Test(arguments: ["all", "frozen"]) func fineTuningIsPyTorchs(_ layers: String) throws {
    let count = 8
    let inputs = (0..<count * 18 * 14 * 3).map { Float(sin(0.37 * Double($0))) }
    let data = try LabeledArrays(
      inputs: HostArray(inputs, shape: [count, 18, 14, 3]), targets: HostArray((0..<count).map { Int32($0 % 4) }),
      classCount: 4)
    let trainer = try Trainer(
      model: CNNArchitecture(filters: [3, 4], hidden: [5]).model(outputs: 4),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: Momentum(learningRate: 0.05, momentum: 0.9)) {
        if layers == "frozen" { $0.freeze = try PathFilter(including: ["^conv"]) }
      },
      inputs: data.inputs)
    try file("pyTorch").write(to: folder("weights"))
    try trainer.loadWeights(from: folder("weights"), WeightPolicy(replacesHead: true))
    let head = (0..<20).map { Float(sin(0.7 * Double($0)) * 0.5) }
    try Safetensors([
      "dense2.weight": HostArray(head, shape: [4, 5]), "dense2.bias": HostArray([Float](repeating: 0, count: 4)),
    ]).write(to: folder("head"))
    try trainer.loadWeights(from: folder("head"), WeightPolicy(allowsPartial: true))
    let history = try trainer.fit(data, epochs: 10, batchSize: count)
    let expected = try Bundle.module.decodeFixture("fine_tuning", as: [String: [Double]].self)
    #expect(distance(history.values("loss").map(\.value), expected[layers]) < 1e-5)
  }

  /// A vision transformer by torchvision's names, by older ones and by timm's; attention and the kernels of transposed
  /// convolutions keep their meaning.
  @Test func namesOfTransformers() throws {
    func trainer(seed: UInt64) throws -> Trainer {
      try Trainer(
        model: VisionTransformer(patch: 4, width: 8, depth: 2, heads: 2, outputs: 3),
        method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()), inputs: TensorType(.float32, [1, 8, 8, 3]),
        seed: seed)
    }
    let one = try trainer(seed: 1)
    try one.exportWeights(to: folder("torchvision"), layout: .pyTorch)
    let file = try Safetensors(contentsOf: folder("torchvision"))
    let names = Set(file.tensors.keys)
    for name in [
      "class_token", "conv_proj.weight", "encoder.pos_embedding", "encoder.ln.bias", "heads.head.weight",
      "encoder.layers.encoder_layer_1.self_attention.in_proj_weight", "encoder.layers.encoder_layer_0.mlp.3.bias",
      "encoder.layers.encoder_layer_0.self_attention.out_proj.weight",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(file.tensors["encoder.layers.encoder_layer_1.self_attention.in_proj_weight"]?.shape == [24, 8])
    func renamed(_ pairs: [(String, String)]) -> Safetensors {
      var other = Safetensors()
      for (name, array) in file.tensors {
        other.tensors[pairs.reduce(name) { $0.replacing($1.0, with: $1.1) }] = array
      }
      return other
    }
    try renamed([("mlp.0.", "mlp.linear_1."), ("mlp.3.", "mlp.linear_2.")]).write(to: folder("old"))
    try renamed([
      ("class_token", "cls_token"), ("encoder.pos_embedding", "pos_embed"), ("conv_proj.", "patch_embed.proj."),
      ("encoder.ln.", "norm."), ("heads.head.", "head."), ("encoder.layers.encoder_layer_", "blocks."),
      ("ln_1", "norm1"), ("ln_2", "norm2"), ("self_attention.in_proj_", "attn.qkv."),
      ("self_attention.out_proj", "attn.proj"), ("mlp.0.", "mlp.fc1."), ("mlp.3.", "mlp.fc2."),
    ]).write(to: folder("timm"))
    #expect(try Safetensors(contentsOf: folder("timm")).tensors.keys.contains("blocks.1.attn.qkv.weight"))
    for name in ["torchvision", "old", "timm"] {
      let other = try trainer(seed: 2)
      let match = try other.loadWeights(from: folder(name))
      #expect(match.naming == "PyTorch" && match.renamed.isEmpty && match.isComplete, "\(name)")
      #expect(try other.arrays() == one.arrays(), "\(name)")
    }
  }

  /// PyTorch has the kernel as [inputs, filters, rows, columns], Keras as [rows, columns, filters, inputs].
  @Test func kernelsOfTransposedConvolutions() throws {
    let model = Sequential { ConvTranspose2D(5, size: Extent2D(2, 3)) }
    let (records, variables) = try model.trace(TensorType(.float32, [1, 4, 4, 7]))
    let path = try #require(variables.parameters.paths.first { $0.hasSuffix("kernel") })
    let module = String(path.dropLast("/kernel".count))
    for (layout, name, shape, axes) in [
      (WeightLayout.pyTorch, "\(module).weight", [7, 5, 2, 3], [2, 3, 0, 1]),
      (.keras, "\(module)/kernel", [2, 3, 5, 7], [0, 1, 3, 2]), (.tanren, path, [2, 3, 7, 5], [0, 1, 2, 3]),
    ] {
      let file = try layout.exported(variables, records: records)
      #expect(file.tensors[name]?.shape == shape)
      let kernel = try #require(variables.parameters[path])
      #expect(try file.tensors[name] == kernel.transpose(axes).hostArray())
      let back = try layout.imported(file, for: variables, records: records)
      #expect(try back.parameters[path]?.hostArray() == kernel.hostArray())
    }
  }

  /// Files that aren't read say how they become ones that are.
  @Test func otherFilesAreErrors() throws {
    let trainer = try Self.trainer()
    func error(_ path: String) throws -> String {
      try #require(#expect(throws: WeightError.self) { try trainer.loadWeights(from: path) }).description
    }
    let pickle = Bundle.module.fixture("state_dict.pth")
    #expect(try error(pickle).hasPrefix("\(pickle) is a pickle of PyTorch, which isn't read. "))
    #expect(try error(pickle).contains("python3 -c \"import torch"))
    // The old format, whatever the file's name.
    try folder.write([0x80, 2, 0x8a, 0x0a], to: "pytorch_model.bin")
    #expect(try error(folder("pytorch_model.bin")).contains("a pickle of PyTorch"))
    try folder.write([0x89] + Array("HDF\r\n".utf8), to: "model.h5")
    #expect(try error(folder("model.h5")).contains("python3 -c \"import keras"))
    try folder.write("weights", to: "weights.txt")
    #expect(try error(folder("weights.txt")).contains("read from safetensors and NPZ files"))
    let bytes = try file("pyTorch").bytes()
    try folder.write(Array(bytes.prefix(600)), to: "half")
    #expect(try error(folder("half")).contains("truncated"))
    try folder.write(Array("PK".utf8) + [3, 4, 5, 6, 7, 8, 9, 10], to: "zip.npz")
    #expect(try error(folder("zip.npz")).contains("zip.npz"))
    #expect(try error(folder("absent")).contains("Check the path"))
  }
}
