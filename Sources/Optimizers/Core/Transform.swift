/// A step from gradients to updates: scaling, momentum, clipping, decay. An optimizer is a chain of them.
///
/// The last transform's output is added to the parameters, so somewhere in a chain the sign turns: see
/// ``ScaleByRate``.
///
/// Gradients that are NaN give updates that are NaN: of the element, or of all that shares a norm with it. Zero
/// gradients, and parameters of norm zero, never do.
public protocol Transform: Sendable {
  /// The learning rate that updates are scaled by, for logs; nil where there is none. Transforms made of others
  /// pass on theirs.
  var learningRate: (any Schedule)? { get }

  /// The state before the first step, a tree like any other, so checkpoints come free.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Parameters:
  ///   - updates: what came out of the transform before, the gradients for the first.
  ///   - state: what ``initial(_:)`` or the last call returned.
  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree)
}

extension Transform {
  public var learningRate: (any Schedule)? { nil }
}

/// A transform that remembers nothing.
public protocol StatelessTransform: Transform {
  /// The updates that this transform makes of those before it, the gradients for the first.
  func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree
}

extension StatelessTransform {
  public func initial(_ parameters: TensorTree) -> TensorTree { TensorTree() }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    (update(updates, context: context), state)
  }
}
