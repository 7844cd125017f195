/// A primitive without inputs: what it gives is there before anything is computed.
protocol Leaf: NonDifferentiable {}

extension Leaf {
  /// Never asked for by ``vectorized(over:file:line:_:)``, since no input is batched: the members share it.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs).map { $0.repeated(size) }
  }
}
