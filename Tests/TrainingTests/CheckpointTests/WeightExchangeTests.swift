import Foundation
import Testing

@testable import Training

/// A row of weights.json: see its generator.
struct WeightRow: Decodable {
  struct Outputs: Decodable {
    let shape: [Int]
    let values: [Double]
  }
  struct Named: Decodable {
    let name: String
    let shape: [Int]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      name = try list.decode(String.self)
      shape = try list.decode([Int].self)
    }
  }
  let framework: String
  let model: String
  let arrays: [Named]
  let outputs: Outputs

  /// The weights as that framework keeps them.
  func file() throws -> Safetensors {
    if model == "cnn" { return try Safetensors(contentsOf: Scratch.fixture("cnn_\(framework).safetensors")) }
    var file = Safetensors()
    for (n, array) in arrays.enumerated() {
      let (rank, count) = (array.shape.count, array.shape.reduce(1, *))
      let values = (0..<count).map { i in
        let wave = sin(0.7 * Double(i) + Double(n))
        return Float(rank == 1 ? 0.5 + 0.3 * wave : pow(Double(count), -0.25) * wave)
      }
      file.tensors[array.name] =
        try rank == 0
        ? HostArray([Int64(n)], shape: []) : HostArray(values, shape: array.shape)
    }
    return file
  }
}

/// Weights from PyTorch and Keras, and to them.
@Suite struct WeightExchangeTests {
  static let layouts: [String: WeightLayout] = ["pyTorch": .pyTorch, "keras": .keras]

  /// Indices stay indices.
  private struct Unchanged: Preprocessing {
    func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor { inputs }
  }

  static func rows() throws -> [WeightRow] {
    try JSONDecoder().decode(
      [WeightRow].self, from: Data(contentsOf: URL(fileURLWithPath: Scratch.fixture("weights.json"))))
  }

  static func row(_ model: String, _ framework: String) throws -> WeightRow {
    try #require(try rows().first { $0.model == model && $0.framework == framework })
  }

  static func model(_ name: String, cells: RecurrentConvention = .keras) throws -> any Layer {
    func recurrent(_ cell: any RecurrentCell) -> any Layer {
      Sequential {
        Embedding(7, size: 4); LayerNorm(); Recurrent(cell); Dense(2)
      }
    }
    let models: [String: any Layer] = [
      "cnn": CNNArchitecture(filters: [3, 4], hidden: [5]).model(outputs: 10),
      "nineConv": NineConvArchitecture(filters: [3, 4], repeats: 1).model(outputs: 10),
      "wideResNet": WideResNet(depth: 10, width: 1, outputs: 10),
      "norms": Sequential {
        Conv2D(4, size: 3, groups: 2, hasBias: false)
        LayerNorm(axes: 3)
        Flatten()
        BatchNorm()
        Tanh()
        Dense(3)
      },
      "flat": Sequential {
        Embedding(7, size: 4); Flatten(); Dense(5); Tanh(); Dense(3)
      },
      "lstm": recurrent(LSTMCell(3, convention: cells)),
      "gru": recurrent(GRUCell(3, convention: cells)),
      "rnn": recurrent(SimpleRNNCell(3, convention: cells)),
    ]
    return try #require(models[name])
  }

  static func batch(_ name: String) throws -> HostArray {
    let images = [
      "cnn": [2, 18, 14, 3], "nineConv": [2, 6, 4, 3], "wideResNet": [2, 8, 8, 3], "norms": [2, 5, 6, 2],
    ]
    if let shape = images[name] {
      return try HostArray((0..<shape.reduce(1, *)).map { Float(sin(0.37 * Double($0))) }, shape: shape)
    }
    let shape = name == "flat" ? [4, 3] : [2, 5]
    return try HostArray((0..<shape[0] * shape[1]).map { Int32($0 * 5 % 7) }, shape: shape)
  }

