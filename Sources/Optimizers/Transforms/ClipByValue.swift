import Configuration

/// Each element brought into `-limit...limit`; NaN stays NaN.
public struct ClipByValue: NamedTransform, StatelessTransform {
  public static let name = "clipByValue"
  public static let summary = "each element of the gradients brought into -limit...limit"
  public static let parameters = [Parameter("limit", default: 1, "the greatest magnitude")]

  public var limit: Double

  public init(_ limit: Double = 1) { self.limit = limit }

  public init(from options: inout Options) throws(ConfigurationError) {
    limit = try options.nonNegative("limit", default: 1)
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { $0.maximum(-limit).minimum(limit) }
  }
}
