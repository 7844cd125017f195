import Configuration

/// Each element's sign: 1, 0, -1 or NaN (Bernstein et al. 2018).
public struct SignOfUpdate: NamedTransform, StatelessTransform {
  public static let name = "sign"
  public static let summary = "the sign of each element of the gradients (Bernstein et al. 2018)"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { $0.sign() }
  }
}
