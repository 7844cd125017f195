import Configuration

/// All tensors scaled alike, so that the norm of them together is at most `limit`:
/// `u * min(1, limit / (norm + epsilon))` (Pascanu et al. 2013).
///
/// Zeros stay as they are; a single NaN or infinite element makes every update NaN.
public struct ClipByGlobalNorm: NamedTransform, StatelessTransform {
  public static let name = "clipByGlobalNorm"
  public static let summary = "the whole gradient scaled down to a greatest norm (Pascanu et al. 2013)"
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
    let norm = updates.wideNorm()
    let factor = (limit / (norm + epsilon)).minimum(1).replaced(where: norm .== 0, by: 1)
    return updates.mapValues { $0 * factor.cast(to: $0.dtype) }
  }
}
