/// X with A X = B for square matrices A in the last two axes: by the LU decomposition, or without OpenBLAS by the QR
/// decomposition.
///
/// X is NaN where A is singular; without OpenBLAS it may be infinite as well.
struct LinearSolve: Primitive {
  static let name = "linearSolve"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try TriangularSolve().resultTypes(for: inputs)
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.callLinearAlgebra("solve.1", inputs, results)
      ?? writer.inline(
        Subgraph(inputs.map(\.type)) { arguments in
          let factors = Tensor.apply(QRDecomposition(), to: [arguments[0]])
          let turned = factors[0].transposedMatrix().matmul(arguments[1])
          return [Tensor(TriangularSolve(isLower: false), [factors[1], turned])]
        }, inputs)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let right = Tensor(LinearSolve(), [inputs[0].transposedMatrix(), cotangents[0]])
    return [-right.matmul(results[0].transposedMatrix()), right]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
