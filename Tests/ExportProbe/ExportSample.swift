import Configuration
import Exports
import Formats
import Training

/// A model with a batch of inputs.
struct ExportSample {
  let name: String
  let model: any Layer
  let inputs: Tensor
  var preprocessing: (any Preprocessing)?
  var outputKind: OutputKind?

  /// Writes `NAME.onnx` and `NAME.npz`, which has the array `input` and those of the results.
  func write(to folder: String) throws {
    let inputs = try inputs.hostArray()
    let type = TensorType(inputs.dtype, Shape(inputs.shape))
    let prepared = preprocessing?(Tensor(inputs), dtype: .float32).type ?? type
    let key = Key(seed: 7)
    let initial = try model.variables(for: prepared, key: key)
    // As after training: no zeros and ones that would hide where they are used.
    let parameters = initial.parameters.map { path, tensor in
      let inputs = tensor.rank > 1 ? tensor.shape.elementCount / Swift.max(1, tensor.shape.last) : 1
      let deviation = (tensor.rank > 1 ? 0.3 : 0.05) / Double(inputs).squareRoot()
      return tensor + key.derived(path).normal(tensor.shape, deviation: deviation, dtype: tensor.dtype)
    }
    let state = initial.state.map { path, tensor in
      path.hasSuffix("variance")
        ? key.derived(path).uniform(tensor.shape, in: 0.5..<2) : key.derived(path).normal(tensor.shape, deviation: 0.3)
    }
    let exported = InferenceModel(
      model: model, variables: ModelVariables(parameters: try parameters.evaluate(), state: try state.evaluate()),
      inputs: type, preprocessing: preprocessing, outputKind: outputKind, classNames: ["a", "b"])
    try exported.export(.onnx, to: "\(folder)/\(name).onnx")
    var arrays = ["input": inputs]
    for (name, array) in try exported.computed(for: inputs) { arrays[name] = array }
    try NPZ.write(arrays, to: "\(folder)/\(name).npz")
  }
}

extension ExportSample {
  /// Every architecture, activation and layer.
  static var all: [ExportSample] {
    get throws { try architectures + namedLayers + activations + layers + preparations + operations }
  }

  static let key = Key(seed: 3)
  private static let batch = 6
  static var images: Tensor { (key.uniform([batch, 32, 32, 3], in: 0..<256)).floor().cast(to: .uint8) }
  static var sequences: Tensor { key.normal([batch, 12, 5]) }
  static var rows: Tensor { key.normal([batch, 10], deviation: 2) }
  static var tokens: Tensor { (key.uniform([batch, 9], in: 0..<20)).floor().cast(to: .int32) }

  /// Other settings than the defaults, and those of what has no defaults.
  private static let variants = [
    "sequential": [
      "sequential([conv2D(8, size: 3), groupNorm(groups: 2), relu, maxPool(2), flatten, dense(10)])",
      "sequential([branches([conv2D(8, size: 1), conv2D(8, padding: same)]), repeated(2, [residual([batchNorm, relu, "
        + "conv2D(16, padding: same)])]), globalAveragePool, dense(10)])",
      "sequential([timeDistributed([dense(8), relu]), lstm(8), dense(10)])",
      "sequential([embedding(20, size: 8), positionalEmbedding, flatten, dense(10)])",
    ],
    "resNet": ["resNet", "resNet(depth: 50, stem: imagenet)"],
    "mobileNetV3": ["mobileNetV3", "mobileNetV3(size: large)"],
    "lstm": ["lstm", "lstm(units: [16, 12], bidirectional: true)", "lstm(vocabulary: 20)"],
    "gru": ["gru", "gru(convention: pyTorch, bidirectional: true)"],
    "transformer": ["transformer", "transformer(vocabulary: 20)"],
  ]

  /// Every architecture that can be chosen by name: what is added is exported too.
  private static var architectures: [ExportSample] {
    get throws {
      try Registry<any Architecture>.all.types.flatMap { type in
        try (variants[type.name] ?? [type.name]).enumerated().map { index, text in
          let model = try Registry<any Architecture>.all.build(MethodSpec(parsing: text)).model(outputs: 10)
          let inputs = (text.contains("vocabulary") || text.contains("embedding(") ? [tokens] : [images, sequences])
            .first { inputs in
              (try? model.trace(TensorType(inputs.dtype == .uint8 ? .float32 : inputs.dtype, inputs.shape))) != nil
            }
          return ExportSample(
            name: index == 0 ? type.name : "\(type.name)-\(index + 1)", model: model, inputs: inputs ?? rows,
            preprocessing: inputs?.dtype == .uint8 ? Rescaling(dividingBy: 255) : nil, outputKind: .classLogits)
        }
      }
    }
  }

  /// Every layer that can be chosen by name and has no required settings, by itself.
  private static var namedLayers: [ExportSample] {
    let features = key.derived("features").normal([batch, 16, 16, 8])
    return Registry<any ComposableLayer>.all.types.compactMap { type in
      guard let layer = try? Registry<any ComposableLayer>.all.build(MethodSpec(type.name)) else { return nil }
      let inputs = [features, key.normal([batch, 12, 8]), rows].first { inputs in
        (try? layer.trace(inputs.type)) != nil
      }
      return inputs.map { ExportSample(name: "layer-\(type.name)", model: layer, inputs: $0) }
    }
  }

