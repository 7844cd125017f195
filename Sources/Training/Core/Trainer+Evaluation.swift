import OrderedCollections

extension Trainer {
  /// Loss and metrics on a data set, by name. The loss is without penalties.
  ///
  /// - Parameter batchSize: examples computed at once; the result is the same for any, but for rounding.
  /// - Throws: as `fit` does.
  public func evaluate(_ data: ResidentData, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try check(data, batchSize: batchSize)
    var sums = RunningSums(method)
    try sums.add(EvaluationProgram([self], data: data, batchSize: batchSize)(state))
    return sums.means
  }

  /// ``evaluate(_:batchSize:)`` on data that isn't on the device yet.
  public func evaluate(_ data: LabeledArrays, batchSize: Int = 1000) throws -> OrderedDictionary<String, Double> {
    try evaluate(ResidentData(data), batchSize: batchSize)
  }

  /// What evaluation needs to be true of a data set.
  func check(_ data: ResidentData, batchSize: Int) throws {
    try TrainingError.check(batchSize, name: "evaluation batch", atLeast: 1)
    guard data.count > 0 else { throw TrainingError.emptyData }
    try checkLabels(of: data)
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
