extension Trainer {
  /// Starts afresh with weights that Tanren, PyTorch or Keras has trained, whatever names they have there: epochs, updates
  /// and the method's memory are those of a new trainer.
  ///
  /// ```swift
  /// func newTrainer(classes: Int) throws -> Trainer {
  ///   try Trainer(
  ///     model: Sequential { Dense(8); ReLU(); Dense(classes) },
  ///     method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()), inputs: TensorType(.float32, [1, 4]))
  /// }
  /// try newTrainer(classes: 10).exportWeights(to: "pretrained.safetensors", layout: .pyTorch)
  /// let trainer = try newTrainer(classes: 3)
  /// let match = try trainer.loadWeights(from: "pretrained.safetensors", WeightPolicy(replacesHead: true))
  /// print(match.naming, match.loaded, match.head)
  /// ```
  /// - Parameters:
  ///   - path: of a safetensors or NPZ file, or of a saved model.
  ///   - policy: what of the model may stay as it is initialized.
  /// - Returns: what was loaded from where.
  /// - Throws: ``WeightError``, which lists everything that doesn't fit; the trainer is unchanged in that case.
  @discardableResult
  public func loadWeights(from path: String, _ policy: WeightPolicy = WeightPolicy()) throws -> WeightMatch {
    let file = try WeightFile(contentsOf: path)
    let (read, match) = try file.variables(for: ownVariables, records: structure(), policy: policy)
    try begin(with: read)
    return match
  }

  /// Writes the weights, averaged if the method averages, as a safetensors file that other frameworks can read.
  /// - Throws: ``WeightError`` or ``SafetensorsError``.
  public func exportWeights(to path: String, layout: WeightLayout = .tanren) throws {
    try layout.exported(variables, records: structure()).write(to: path)
  }

  /// Starts afresh with the weights of a safetensors file in a layout that is known: see ``loadWeights(from:_:)``.
  /// - Throws: ``WeightError`` or ``SafetensorsError``; the trainer is unchanged in that case.
  public func importWeights(from path: String, layout: WeightLayout = .tanren) throws {
    try begin(with: layout.imported(Safetensors(contentsOf: path), for: ownVariables, records: structure()))
  }

  /// The variables that training changes, which an average doesn't replace.
  private var ownVariables: ModelVariables {
    ModelVariables(parameters: state.parameters, state: state.modelState)
  }

  /// The calls of the layers that make up the model.
  private func structure() throws -> [LayerRecord] { try model.trace(inputType, precision: precision).records }
}
