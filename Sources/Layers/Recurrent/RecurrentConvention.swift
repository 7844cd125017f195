/// Whose recurrent cells to make, where frameworks differ.
///
/// | | `keras` | `pyTorch` |
/// |---|---|---|
/// | biases | one; of a GRU that resets after the product, two | two: `bias` and `recurrent/bias` |
/// | kernels start | Glorot uniform, recurrent ones orthogonal | uniform within ±1/sqrt(units), biases too |
/// | biases start | zero, an LSTM's forget gate's one | |
/// | GRU's gates in the kernels | update, reset, candidate | reset, update, candidate |
///
/// An LSTM's gates are input, forget, candidate, output in both.
public enum RecurrentConvention: String, Sendable, Hashable, CaseIterable {
  case keras, pyTorch

  /// The initializers of kernel, recurrent kernel and biases of a cell of `units`.
  func initializers(units: Int) -> (kernel: any Initializer, recurrent: any Initializer, bias: any Initializer) {
    switch self {
    case .keras: return (.glorotUniform, .orthogonal(), .zeros)
    case .pyTorch:
      let uniform: any Initializer = .uniform(limit: 1 / Double(Swift.max(1, units)).squareRoot())
      return (uniform, uniform, uniform)
    }
  }
}
