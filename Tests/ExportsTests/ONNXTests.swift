import Exports
import TestSupport
import Testing
import Training

/// What the files contain; `scripts/onnx-check` compares what they compute.
@Suite(.tags(.engine)) struct ONNXTests {
  private func exported(
    _ model: any Layer, _ inputs: TensorType, preprocessing: (any Preprocessing)? = nil, kind: OutputKind? = nil,
    classNames: [String] = [], batchSize: Int? = nil
  ) throws -> (file: ONNXReader, variables: ModelVariables) {
    let prepared = preprocessing?(Tensor.zeros(inputs.shape, dtype: inputs.dtype), dtype: .float32).type ?? inputs
    let variables = try model.variables(for: prepared, key: Key(seed: 1))
    let exported = InferenceModel(
      model: model, variables: variables, inputs: inputs, preprocessing: preprocessing, outputKind: kind,
      classNames: classNames)
    let folder = try TemporaryFolder()
    try exported.export(.onnx, to: folder("model.onnx"), batchSize: batchSize)
    return (try ONNXReader(folder.bytes("model.onnx")), variables)
  }

  @Test func aClassifierHasPreprocessingAndProbabilities() throws {
    let model = Sequential {
      Flatten(); Dense(8); ReLU(); Dense(3)
    }
    let (file, variables) = try exported(
      model, TensorType(.uint8, [1, 4, 4]), preprocessing: Rescaling(dividingBy: 255), kind: .classLogits,
      classNames: ["ant", "bee", "\"cat\""])
    #expect(file.producer == "Tanren")
    #expect(file.encoding == 8)
    #expect(file.opset == 18)
    #expect(file.metadata == ["preprocessing": "included", "classes": #"["ant","bee","\"cat\""]"#])
    #expect(file.inputs == [ONNXReader.Argument(name: "input", type: 2, shape: ["N", "4", "4"])])
    #expect(
      file.outputs == [
        ONNXReader.Argument(name: "logits", type: 1, shape: ["N", "3"]),
        ONNXReader.Argument(name: "probabilities", type: 1, shape: ["N", "3"]),
      ])
    #expect(
      file.types == [
        "Cast", "Div", "Reshape", "MatMul", "Add", "Relu", "MatMul", "Add", "Softmax",
      ])
    let product = try #require(file.nodes.first { $0.type == "MatMul" })
    #expect(product.name == "dense1/MatMul")
    #expect(product.inputs == ["flatten1/Reshape", "dense1/kernel"])
    for (path, tensor) in variables.parameters.pairs {
      let constant = try #require(file.constants[path])
      #expect(constant == ONNXReader.Constant(shape: Array(tensor.shape), type: 1, bytes: try tensor.hostArray().bytes))
    }
  }

  /// Images are transposed once to channels first and once back, and biases are added without being repeated.
  @Test func imagesStayChannelsFirst() throws {
    let model = Sequential {
      Conv2D(4, size: 3, padding: .same, activation: ReLU()); MaxPool2D()
      Conv2D(6, size: 3, strides: 2); BatchNorm(activation: ReLU()); AveragePool2D(); Flatten(); Dense(2)
    }
    let (file, variables) = try exported(model, TensorType(.float32, [1, 20, 20, 3]))
    #expect(
      file.types == [
        "Transpose", "Conv", "MaxPool", "Add", "Relu", "Conv", "Add", "Sub", "Mul", "Add", "Relu", "AveragePool", "Mul",
        "Div", "Transpose", "Reshape", "MatMul", "Add",
      ])
    #expect(file.nodes.first?.integers["perm"] == [0, 3, 1, 2])
    #expect(file.nodes.last { $0.type == "Transpose" }?.integers["perm"] == [0, 2, 3, 1])
    let convolution = try #require(file.nodes.first { $0.type == "Conv" })
    #expect(convolution.name == "conv2D1/Conv")
    #expect(
      convolution.integers == [
        "kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1], "dilations": [1, 1], "group": [1],
      ])
    // [rows, columns, channels, features] as [features, channels, rows, columns].
    let kernel = try #require(file.constants["conv2D1/kernel"])
    let own = try #require(variables.parameters["conv2D1/kernel"])
    #expect(kernel.shape == [4, 3, 3, 3])
    #expect(kernel.floats == (try own.transpose([3, 2, 0, 1]).values(as: Float.self)))
    #expect(file.constants["conv2D1/bias"]?.shape == [4, 1, 1])
    // Constants are computed: the scale and the deviation as one factor.
    #expect(
      file.constants.values.contains { $0.shape == [6, 1, 1] && $0.floats.allSatisfy { abs($0 - 0.9995) < 1e-4 } })
    #expect(file.outputs == [ONNXReader.Argument(name: "output", type: 1, shape: ["N", "2"])])
  }

  @Test func loopsHaveABody() throws {
    let model = Sequential {
      Recurrent(LSTMCell(8)); Dense(2)
    }
    let (file, _) = try exported(model, TensorType(.float32, [1, 7, 3]))
    let scan = try #require(file.nodes.first { $0.type == "Scan" })
    #expect(scan.name == "recurrent1/Scan")
    #expect(scan.integers["num_scan_inputs"] == [1])
    // The sequence isn't transposed: time stays the second axis.
    #expect(scan.integers["scan_input_axes"] == [1])
    #expect(!file.types.contains("Transpose"))
    let body = try #require(scan.bodies["body"])
    #expect(body.inputs.map(\.shape) == [["N", "8"], ["N", "8"], ["N", "32"]])
    #expect(body.outputs.map(\.shape) == [["N", "8"], ["N", "8"], ["N", "8"]])
    #expect(body.types.filter { $0 == "Sigmoid" }.count == 3)
    #expect(body.nodes.contains { $0.inputs.contains("recurrent1/recurrent/kernel") })
  }

  private struct Halved: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor {
      let limit = x.abs().max()
      return whileLoop(carry: [x, limit], condition: { $0[1] .> 1 }) { [$0[0] * 0.5 + limit, $0[1] * 0.5] }[0]
    }
  }

  /// The body has the step's number and the condition before its carry, and gives the next condition first.
  @Test func loopsOfUnknownLengthHaveABody() throws {
    let (file, _) = try exported(Halved(), TensorType(.float32, [1, 3]))
    let loop = try #require(file.nodes.first { $0.type == "Loop" })
    #expect(loop.inputs.count == 4 && loop.inputs[0].isEmpty)
    let body = try #require(loop.bodies["body"])
    #expect(body.inputs.map(\.shape) == [[], [], ["N", "3"], []])
    #expect(body.outputs.map(\.shape) == [[], ["N", "3"], []])
    #expect(body.inputs.map(\.type) == [7, 9, 1, 1] && body.outputs.map(\.type) == [9, 1, 1])
  }

  @Test func aBatchSizeCanBeFixed() throws {
    let (file, _) = try exported(Dense(2), TensorType(.float32, [1, 3]), batchSize: 4)
    #expect(file.inputs.map(\.shape) == [["4", "3"]])
    #expect(file.outputs.map(\.shape) == [["4", "2"]])
  }

  /// Half precision is for training.
  @Test func halfPrecisionIsExportedInFloat32() throws {
    let model = Sequential {
      Dense(4); BatchNorm(); Dense(2)
    }
    let inputs = TensorType(.float32, [1, 3])
    let variables = try model.variables(for: TensorType(.bfloat16, [1, 3]), key: Key(seed: 1), precision: .bfloat16)
    let exported = InferenceModel(
      model: model, variables: variables, inputs: inputs, preprocessing: Rescaling(dividingBy: 2), precision: .bfloat16)
    let folder = try TemporaryFolder()
    try exported.export(.onnx, to: folder("model.onnx"))
    let file = try ONNXReader(folder.bytes("model.onnx"))
    #expect(!file.types.contains("Cast"))
    #expect(file.constants.count > 4 && file.constants.values.allSatisfy { [1, 7].contains($0.type) })
    #expect(file.outputs.map(\.type) == [1])
  }

  /// Of a batch of one size, not of any.
  private struct BatchMean: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { Dense(2)(x - x.mean([0]), in: scope["dense"]) }
  }

  private struct Decomposed: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x.transpose().matmul(x).cholesky() }
  }

  @Test func whatDependsOnTheBatchIsNamed() throws {
    let model = Sequential {
      Dense(3); BatchMean()
    }
    let error = #expect(throws: Diagnostic.self) { try exported(model, TensorType(.float32, [1, 3])) }
    #expect(error?.path == "batchMean1")
    #expect(error?.message.contains("batches of one size") == true)
    let (file, _) = try exported(model, TensorType(.float32, [1, 3]), batchSize: 3)
    #expect(file.types.contains("ReduceSum"))
  }

  private struct Noise: Layer {
    func forward(_ x: Tensor, in scope: Scope) -> Tensor { x + Key(seed: 3).normal(x.shape) }
  }

  /// As many draws as the batch needs would be the runtime's own; those of a fixed batch are computed on export.
  @Test func randomDrawsHaveNoForm() throws {
    let error = #expect(throws: Diagnostic.self) { try exported(Noise(), TensorType(.float32, [1, 3])) }
    #expect(error?.operation == "randomBits")
    let (file, _) = try exported(Noise(), TensorType(.float32, [1, 3]), batchSize: 2)
    #expect(file.types == ["Add"])
  }

  @Test func whatHasNoFormIsNamed() throws {
    let model = Sequential {
      Dense(3); Decomposed().named("factors")
    }
    let error = #expect(throws: Diagnostic.self) { try exported(model, TensorType(.float32, [1, 3]), batchSize: 3) }
    #expect(error?.operation == "cholesky")
    #expect(error?.path == "factors")
    #expect("\(error.map { "\($0)" } ?? "")".contains("no form in ONNX"))
  }
}
