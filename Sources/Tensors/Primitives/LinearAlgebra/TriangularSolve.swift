/// X with op(A) X = B, or X op(A) = B, for triangular matrices A in the last two axes; op transposes or not.
///
/// The other triangle of A isn't read, nor is its diagonal if it is taken to be 1.
struct TriangularSolve: Primitive {
  static let name = "triangularSolve"
  var isLeft = true
  var isLower = true
  var isTransposed = false
  var hasUnitDiagonal = false

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let (matrix, right) = (inputs[0].shape, inputs[1].shape)
    try requireSquare(matrix)
    guard inputs[0].dtype == inputs[1].dtype, right.rank == matrix.rank,
      right.dropLast(2).elementsEqual(matrix.dropLast(2)), right[isLeft ? -2 : -1] == matrix[-1]
    else {
      throw ShapeError(
        "\(inputs[0].dtype)\(matrix) doesn't fit a \(isLeft ? "right" : "left") side "
          + "\(inputs[1].dtype)\(right)")
    }
    return [inputs[1]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let attributes =
      "left_side = \(isLeft), lower = \(isLower), unit_diagonal = \(hasUnitDiagonal), "
      + "transpose_a = #stablehlo<transpose \(isTransposed ? "TRANSPOSE" : "NO_TRANSPOSE")>"
    return writer.assign(
      "\"stablehlo.triangular_solve\"(\(inputs[0]), \(inputs[1])) <{\(attributes)}> : "
        + "(\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    var adjoint = self
    adjoint.isTransposed.toggle()
    let right = Tensor(adjoint, [inputs[0], cotangents[0]])
    // d op(A) = -(left) (right); the transposed order gives the cotangent of A itself.
    let (x, y) = isLeft ? (right, results[0]) : (results[0], right)
    let product =
      isLeft
      ? (isTransposed ? y.matmul(x.transposedMatrix()) : x.matmul(y.transposedMatrix()))
      : (isTransposed ? y.transposedMatrix().matmul(x) : x.transposedMatrix().matmul(y))
    let edge = hasUnitDiagonal ? 1 : 0
    return [-(isLower ? product.tril(diagonal: -edge) : product.triu(diagonal: edge)), right]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
