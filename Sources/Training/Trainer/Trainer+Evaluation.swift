import OrderedCollections

extension Trainer {
  /// Loss and metrics on a data set, by name. The loss is without penalties.
  ///
  /// - Parameter batchSize: examples computed at once; the result is the same for any, but for rounding.
  /// - Throws: as `fit` does.
  public func evaluate(_ data: ResidentData, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try check(data, named: "evaluation", batchSize: batchSize)
    var sums = RunningSums(self, data)
    // Without a plan there are no steps yet, and schedules stand at their start.
    let plan = plan ?? DataPlan(epochs: 1, stepsPerEpoch: 1, batchSize: batchSize, order: "")
    let program = try EvaluationProgram([self], data: data, batchSize: batchSize, plan: plan)
    try sums.add(program(state, step: Swift.max(0, step - 1)))
    return sums.values
  }

  /// ``evaluate(_:batchSize:)`` on data that isn't on the device yet.
  public func evaluate(_ data: LabeledArrays, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try evaluate(ResidentData(data), batchSize: batchSize)
  }

  /// What evaluation needs to be true of a data set.
  /// - Parameter name: what errors call the data.
  func check(_ data: ResidentData, named name: String, batchSize: Int) throws {
    try TrainingError.check(batchSize, name: "evaluation batch", atLeast: 1)
    guard data.count > 0 else { throw TrainingError.emptyData }
    try data.checkFinite(name)
    try checkCompatibility(with: data)
    try checkLabels(of: data)
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

  /// Whether outputs are probabilities where the loss takes them for such, of a few examples. Logits would train
  /// without complaint, to losses that mean nothing.
  private func checkProbabilities(on data: ResidentData) throws {
    guard let kind = method.loss.outputKind else { return }
    let isLogarithm = kind == .classLogProbabilities
    guard kind == .classProbabilities || kind == .eventProbabilities || isLogarithm else { return }
    let rows = data.inputs.slice(0..<Swift.min(16, data.count))
    let x = method.preprocessing(rows, dtype: precision.computation)
    let outputs = model.apply(variables, to: x, precision: precision).output.widened
    let probabilities = isLogarithm ? outputs.exp() : outputs
    let (least, greatest) = (outputs.min(), outputs.max())
    // How far from 1 the classes' probabilities add up to.
    let excess = (probabilities.sum([-1]) - 1).abs().max()
    let found = try Tensor.evaluate([least, greatest, excess]).map { try $0.scalar() }
    // What half precision leaves of a softmax is nearer; NaN is no sign of either.
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

  /// - Throws: ``TrainingError/labelOutOfRange(label:classes:)`` if the data has class indices that the model has
  ///   no output for. On the device they would only show as NaN.
  func checkLabels(of data: ResidentData) throws {
    let (outputs, targets) = (outputType.shape.dropFirst(), data.targets.shape.dropFirst())
    guard let labels = data.labels, let classes = outputs.last, Array(targets) == Array(outputs.dropLast()) else {
      return
    }
    for label in [labels.lowerBound, labels.upperBound] where !(0..<classes).contains(label) {
      // A loss may know such a label, one for examples to leave out say: then its value is a number.
      let even = Tensor(1 / Double(classes), dtype: precision.computation).broadcast(to: outputType.shape)
      let marked = Tensor(Double(label), dtype: data.targets.dtype).broadcast(to: Shape([1] + targets))
      let loss = method.loss.perExample(even, marked)
      if loss.diagnostic == nil, try loss.sum().scalar().isNaN {
        throw TrainingError.labelOutOfRange(label: label, classes: classes)
      }
    }
  }
}
