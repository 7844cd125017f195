/// What a model's outputs are, as a ``Loss`` interprets them. Metrics and predicted classes interpret them likewise.
public enum OutputKind: String, Sendable, Hashable, CaseIterable {
  /// Numbers compared with numbers: regression.
  case values
  /// Scores of classes along the last axis; their softmax is the classes' probabilities.
  case classLogits
  /// Probabilities of classes along the last axis.
  case classProbabilities
  /// Logarithms of the probabilities of classes along the last axis.
  case classLogProbabilities
  /// Scores of independent events; their sigmoids are the events' probabilities.
  case eventLogits
  /// Probabilities of independent events.
  case eventProbabilities

  /// Whether the outputs predict one of several classes.
  public var isOfClasses: Bool {
    switch self {
    case .classLogits, .classProbabilities, .classLogProbabilities: true
    case .values, .eventLogits, .eventProbabilities: false
    }
  }

  /// Whether each output is a yes or no of its own.
  public var isOfEvents: Bool { self == .eventLogits || self == .eventProbabilities }

  /// The threshold above which an event's output counts as yes; nil for outputs that aren't events.
  public var threshold: Double? {
    switch self {
    case .eventLogits: 0
    case .eventProbabilities: 0.5
    case .values, .classLogits, .classProbabilities, .classLogProbabilities: nil
    }
  }

  /// For error messages: "logits of classes".
  public var text: String {
    switch self {
    case .values: "values"
    case .classLogits: "logits of classes"
    case .classProbabilities: "probabilities of classes"
    case .classLogProbabilities: "log-probabilities of classes"
    case .eventLogits: "logits of independent events"
    case .eventProbabilities: "probabilities of independent events"
    }
  }
}

/// Two things that can't be combined in training, and a remedy.
public struct Incompatibility: Error, Sendable, Hashable, CustomStringConvertible {
  /// For example, `accuracy`.
  public let one: String
  /// For example, `a model with one output`.
  public let other: String
  /// What would fit, as a sentence without a full stop.
  public let remedy: String

  public init(_ one: String, with other: String, remedy: String) {
    (self.one, self.other, self.remedy) = (one, other, remedy)
  }

  public var description: String { "\(one) doesn't fit \(other): \(remedy)" }
}

/// The properties of a data set's targets that losses and metrics depend on.
public struct TargetDescription: Sendable, Hashable {
  public var dtype: DType
  /// The shape of one example's targets; empty for class indices.
  public var shape: Shape
  /// The least and the greatest target; nil without targets.
  public var range: ClosedRange<Double>?

  public init(dtype: DType, shape: Shape, range: ClosedRange<Double>?) {
    (self.dtype, self.shape, self.range) = (dtype, shape, range)
  }

  /// Whether all targets can be probabilities. Rounding may put one just outside of 0...1.
  var areProbabilities: Bool { range.map { $0.lowerBound >= -1e-6 && $0.upperBound <= 1 + 1e-6 } ?? true }

  /// Whether these are integers that can be the class of each position of an example.
  package func areClassIndices(for outputs: Shape) -> Bool {
    dtype.isInteger && !outputs.isEmpty && shape == Shape(outputs.dropLast())
  }

  /// Whether there is one number per output of an example.
  package func areValues(for outputs: Shape) -> Bool {
    shape == outputs || (outputs.last == 1 && shape == Shape(outputs.dropLast()))
  }

  var text: String {
    let kind = dtype.isInteger ? "integer targets" : "targets"
    let numbers = range.map {
      $0.lowerBound == $0.upperBound ? " of \($0.lowerBound)" : " from \($0.lowerBound) to \($0.upperBound)"
    }
    return "\(kind) of the shape \(shape)\(numbers ?? "")"
  }
}

