import Configuration

/// An estimate of how a mini-batch's loss curves along each parameter: the diagonal of its Hessian or Gauss-Newton
/// matrix.
public struct Curvature: Sendable {
  /// A tree like the gradients; zeros where it isn't new.
  public var diagonal: TensorTree
  /// Whether it was estimated in this step, a `bool` scalar.
  public var isNew: Tensor

  public init(diagonal: TensorTree, isNew: Tensor) {
    (self.diagonal, self.isNew) = (diagonal, isNew)
  }
}

extension Reference {
  static let sophia = Reference(
    "Liu et al.", 2023, "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training",
    "https://arxiv.org/abs/2305.14342")
}
