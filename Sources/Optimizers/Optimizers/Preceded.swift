import Configuration

/// An optimizer that gets its gradients through transforms: clipped, with an L2 penalty.
///
/// ```swift
/// SGD(rate: 0.1).preceded(by: ClipByGlobalNorm(5))
/// ```
public struct Preceded: Optimizer {
  public static let name = "preceded"
  public static let summary = "an optimizer behind transforms of the gradients: clipping, decay"
  public static let parameters: [Parameter] = [
    Parameter("by", default: "[]", "transforms by name, the first one first: clipByGlobalNorm(limit: 5)"),
    Parameter("optimizer", default: "sgd", "the optimizer, by name with options"),
  ]

  public var transforms: [any Transform]
  public var optimizer: any Optimizer

  public init(by transforms: [any Transform], optimizer: any Optimizer) {
    self.transforms = transforms
    self.optimizer = optimizer
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    transforms = try options.transforms("by")
    optimizer = try Catalog<any Optimizer>.all.make(options.choice("optimizer", default: Choice("sgd")))
  }

  public var transform: any Transform { Chain(transforms + [optimizer.transform]) }
}

extension Optimizer {
  /// The optimizer behind transforms of the gradients.
  public func preceded(by transforms: any Transform...) -> Preceded { Preceded(by: transforms, optimizer: self) }
}