extension Loss {
  /// Why the loss doesn't apply to such outputs and targets; nil if it does, or if it has no ``outputKind``.
  ///
  /// - Parameter outputs: the shape of an example's outputs.
  public func incompatibility(outputs: Shape, targets: TargetDescription) -> Incompatibility? {
    guard let kind = outputKind else { return nil }
    let name = "the loss '\(Self.name)', which takes \(kind.text),"
    if kind.isOfClasses {
      if outputs.last ?? 1 == 1 {
        return Incompatibility(name, with: "a model with one output", remedy: Self.remedy(targets))
      }
      if targets.areClassIndices(for: outputs) { return nil }
      guard targets.shape == outputs else {
        return Incompatibility(
          name, with: "outputs of the shape \(outputs) and \(targets.text)",
          remedy:
            "targets must be integer class indices of the shape \(Shape(outputs.dropLast())), or probabilities of "
            + "the shape \(outputs)")
      }
      return targets.areProbabilities
        ? nil
        : Incompatibility(name, with: targets.text, remedy: "meanSquaredError fits targets that aren't probabilities")
    }
    guard targets.areValues(for: outputs) else {
      let isOfClasses = targets.areClassIndices(for: outputs)
      return Incompatibility(
        name, with: "outputs of the shape \(outputs) and \(targets.text)",
        remedy: isOfClasses
          ? "softmaxCrossEntropy fits class indices"
            + (kind.isOfEvents ? ", or a model with one output if there are two classes" : "")
          : "the model must have an output for each target")
    }
    guard kind.isOfEvents, !targets.areProbabilities else { return nil }
    return Incompatibility(name, with: targets.text, remedy: "meanSquaredError fits targets beyond 0 to 1")
  }

  private static func remedy(_ targets: TargetDescription) -> String {
    targets.areProbabilities
      ? "binaryCrossEntropy fits a single yes or no, meanSquaredError a number"
      : "meanSquaredError fits a number"
  }
}

extension Metric {
  /// An incompatibility of this metric.
  func mismatch(_ other: String, _ remedy: String) -> Incompatibility {
    Incompatibility("the metric '\(Self.name)'", with: other, remedy: remedy)
  }

  /// Why a metric of errors doesn't apply.
  func mismatchOfValues(_ kind: OutputKind?, outputs: Shape, targets: TargetDescription) -> Incompatibility? {
    switch kind {
    case .classLogits, .classLogProbabilities:
      return mismatch("a loss of \(kind?.text ?? "")", "accuracy fits classes")
    case .eventLogits: return mismatch("a loss of \(kind?.text ?? "")", "binaryAccuracy fits events")
    case .values, .classProbabilities, .eventProbabilities, nil: break
    }
    if targets.areValues(for: outputs) { return nil }
    return mismatch(
      "outputs of the shape \(outputs) and \(targets.text)",
      targets.areClassIndices(for: outputs) ? "accuracy fits class indices" : "it needs a target for each output")
  }

  /// Why a metric of predicted classes or events doesn't apply.
  func mismatchOfPredictions(_ kind: OutputKind?, outputs: Shape, targets: TargetDescription) -> Incompatibility? {
    guard kind?.isOfEvents == true else {
      if kind == .values { return mismatch("a loss of values", "meanAbsoluteError and r2 fit numbers") }
      return mismatchOfClasses(kind, outputs: outputs, targets: targets)
    }
    if targets.areValues(for: outputs), targets.areProbabilities { return nil }
    return mismatch("outputs of the shape \(outputs) and \(targets.text)", "it needs a 0 or 1 for each output")
  }

  /// Why a metric of classes doesn't apply.
  func mismatchOfClasses(_ kind: OutputKind?, outputs: Shape, targets: TargetDescription) -> Incompatibility? {
    if outputs.last ?? 1 == 1 {
      let remedy =
        switch kind {
        case .values: "meanAbsoluteError and r2 fit a number"
        case .eventLogits, .eventProbabilities: "binaryAccuracy fits a single yes or no"
        case .classLogits, .classProbabilities, .classLogProbabilities, nil:
          "binaryAccuracy fits a single yes or no, meanAbsoluteError and r2 a number"
        }
      return mismatch("a model with one output", remedy)
    }
    if targets.areClassIndices(for: outputs) || (targets.shape == outputs && targets.areProbabilities) { return nil }
    return mismatch(
      "outputs of the shape \(outputs) and \(targets.text)",
      targets.areValues(for: outputs)
        ? "meanAbsoluteError and r2 fit numbers"
        : "it needs integer class indices of the shape \(Shape(outputs.dropLast())), or probabilities of the shape \(outputs)"
    )
  }
}
