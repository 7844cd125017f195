import OrderedCollections

extension Trainer {
  /// Loss and metrics on a data set, by name. The loss excludes penalties.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let trainer = try Trainer(
  ///   model: Sequential { Flatten(); Dense(10) },
  ///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///     $0.preprocessing = Rescaling(dividingBy: 255)
  ///   },
  ///   inputs: data.train.inputs)
  /// let values = try trainer.evaluate(data.test)
  /// print(values["loss"] ?? .nan, values["accuracy"] ?? .nan)
  /// ```
  /// - Parameter batchSize: number of examples computed at once; it changes the result only by rounding.
  /// - Throws: as `fit` does.
  public func evaluate(_ data: ResidentData, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try check(data, named: "evaluation", batchSize: batchSize)
    var sums = RunningSums(setup, data)
    // Before the first `fit` there are no steps yet, and schedules are at their start.
    let plan = FitPlan(
      epochs: plan?.epochs ?? 1, stepsPerEpoch: plan?.stepsPerEpoch ?? 1, batchSize: plan?.batchSize ?? batchSize,
      metrics: [])
    let program = try EvaluationProgram(
      Members(setup), state: state, data: data, batchSize: batchSize, plan: plan, devices: axis)
    let result = try program(state, step: Swift.max(0, step - 1))
    try sums.add(result.row)
    let collectors = try OutputCollector.all(Members(setup), data, batchSize: batchSize)
    let collected = try OutputCollector.values(collectors, of: result.outputs).first ?? []
    return method.evaluated(sums.values, collected)
  }

  /// How often each class is predicted as each class. A single output of a loss of events is a yes or no: two classes.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let trainer = try Trainer(
  ///   model: Sequential { Flatten(); Dense(10) },
  ///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///     $0.preprocessing = Rescaling(dividingBy: 255)
  ///   },
  ///   inputs: data.train.inputs)
  /// let matrix = try trainer.confusionMatrix(on: data.test)
  /// print(matrix.total)  // 100
  /// ```
  /// - Throws: as ``predictClasses(_:batchSize:)``; ``TrainingError/incompatible(_:)`` for targets that aren't one class
  ///   per example.
  public func confusionMatrix(on data: LabeledArrays, batchSize: Int = 1000) throws -> ConfusionMatrix {
    let predictions = try predictClasses(data.inputs, batchSize: batchSize)
    let (width, numbers) = (outputType.shape.last, try Tensor(data.targets).cast(to: .float64).values(as: Double.self))
    let targets: [Int]
    if numbers.count == data.count {
      targets = numbers.map { Int(exactly: $0.rounded()) ?? -1 }
    } else if numbers.count == data.count * width {
      targets = try Tensor(data.targets).reshape(to: [data.count, width]).argMax().values(as: Int32.self).map(Int.init)
    } else {
      throw TrainingError.incompatible(
        Incompatibility(
          "a confusion matrix", with: "targets of the shape \(Shape(data.targets.shape.dropFirst()))",
          remedy: "it needs one class per example"))
    }
    return ConfusionMatrix(classes: Swift.max(2, width), targets: targets, predictions: predictions)
  }

  /// ``evaluate(_:batchSize:)`` for data that isn't on the device yet.
  public func evaluate(_ data: LabeledArrays, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try evaluate(ResidentData(data), batchSize: batchSize)
  }

  /// Checks that the model can be evaluated on a data set.
  /// - Parameter name: what errors call the data.
  func check(_ data: ResidentData, named name: String, batchSize: Int) throws {
    try TrainingError.check(batchSize, name: "evaluation batch", atLeast: 1)
    guard data.count > 0 else { throw TrainingError.emptyData }
    try data.checkFinite(name)
    try checkCompatibility(with: data)
    try checkLabels(of: data)
    try checkTokens(of: data)
    try checkProbabilities(on: data)
  }

