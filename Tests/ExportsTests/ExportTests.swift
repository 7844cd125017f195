import Exports
import Formats
import PJRT
import TestSupport
import Testing
import Training

@testable import Tensors

@Suite(.tags(.engine)) struct ExportTests {
  private static func trained() throws -> (trainer: Trainer, data: DatasetPair) {
    let data = try SyntheticDigits.generate(trainCount: 100, testCount: 20)
    let trainer = try Trainer(
      model: Sequential {
        Reshape([28, 28, 1]); Conv2D(4, size: 5, strides: 2); BatchNorm(activation: ReLU()); Flatten(); Dense(10)
      },
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) { $0.preprocessing = Rescaling(dividingBy: 255) },
      inputs: data.train.inputs)
    try trainer.fit(data.train, epochs: 1, batchSize: 50)
    return (trainer, data)
  }

  private static func model(_ trainer: Trainer, _ data: DatasetPair) -> InferenceModel {
    let inputs = data.train.inputs
    return InferenceModel(
      trainer, inputs: TensorType(inputs.dtype, Shape(inputs.shape)), classNames: data.classNames)
  }

  /// What is exported is what `predict` computes.
  @Test func resultsArePredictions() throws {
    let (trainer, data) = try Self.trained()
    let model = Self.model(trainer, data)
    let results = try model.computed(for: data.test.inputs)
    #expect(Array(results.keys) == ["logits", "probabilities"])
    let logits = try results["logits"]?.values(as: Float.self) ?? []
    let predicted = try trainer.predict(data.test.inputs).values(as: Float.self)
    #expect(distance(logits.map(Double.init), predicted.map(Double.init)) < 1e-5)
    let sums = try Tensor(#require(results["probabilities"])).sum([1]).values(as: Float.self)
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test func weightsHaveTheNamesOfTheirFormat() throws {
    let (trainer, data) = try Self.trained()
    let (model, folder) = (Self.model(trainer, data), try TemporaryFolder())
    #expect(try model.export(.torch, to: folder("a/model.safetensors")) == [folder("a/model.safetensors")])
    let torch = try Safetensors(contentsOf: folder("a/model.safetensors"))
    #expect(torch.metadata["format"] == "pt")
    #expect(torch.tensors["conv2D1.weight"]?.shape == [4, 1, 5, 5])
    #expect(torch.tensors["dense1.weight"]?.shape == [10, 576])
    #expect(torch.tensors["batchNorm1.running_var"]?.shape == [4])

    try model.export(.keras, to: folder("keras.npz"))
    let keras = try NPZ.read(folder("keras.npz"))
    #expect(keras["conv2D1/kernel"]?.shape == [5, 5, 1, 4])
    #expect(keras["batchNorm1/moving_mean"]?.shape == [4])

    try model.export(.npz, to: folder("model.npz"))
    let arrays = try NPZ.read(folder("model.npz"))
    let all = trainer.variables.parameters.merging(trainer.variables.state)
    #expect(Set(arrays.keys) == Set(all.paths))
    for (path, tensor) in all.pairs { #expect(try arrays[path] == tensor.hostArray()) }
  }

  /// The text is a program of its own: compiled and run on the arrays of the second file it gives the predictions.
  @Test func stableHLOComputesThePredictions() throws {
    let (trainer, data) = try Self.trained()
    let (model, folder) = (Self.model(trainer, data), try TemporaryFolder())
    let files = try model.export(.stablehlo, to: folder("model.mlir"), batchSize: 20)
    #expect(files == [folder("model.mlir"), folder("model.mlir.safetensors")])
    let text = try folder.text("model.mlir")
    #expect(text.contains("//   %arg1: conv2D1/kernel, tensor<5x5x1x4xf32>"))
    #expect(!text.contains("custom_call"))
    let weights = try Safetensors(contentsOf: files[1])
    let names = try #require(weights.metadata["arguments"]).matches(of: /"([^"]+)"/).map { String($0.1) }
    #expect(Set(names) == Set(weights.tensors.keys))
    let engine = try Engine.shared()
    let arguments = try [data.test.inputs] + names.map { try #require(weights.tensors[$0]) }
    let results = try engine.compile(text).execute(arguments.map { try engine.buffer($0) })
    let logits = try results[0].read().values(as: Float.self)
    let predicted = try trainer.predict(data.test.inputs).values(as: Float.self)
    #expect(distance(logits.map(Double.init), predicted.map(Double.init)) < 1e-5)
  }

  @Test func preprocessingCanBeLeftOut() throws {
    let (trainer, data) = try Self.trained()
    let plain = try Self.model(trainer, data).withoutPreprocessing()
    #expect(plain.inputs.dtype == .float32)
    let scaled = try Rescaling(dividingBy: 255)(Tensor(data.test.inputs), dtype: .float32).hostArray()
    let results = try plain.computed(for: scaled)
    let predicted = try trainer.predict(data.test.inputs).values(as: Float.self).map(Double.init)
    #expect(distance(try #require(results["logits"]).values(as: Float.self).map(Double.init), predicted) < 1e-5)
  }

  @Test func anUnwritableFileIsNamed() throws {
    let (trainer, data) = try Self.trained()
    let folder = try TemporaryFolder()
    try folder.write("", to: "file")
    #expect(throws: ExportError.self) { try Self.model(trainer, data).export(.npz, to: folder("file/model.npz")) }
  }
}