  private static var activations: [ExportSample] {
    get throws {
      try Registry<any Activation>.all.types.map { type in
        let activation = try Registry<any Activation>.all.build(MethodSpec(type.name))
        return ExportSample(
          name: "activation-\(type.name)",
          model: Sequential {
            Dense(40); activation; Dense(7)
          }, inputs: rows)
      }
    }
  }

  private static var layers: [ExportSample] {
    func image(_ name: String, @LayerBuilder _ layers: () -> [any Layer]) -> ExportSample {
      ExportSample(
        name: name, model: Sequential(layers), inputs: images, preprocessing: Rescaling(dividingBy: 255),
        outputKind: .classLogits)
    }
    func sequence(_ name: String, _ cell: any RecurrentCell, _ result: Recurrent.Result = .last) -> ExportSample {
      ExportSample(
        name: name,
        model: Sequential {
          Recurrent(cell, result: result); Dense(4)
        }, inputs: sequences,
        outputKind: .classLogits)
    }
    let conventions = RecurrentConvention.allCases.flatMap { convention in
      [
        sequence("lstm-\(convention)", LSTMCell(24, convention: convention)),
        sequence("gru-\(convention)", GRUCell(24, convention: convention)),
        sequence("simple-\(convention)", SimpleRNNCell(24, convention: convention)),
      ]
    }
    return conventions + [
      sequence("gru-resetBefore", GRUCell(24, reset: .before)),
      sequence("lstm-sequence", LSTMCell(24), .sequence),
      ExportSample(
        name: "stacked-lstm",
        model: Sequential {
          Recurrent(LSTMCell(16), result: .sequence); Recurrent(LSTMCell(16)); Dense(1)
        },
        inputs: sequences, outputKind: .eventLogits),
      ExportSample(
        name: "embedding",
        model: Sequential {
          Embedding(20, size: 8); Recurrent(GRUCell(16)); Dense(1)
        },
        inputs: tokens, outputKind: .values),
      ExportSample(
        name: "probabilities",
        model: Sequential {
          Dense(3); Softmax()
        }, inputs: rows, outputKind: .classProbabilities),
      ExportSample(
        name: "logProbabilities",
        model: Sequential {
          Dense(3); LogSoftmax()
        }, inputs: rows,
        outputKind: .classLogProbabilities),
      ExportSample(
        name: "batchNorm-dense",
        model: Sequential {
          Dense(16); BatchNorm(.pyTorch); ReLU(); Dense(3)
        }, inputs: rows),
      ExportSample(
        name: "layerNorm",
        model: Sequential {
          Dense(16); LayerNorm(); ReLU(); Dense(3)
        }, inputs: rows),
      ExportSample(
        name: "dropout",
        model: Sequential {
          Dense(16); Dropout(0.5); Dense(3)
        }, inputs: rows),
      image("layerNorm-images") {
        Conv2D(8, size: 3); LayerNorm(axes: 3); Flatten(); Dense(5)
      },
      image("layerNorm-channels") {
        Conv2D(8, size: 3); LayerNorm(); GlobalAveragePool2D(); Dense(5)
      },
      image("convolution-strided") {
        Conv2D(8, size: 3, strides: 2, padding: .same); Conv2D(6, size: 2); Flatten(); Dense(5)
      },
      image("convolution-dilated") {
        Conv2D(8, size: 3, padding: .symmetric(2), dilation: 2)
        Conv2D(8, size: 3, padding: .edges([(0, 1), (2, 3)]), groups: 4, hasBias: false)
        GlobalAveragePool2D(); Dense(5)
      },
      image("batchNorm-images") {
        Conv2D(8, size: 3, padding: .same); BatchNorm(activation: ReLU()); Conv2D(8, size: 3, hasBias: false)
        BatchNorm(hasScale: false); MaxPool2D(); Flatten(); Dense(5)
      },
      image("maximumPooling") {
        Conv2D(4, size: 3, activation: ReLU()); MaxPool2D(3, strides: 2, padding: .same); Flatten(); Dense(5)
      },
      image("averagePooling") {
        AveragePool2D(3, strides: 2, padding: .same); AveragePool2D(2);
        AveragePool2D(3, strides: 1, padding: .symmetric(1), countsPadding: true)
        Flatten(); Dense(5)
      },
      image("reshape") {
        Reshape([16, 64, 3]); MaxPool2D(4); Reshape([-1, 8]); Dense(6); Flatten(); Dense(5)
      },
    ]
  }

  private static var preparations: [ExportSample] {
    get throws {
      let small = key.derived("whitening").uniform([500, 6, 6, 3], in: 0..<256).floor().cast(to: .uint8)
      let fitted = try ZCAWhitening().fitted(to: small.hostArray())
      func prepared(_ name: String, _ preprocessing: any Preprocessing, _ inputs: Tensor) -> ExportSample {
        ExportSample(
          name: "preprocessing-\(name)",
          model: Sequential {
            Flatten(); Dense(5)
          }, inputs: inputs,
          preprocessing: preprocessing, outputKind: .classLogits)
      }
      return [
        prepared("standardizedChannels", StandardizedChannels(), images),
        prepared("samplewise", Samplewise(), images),
        prepared("single", Rescaling(dividingBy: 255, offset: -0.5, precision: .float32), images),
        prepared("zcaWhitening", fitted, small.slice(0..<batch)),
      ]
    }
  }
}
