import Configuration

/// Each unit's gradient scaled down to a part of the unit's norm: `g * min(1, limit max(|w|, epsilon) / |g|)`
/// (AGC, Brock et al. 2021).
///
/// A unit is an output: norms are over all axes but the last. Tensors of fewer than two axes are one unit.
/// Gradients of zero stay as they are.
public struct AdaptiveClipping: NamedTransform, ParameterwiseTransform {
  public static let name = "clipAdaptively"
  public static let summary = "each unit's gradient scaled down to a part of its weights (Brock et al. 2021)"
  public static let parameters = [
    Parameter("limit", default: 0.01, "the greatest quotient of the norms of gradient and weights"),
    Parameter("epsilon", default: 0.001, "the least norm of weights that counts"),
  ]

  public var limit: Double
  public var epsilon: Double

  public init(_ limit: Double = 0.01, epsilon: Double = 0.001) {
    self.limit = limit
    self.epsilon = epsilon
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    limit = try options.nonNegative("limit", default: 0.01)
    epsilon = try options.nonNegative("epsilon", default: 0.001)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let axes = Array(0..<(update.rank < 2 ? update.rank : update.rank - 1))
    func norm(_ tensor: Tensor) -> Tensor { tensor.widened.squared().sum(axes, keepingAxes: true).sqrt() }
    let gradientNorm = norm(update)
    let factor = (norm(parameter).maximum(epsilon) * limit / gradientNorm).minimum(1)
      .replaced(where: gradientNorm .== 0, by: 1)
    return update * factor.cast(to: update.dtype)
  }
}
