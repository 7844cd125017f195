/// Two things that can't be trained together, and what would fit.
public struct Incompatibility: Error, Sendable, Hashable, CustomStringConvertible {
  /// `accuracy`, say.
  public let one: String
  /// `a model with one output`.
  public let other: String
  /// What would fit, as a sentence without a full stop.
  public let remedy: String

  public init(_ one: String, with other: String, remedy: String) {
    (self.one, self.other, self.remedy) = (one, other, remedy)
  }

  public var description: String { "\(one) doesn't fit \(other): \(remedy)" }
}

/// What a data set's targets are, as far as losses and metrics care.
public struct TargetDescription: Sendable, Hashable {
  public var dtype: DType
  /// An example's: empty for class indices.
  public var shape: Shape
  /// The least and the greatest of all numbers; nil where there are none.
  public var range: ClosedRange<Double>?

  public init(dtype: DType, shape: Shape, range: ClosedRange<Double>?) {
    (self.dtype, self.shape, self.range) = (dtype, shape, range)
  }

  /// Whether every number could be a probability. Rounding may put one just outside.
  var areProbabilities: Bool { range.map { $0.lowerBound >= -1e-6 && $0.upperBound <= 1 + 1e-6 } ?? true }

  /// Whether these are integers that could name a class of each of an example's positions.
  func areClassIndices(for outputs: Shape) -> Bool {
    dtype.isInteger && !outputs.isEmpty && shape == Shape(outputs.dropLast())
  }

  /// Whether there is a number for each of an example's outputs.
  func areValues(for outputs: Shape) -> Bool {
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
  /// Why the loss can't be taken of such outputs and targets; nil if it can, or if it doesn't say what it reads.
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
  /// The metric's name with what it doesn't fit.
  func mismatch(_ other: String, _ remedy: String) -> Incompatibility {
    Incompatibility("the metric '\(Self.name)'", with: other, remedy: remedy)
  }

  /// Why a metric of differences can't be taken.
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

  /// Why a metric of classes can't be taken.
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