  static func trainer(_ name: String, cells: RecurrentConvention = .keras, seed: UInt64 = 1) throws -> Trainer {
    try Trainer(
      model: model(name, cells: cells),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
        $0.preprocessing = Unchanged()
      },
      inputs: batch(name), seed: seed)
  }

  static let models = ["cnn", "nineConv", "wideResNet", "norms", "flat", "lstm", "gru", "rnn"]

  @Test(arguments: models, ["pyTorch", "keras"]) func computesWhatTheOtherDid(_ name: String, _ framework: String)
    throws
  {
    let (row, layout) = (try Self.row(name, framework), try #require(Self.layouts[framework]))
    let (scratch, file) = (try Scratch(), try row.file())
    try file.write(to: scratch.file("theirs"))
    for cells in RecurrentConvention.allCases {
      let trainer = try Self.trainer(name, cells: cells)
      try trainer.importWeights(from: scratch.file("theirs"), layout: layout)
      let outputs = try trainer.predict(Self.batch(name))
      #expect(outputs.shape == row.outputs.shape)
      let worst = zip(try outputs.values(as: Float.self), row.outputs.values).map { Swift.abs(Double($0) - $1) }.max()
      // Relative to the largest output: those of the residual network reach 48.
      let largest = row.outputs.values.map(\.magnitude).max() ?? 0
      #expect(worst ?? 1 < 1e-5 * Swift.max(1, largest), "\(cells)")
      // And back, counters aside: PyTorch computes nothing with them.
      try trainer.exportWeights(to: scratch.file("ours"), layout: layout)
      let (ours, theirs) = (
        try Safetensors(contentsOf: scratch.file("ours")).tensors, file.tensors.filter { !$1.shape.isEmpty }
      )
      #expect(Set(ours.keys) == Set(theirs.keys))
      guard "\(cells)" == framework else { continue }
      #expect(ours == theirs)
      if name == "cnn" {
        #expect(
          try scratch.read("ours")
            == [UInt8](Data(contentsOf: URL(fileURLWithPath: Scratch.fixture("cnn_\(framework).safetensors")))))
      }
    }
  }

  /// A cell with one bias, and one with two, from the file of the framework with the other number: the sum is the
  /// same function.
  @Test(arguments: ["lstm", "rnn"]) func biasesThatAreOneThereAreAdded(_ name: String) throws {
    let trainer = try Self.trainer(name, cells: .keras)
    let file = try WeightLayout.pyTorch.exported(
      trainer.variables, records: trainer.model.trace(trainer.inputType).records)
    let second = try #require(file.tensors["recurrent1.bias_hh_l0"])
    #expect(try second.values(as: Float.self).allSatisfy { $0 == 0 })
    let other = try Self.trainer(name, cells: .pyTorch, seed: 2)
    let records = try other.model.trace(other.inputType).records
    let merged = try WeightLayout.keras.exported(other.variables, records: records)
    let (one, two) = (
      other.variables.parameters["recurrent1/bias"], other.variables.parameters["recurrent1/recurrent/bias"]
    )
    let sum = try (try #require(one) + #require(two)).hostArray()
    #expect(merged.tensors["recurrent1/bias"] == sum)
    let back = try WeightLayout.keras.imported(merged, for: other.variables, records: records)
    #expect(try back.parameters["recurrent1/recurrent/bias"]?.values(as: Float.self).allSatisfy { $0 == 0 } == true)
  }

  @Test func aCellThatPyTorchHasNotIsAnError() throws {
    let model = Sequential {
      Recurrent(GRUCell(3, reset: .before)); Dense(2)
    }
    let (records, variables) = try model.trace(TensorType(.float32, [1, 4, 2]))
    #expect(
      throws: WeightError.inexpressible(
        path: "recurrent1", reason: "PyTorch's GRU resets after the product: use reset: .after")
    ) { try WeightLayout.pyTorch.exported(variables, records: records) }
    #expect(try WeightLayout.keras.exported(variables, records: records).tensors["recurrent1/bias"]?.shape == [9])
  }

  @Test func statesOfTheLastBatchStayHere() throws {
    let model = Sequential {
      Recurrent(SimpleRNNCell(3), memory: .kept(batch: 2)); Dense(2)
    }
    let (records, variables) = try model.trace(TensorType(.float32, [2, 4, 2]))
    #expect(variables.state.paths == ["recurrent1/states/0"])
    let file = try WeightLayout.keras.exported(variables, records: records)
    #expect(
      Set(file.tensors.keys) == [
        "recurrent1/kernel", "recurrent1/recurrent_kernel", "recurrent1/bias", "dense1/kernel", "dense1/bias",
      ])
    #expect(
      try WeightLayout.keras.imported(file, for: variables, records: records).state.paths == variables.state.paths)
  }

  /// Only rows of a kernel that takes flattened images are moved; it doesn't matter what is between the two layers.
  @Test func theModelSaysWhichKernelsFollowImages() throws {
    let input = TensorType(.float32, [1, 2, 2, 3])
    func moved(_ model: any Layer, _ module: String = "dense1") throws -> Bool {
      let (records, lazy) = try model.trace(input)
      let kernel = try #require(lazy.parameters["\(module)/kernel"])
      let rows = Tensor((0..<kernel.shape[0]).map(Float.init)).expand(at: 1).broadcast(to: kernel.shape)
      let parameters = lazy.parameters.map { path, tensor in path == "\(module)/kernel" ? rows : tensor }
      let file = try WeightLayout.pyTorch.exported(
        ModelVariables(parameters: parameters, state: lazy.state), records: records)
      let weight = try #require(file.tensors["\(module).weight"])
      let first = try weight.values(as: Float.self).prefix(kernel.shape[0])
      let expected: [Float] = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]
      #expect(Array(first) == expected || first.elementsEqual(first.sorted()))
      return Array(first) == expected
    }
    #expect(
      try moved(
        Sequential {
          Flatten(); Dense(2)
        }))
    #expect(
      try moved(
        Sequential {
          Flatten(); Dropout(0.5); Tanh(); BatchNorm(); GELU(); Dense(2)
        }))
    #expect(
      try moved(
        Sequential {
          Reshape([-1]); Dense(2)
        }))
    #expect(
      try !moved(
        Sequential {
          Flatten(); Dense(12); ReLU(); Dense(12)
        }, "dense2"))
    #expect(
      try !moved(
        Sequential {
          Reshape([4, 3]); Flatten(); Dense(2)
        }))
    #expect(
      try !moved(
        Sequential {
          GlobalAveragePool2D(); Dense(2)
        }))
  }

  @Test(.enabled(if: Python.has("torch", "safetensors"), "PyTorch isn't installed"), arguments: models)
  func pyTorchComputesTheSame(_ name: String) throws { try exchange(name, "pyTorch", cells: .pyTorch) }

  @Test(.enabled(if: Python.has("keras", "safetensors"), "Keras isn't installed"), arguments: models)
  func kerasComputesTheSame(_ name: String) throws { try exchange(name, "keras", cells: .keras) }

  /// Our weights there, the same outputs, and the weights back.
  private func exchange(_ name: String, _ framework: String, cells: RecurrentConvention) throws {
    let (scratch, layout) = (try Scratch(), try #require(Self.layouts[framework]))
    let trainer = try Self.trainer(name, cells: cells)
    try trainer.exportWeights(to: scratch.file("weights"), layout: layout)
    let outputs = try trainer.predict(Self.batch(name))
    try Safetensors(["outputs": outputs]).write(to: scratch.file("expected"))
    let check = try Python.check(
      "check_weights.py", framework, name, scratch.file("weights"), scratch.file("expected"), scratch.file("again"))
    #expect(check.output.hasSuffix("\(framework) agrees\n"), "\(check.output)")
    let other = try Self.trainer(name, cells: cells, seed: 2)
    try other.importWeights(from: scratch.file("again"), layout: layout)
    #expect(try other.arrays() == trainer.arrays())
  }
}