  /// - Throws: ``TrainingError/incompatible(_:)`` if outputs, targets, loss and metrics don't go together.
  func checkCompatibility(with data: ResidentData) throws(TrainingError) {
    let outputs = Shape(outputType.shape.dropFirst())
    if let problem = method.loss.incompatibility(outputs: outputs, targets: data.description) {
      throw .incompatible(problem)
    }
    for metric in method.metrics {
      let problem = metric.incompatibility(method.loss.outputKind, outputs: outputs, targets: data.description)
      if let problem { throw .incompatible(problem) }
    }
  }

  /// Checks on a few examples that outputs are probabilities if the loss takes them for such. Logits would train
  /// without an error, with meaningless losses.
  private func checkProbabilities(on data: ResidentData) throws {
    guard let kind = method.loss.outputKind else { return }
    let isLogarithm = kind == .classLogProbabilities
    guard kind == .classProbabilities || kind == .eventProbabilities || isLogarithm else { return }
    let rows = data.inputs.slice(0..<Swift.min(16, data.count))
    let x = method.preprocessing(rows, dtype: precision.computation)
    let outputs = model.apply(variables, to: x, precision: precision).output.upcast
    let probabilities = isLogarithm ? outputs.exp() : outputs
    let (least, greatest) = (outputs.min(), outputs.max())
    // How far the sums of the classes' probabilities are from 1.
    let excess = (probabilities.sum([-1]) - 1).abs().max()
    let found = try Tensor.evaluate([least, greatest, excess]).map { try $0.scalar() }
    // A softmax in half precision is nearer than that; NaN indicates neither.
    let isBeyond = isLogarithm ? found[1] > 0.02 : found[0] < -0.02 || found[1] > 1.02
    guard isBeyond || (kind.isOfClasses && found[2] > 0.05) else { return }
    let remedy =
      kind.isOfClasses
      ? "softmaxCrossEntropy fits logits, or let the model end with \(isLogarithm ? "logSoftmax" : "softmax")"
      : "write binaryCrossEntropy(of: logits), or let the model end with sigmoid"
    let sums = isBeyond ? "" : " whose sums differ from 1 by up to \(Float(found[2]))"
    throw TrainingError.incompatible(
      Incompatibility(
        "the loss '\(type(of: method.loss).name)', which takes \(kind.text),",
        with: "outputs from \(Float(found[0])) to \(Float(found[1]))\(sums)", remedy: remedy))
  }

  /// - Throws: ``TrainingError/labelOutOfRange(label:classes:)`` if the data has class indices without an output of the
  ///   model. On the device they would only show as NaN.
  func checkLabels(of data: ResidentData) throws {
    let (outputs, targets) = (outputType.shape.dropFirst(), data.targets.shape.dropFirst())
    guard let labels = data.labels, let classes = outputs.last, Array(targets) == Array(outputs.dropLast()) else {
      return
    }
    for label in [labels.lowerBound, labels.upperBound] where !(0..<classes).contains(label) {
      // A loss may accept such a label, for instance for examples to leave out; its value is a number then.
      let even = Tensor(1 / Double(classes), dtype: precision.computation).broadcast(to: outputType.shape)
      let marked = Tensor(Double(label), dtype: data.targets.dtype).broadcast(to: Shape([1] + targets))
      let loss = method.loss.perExample(even, marked)
      if loss.diagnostic == nil, try loss.sum().scalar().isNaN {
        throw TrainingError.labelOutOfRange(label: label, classes: classes)
      }
    }
  }

  /// - Throws: ``TrainingError/tokenOutOfRange(token:vocabulary:)`` for a token without a vector, of streamed data among
  ///   the first ones. The outputs for others are NaN.
  private func checkTokens(of data: ResidentData) throws {
    guard let vocabulary = (model as? any TokenModel)?.vocabulary else { return }
    for end in try Tensor.evaluate([data.inputs.min(), data.inputs.max()].map { $0.cast(to: .float64) }) {
      let token = try end.scalar()
      guard token >= 0, token < Double(vocabulary) else {
        throw TrainingError.tokenOutOfRange(token: Int(token), vocabulary: vocabulary)
      }
    }
  }
}
