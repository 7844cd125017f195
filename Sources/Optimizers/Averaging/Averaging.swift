import Configuration

/// What happens to the parameters after an update: slow copies, running means.
public protocol Averaging: Catalogued {
  /// The state before the first step.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Returns: the parameters training goes on with, and the new state.
  func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree)

  /// The parameters to evaluate and keep.
  func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree
}
