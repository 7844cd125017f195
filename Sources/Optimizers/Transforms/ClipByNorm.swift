import Configuration

/// Each tensor scaled down to the norm `limit` if its own is greater: `u * min(1, limit / (|u| + epsilon))`.
///
/// A tensor of zeros stays as it is; one with an element that is NaN or infinite becomes NaN.
public struct ClipByNorm: NamedTransform, StatelessTransform {
  public static let name = "clipByNorm"
  public static let summary = "each parameter's gradient scaled down to a greatest norm"
  public static let parameters = [
    Parameter("limit", default: 1, "the greatest norm"),
    Parameter("epsilon", default: 0, "added to the norm (PyTorch: 1e-6)"),
  ]

  public var limit: Double
  public var epsilon: Double

  public init(_ limit: Double = 1, epsilon: Double = 0) {
    self.limit = limit
    self.epsilon = epsilon
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    limit = try options.nonNegative("limit", default: 1)
    epsilon = try options.nonNegative("epsilon", default: 0)
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { update in
      // Over a norm of zero the quotient is infinite (NaN for a limit of zero too) and the minimum 1.
      let norm = update.norm()
      let factor = (limit / (norm + epsilon)).minimum(1).replaced(where: norm .== 0, by: 1)
      return update * factor.cast(to: update.dtype)
    }
  }
}
