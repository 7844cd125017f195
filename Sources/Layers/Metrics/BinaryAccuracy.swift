import Configuration

/// The share of outputs on their 0/1 target's side of a threshold; an example of several outputs has their mean.
///
/// What the outputs are is the loss's word unless it is said: 0 divides logits, 0.5 probabilities. A loss that takes
/// outputs for neither needs a threshold.
public struct BinaryAccuracy: Metric, AveragedMetric {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable {
    /// As the loss reads them.
    case loss
    case logits, probabilities
  }

  public static let name = "binaryAccuracy"
  public static let summary = "Whether outputs lie on their 0/1 target's side of a threshold."
  public static let parameters = [
    Parameter(
      "of", default: Outputs.loss.rawValue, "what the outputs are: logits, probabilities, or as the loss takes them"),
    Parameter(
      "threshold", default: automatic, "above counts as 1; automatic is 0.5 for probabilities and 0 for logits"),
  ]
  private static let automatic = "automatic"

  public var outputs: Outputs
  /// Above counts as 1; nil for the one that ``outputs`` have.
  public var threshold: Double?

  public init(of outputs: Outputs = .loss, threshold: Double? = nil) {
    (self.outputs, self.threshold) = (outputs, threshold)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    outputs = try options.oneOf("of", default: .loss)
    threshold = try options.number("threshold", or: Self.automatic)
  }

  public func reading(_ kind: OutputKind?) -> BinaryAccuracy {
    guard outputs == .loss, threshold == nil else { return self }
    return switch kind {
    case .eventLogits: BinaryAccuracy(of: .logits)
    case .eventProbabilities: BinaryAccuracy(of: .probabilities)
    case .values, .classLogits, .classProbabilities, .classLogProbabilities, nil: self
    }
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    let usual: Double? =
      switch self.outputs {
      case .loss: nil
      case .logits: OutputKind.eventLogits.threshold
      case .probabilities: OutputKind.eventProbabilities.threshold
      }
    guard let threshold = threshold ?? usual else {
      return .failed(
        targets.diagnostic
          ?? Diagnostic(
            operation: Self.name, message: "needs to know what the outputs are: logits, probabilities, or a threshold",
            inputs: [outputs.type]))
    }
    return (((outputs .> threshold) .== (targets .> 0.5))).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? {
    if let kind, threshold == nil {
      if kind.isOfClasses { return mismatch("a loss of \(kind.text)", "accuracy fits classes") }
      let own: OutputKind? =
        self.outputs == .logits ? .eventLogits : self.outputs == .probabilities ? .eventProbabilities : nil
      if kind.isOfEvents, let own, own != kind {
        return Incompatibility(
          "the metric '\(Self.name)' of \(own.text)", with: "a loss of \(kind.text)",
          remedy: "leave 'of' out, or let both agree")
      }
    }
    if reading(kind).outputs == .loss, threshold == nil {
      return mismatch(
        kind.map { "a loss of \($0.text)" } ?? "a loss that doesn't say what outputs are",
        "write binaryAccuracy(threshold: 0.5) if outputs of 0.5 and more mean yes")
    }
    guard targets.areValues(for: outputs), targets.areProbabilities else {
      return mismatch(
        "outputs of the shape \(outputs) and \(targets.text)",
        targets.areClassIndices(for: outputs) ? "accuracy fits class indices" : "it needs a 0 or 1 for each output")
    }
    return nil
  }
}
