import Configuration

/// The Kullback-Leibler divergence of targets from outputs, both distributions over the last axis:
/// `sum(t log(t / p))`.
public struct KLDivergence: Loss {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable { case probabilities, logProbabilities }

  public static let name = "klDivergence"
  public static let summary = "Kullback-Leibler divergence of target distributions from the outputs (1951)."
  public static let parameters = [
    Parameter("of", default: Outputs.probabilities.rawValue, "what the outputs are: probabilities or logProbabilities"),
    Parameter("clip", default: 1e-7, "smaller probabilities, and targets beside them, count as this"),
  ]

  public var outputKind: OutputKind? { outputs == .probabilities ? .classProbabilities : .classLogProbabilities }

  public var outputs: Outputs
  /// Probabilities and their targets are brought into `clip...1`, as in Keras. Log-probabilities aren't
  /// clipped, as in PyTorch: a target of 0 counts 0.
  public var clip: Double

  public init(of outputs: Outputs = .probabilities, clip: Double = 1e-7) {
    self.outputs = outputs
    self.clip = clip
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    outputs = try options.oneOf("of", default: .probabilities)
    clip = try options.number("clip", default: 1e-7, in: 1e-30...1)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    let divergence: Tensor
    switch self.outputs {
    case .probabilities:
      let (t, p) = (clipped(targets), clipped(outputs))
      divergence = t * (t.log() - p.log())
    case .logProbabilities:
      let logarithms = targets.replaced(where: targets .<= 0, by: 1).log()
      divergence = targets * (logarithms - outputs)
    }
    return divergence.sum([-1]).meanOfPositions()
  }

  private func clipped(_ x: Tensor) -> Tensor {
    x.replaced(where: x .< clip, by: clip).replaced(where: x .> 1, by: 1)
  }
}
