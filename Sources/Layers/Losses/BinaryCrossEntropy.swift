import Configuration

/// The cross entropy of targets in 0...1 and as many independent events, the mean over an example's outputs.
public struct BinaryCrossEntropy: Loss {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable { case logits, probabilities }

  public static let name = "binaryCrossEntropy"
  public static let summary = "Cross entropy of independent events, from logits or probabilities."
  public static let parameters = [
    Parameter("of", default: Outputs.logits.rawValue, "what the outputs are: logits or probabilities"),
    Parameter("clip", default: 1e-7, "probabilities are kept this far from 0 and 1"),
  ]

  public var outputKind: OutputKind? { outputs == .logits ? .eventLogits : .eventProbabilities }

  public var outputs: Outputs
  /// Probabilities are brought into `clip...(1 - clip)`, as in Keras; their gradient beyond is 0.
  public var clip: Double

  public init(of outputs: Outputs = .logits, clip: Double = 1e-7) {
    self.outputs = outputs
    self.clip = clip
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    outputs = try options.oneOf("of", default: .logits)
    clip = try options.number("clip", default: 1e-7, in: 0...0.5)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    switch self.outputs {
    case .logits: return (outputs.softplus() - outputs * targets).meanOfPositions()
    case .probabilities:
      let p = outputs.replaced(where: outputs .< clip, by: clip).replaced(where: outputs .> 1 - clip, by: 1 - clip)
      return -(targets * p.log() + (1 - targets) * (1 - p).log()).meanOfPositions()
    }
  }
}
