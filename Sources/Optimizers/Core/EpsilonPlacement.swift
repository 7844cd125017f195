/// Where a small number keeps a root of squares from dividing by zero.
public enum EpsilonPlacement: Sendable, Hashable {
  /// `sqrt(x + epsilon)`
  case insideRoot
  /// `sqrt(x) + epsilon`
  case outsideRoot

  func root(of squares: Tensor, epsilon: Double) -> Tensor {
    switch self {
    case .insideRoot: (squares + epsilon).sqrt()
    case .outsideRoot: squares.sqrt() + epsilon
    }
  }
}
