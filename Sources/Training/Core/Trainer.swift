import OrderedCollections

/// A model, a method, and how far the one has been trained by the other.
///
/// ```swift
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(100); ReLU(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)), inputs: data.train.inputs)
/// let history = try trainer.fit(data.train, epochs: 5, batchSize: 100, validation: data.test)
/// ```
public final class Trainer {
  public let model: any Layer
  public let method: Method
  /// The element types of parameters and computation.
  public let precision: Precision
  /// What the model takes and gives for a batch of one example; inputs as they are after preprocessing.
  public let inputType: TensorType
  public let outputType: TensorType
  /// Parameters and everything else that steps change. The next step takes its memory over: keep a
  /// ``TrainingState/copy()``.
  public internal(set) var state: TrainingState
  /// Updates done.
  public internal(set) var step = 0
  /// Epochs done.
  public internal(set) var epoch = 0
  /// What all epochs showed, those before a restored checkpoint included.
  public internal(set) var history = History()
  /// How `fit` goes or last went through its data.
  var plan: DataPlan?
  /// Those of the `fit` that is running.
  var callbacks: [any Callback] = []
  /// What a checkpoint kept for callbacks that haven't come yet.
  var memories: OrderedDictionary<String, CallbackMemory> = [:]
  var key: Key

  /// - Parameters:
  ///   - inputs: for their type and shape; what they hold doesn't matter.
  ///   - precision: the element types of parameters and computation.
  ///   - seed: decides initial parameters, order and every random draw.
  ///   - parameters: initial values by path, instead of drawn ones; they are copied.
  /// - Throws: `Diagnostic` with the layer's path if the model doesn't fit the inputs, ``TrainingError`` if the
  ///   parameters don't fit the model, `AugmentationError` if the inputs can't be augmented as the method says.
  public init(
    model: any Layer, method: Method, inputs: HostArray, precision: Precision = .float32, seed: UInt64 = 0,
    parameters: TensorTree? = nil
  ) throws {
    self.model = model
    self.method = method
    self.precision = precision
    if !method.augmentation.isEmpty { try method.augmentation.check(ImageShape(of: inputs.shape)) }
    key = Key(state: try Tensor([seed, 0]).hidden())
    let sample = method.preprocessing(
      Tensor.zeros(Shape([1] + inputs.shape.dropFirst()), dtype: inputs.dtype), dtype: precision.computation)
    if let diagnostic = sample.diagnostic { throw diagnostic }
    let (records, lazy) = try model.trace(sample.type, key: key.derived("initial"), precision: precision)
    inputType = sample.type
    // The model's own call is the last that ends.
    outputType = records.last?.output ?? sample.type
    var variables = ModelVariables(parameters: try lazy.parameters.evaluate(), state: try lazy.state.evaluate())
    if let parameters {
      variables.parameters = try parameters.checked(against: variables.parameters).evaluate().copied()
    }
    state = TrainingState(tree: try TrainingState(variables, method: method).tree.evaluate().unaliased())
  }

  /// The variables to evaluate and keep: averaged, where the method averages.
  public var variables: ModelVariables { state.variables(method.averaging) }

  /// Goes back to a state kept before: parameters, running statistics and what the method remembers. ``step``
  /// and ``epoch`` go on counting.
  /// - Throws: ``TrainingError`` if it is another model's or another method's.
  public func restore(_ state: TrainingState) throws {
    self.state = TrainingState(tree: try state.tree.checked(against: self.state.tree).evaluate().copied())
  }
}

extension TensorTree {
  /// These tensors in the order of `expected`.
  /// - Throws: ``TrainingError`` if paths or types aren't those of `expected`.
  fileprivate func checked(against expected: TensorTree) throws(TrainingError) -> TensorTree {
    let missing = expected.paths.filter { self[$0] == nil }
    let unexpected = paths.filter { expected[$0] == nil }
    guard missing.isEmpty, unexpected.isEmpty else { throw .differentModel(missing: missing, unexpected: unexpected) }
    var checked = TensorTree()
    for (path, tensor) in expected.pairs {
      guard let value = self[path] else { continue }
      guard value.type == tensor.type || value.diagnostic != nil else {
        throw .differentType(
          path: path, expected: "\(tensor.dtype)\(tensor.shape)", actual: "\(value.dtype)\(value.shape)")
      }
      checked[path] = value
    }
    return checked
  }
}
