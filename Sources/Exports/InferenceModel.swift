import OrderedCollections
import Training

/// A trained model as other programs run it: forward only, with the parameters as constants, running statistics in batch
/// normalizations, no dropout, and the preprocessing in front.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) { $0.preprocessing = Rescaling(dividingBy: 255) },
///   inputs: data.train.inputs)
/// let inputs = TensorType(data.train.inputs.dtype, Shape(data.train.inputs.shape))
/// let model = InferenceModel(trainer, inputs: inputs, classNames: data.classNames)
/// print(try model.export(.onnx, to: "digits.onnx"))  // ["digits.onnx"]
/// ```
public struct InferenceModel: Sendable {
  public var model: any Layer
  public var variables: ModelVariables
  /// The type of a batch of inputs, before preprocessing. Its size doesn't matter.
  public var inputs: TensorType
  /// nil for a model whose inputs are preprocessed elsewhere: they are then of the type that preprocessing gives.
  public var preprocessing: (any Preprocessing)?
  public var precision: Precision
  /// What the outputs are, which decides on their names; nil if nothing is known of them.
  public var outputKind: OutputKind?
  /// The names of the classes, in order. ONNX files carry them.
  public var classNames: [String]

  public init(
    model: any Layer, variables: ModelVariables, inputs: TensorType, preprocessing: (any Preprocessing)? = nil,
    precision: Precision = .float32, outputKind: OutputKind? = nil, classNames: [String] = []
  ) {
    (self.model, self.variables, self.inputs) = (model, variables, inputs)
    (self.preprocessing, self.precision) = (preprocessing, precision)
    (self.outputKind, self.classNames) = (outputKind, classNames)
  }

  /// The model of a trainer, with averaged parameters if its method averages.
  /// - Parameter inputs: the type of a batch of inputs, before preprocessing.
  public init(_ trainer: Trainer, inputs: TensorType, classNames: [String] = []) {
    self.init(
      model: trainer.model, variables: trainer.variables, inputs: inputs,
      preprocessing: trainer.method.preprocessing, precision: trainer.precision,
      outputKind: trainer.method.loss.outputKind, classNames: classNames)
  }

  /// The same model for inputs that are preprocessed elsewhere.
  /// - Throws: `Diagnostic` if the inputs don't fit the preprocessing.
  public func withoutPreprocessing() throws(Diagnostic) -> InferenceModel {
    guard let preprocessing else { return self }
    var plain = self
    let prepared = preprocessing(Tensor.zeros(inputs.shape, dtype: inputs.dtype), dtype: precision.computation)
    if let diagnostic = prepared.diagnostic { throw diagnostic }
    (plain.inputs, plain.preprocessing) = (prepared.type, nil)
    return plain
  }

  /// The names of the results: `logits` and `probabilities` of a classifier, or only `probabilities` if these are the
  /// model's outputs; otherwise `output`.
  public var resultNames: [String] { results.map(\.name) }

  /// The results by name, made from the model's outputs.
  private var results: [(name: String, make: @Sendable (Tensor) -> Tensor)] {
    switch outputKind {
    case .classLogits: [("logits", { $0 }), ("probabilities", { $0.softmax() })]
    case .eventLogits: [("logits", { $0 }), ("probabilities", { $0.sigmoid() })]
    case .classLogProbabilities: [("logProbabilities", { $0 }), ("probabilities", { $0.exp() })]
    case .classProbabilities, .eventProbabilities: [("probabilities", { $0 })]
    case .values, nil: [("output", { $0 })]
    }
  }

  /// What the exported program computes, computed here: to compare with what other programs compute.
  ///
  /// ```swift
  /// let layer = Dense(2)
  /// let inputs = TensorType(.float32, [1, 3])
  /// let model = InferenceModel(model: layer, variables: try layer.variables(for: inputs, key: Key(seed: 1)), inputs: inputs)
  /// let results = try model.computed(for: HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
  /// print(results["output"]?.shape ?? [])  // [2, 2]
  /// ```
  /// - Parameter batch: `[batch, …]`, of the type of ``inputs``.
  /// - Returns: the results by name, in the order of ``resultNames``.
  /// - Throws: `Diagnostic` if the inputs don't fit the model.
  public func computed(for batch: HostArray) throws -> OrderedDictionary<String, HostArray> {
    let found = try Tensor.evaluate(results(Tensor(batch), variables))
    return OrderedDictionary(uniqueKeysWithValues: try zip(resultNames, found).map { ($0, try $1.hostArray()) })
  }

  /// The type of a batch of inputs of a given size.
  func inputs(ofSize size: Int) -> TensorType { TensorType(inputs.dtype, Shape([size] + inputs.shape.dropFirst())) }

  /// The results, in the order of ``resultNames``, for a batch of inputs.
  func results(_ x: Tensor, _ variables: ModelVariables) -> [Tensor] {
    let prepared = preprocessing?(x, dtype: precision.computation) ?? x
    let output = model.apply(variables, to: prepared, precision: precision).output.upcast
    return results.map { $0.make(output) }
  }
}
