import Configuration

/// The parameters as they are.
public struct NoAveraging: Averaging {
  public static let name = "none"
  public static let summary = "the parameters as they are"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func initial(_ parameters: TensorTree) -> TensorTree { TensorTree() }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) { (parameters, state) }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree { parameters }
}
