/// X with A X = B for square matrices A in the last two axes, by Gaussian elimination with row pivoting.
///
/// XLA's CPU plugin has no LU decomposition, so the elimination is a loop of its own: one pass over the
/// matrix for each column. A singular matrix gives infinities or NaN.
struct LinearSolve: Primitive {
  static let name = "linearSolve"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try TriangularSolve().resultTypes(for: inputs)
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let body = Subgraph(inputs.map(\.type)) { arguments in
      let (matrix, right) = (arguments[0], arguments[1])
      let batch = Shape(matrix.shape.dropLast(2)).elementCount
      let flat = [matrix, right].map { $0.reshape(to: Shape([batch] + $0.shape.suffix(2))) }
      return Tensors.vectorized { [eliminate($0[0], $0[1])] }(flat).map { $0.reshape(to: right.shape) }
    }
    return writer.inline(body, inputs)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let right = Tensor(LinearSolve(), [inputs[0].transposedMatrix(), cotangents[0]])
    return [-right.matmul(results[0].transposedMatrix()), right]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

/// Solves one system. The right side stands beside the matrix and is eliminated with it.
private func eliminate(_ matrix: Tensor, _ right: Tensor) -> Tensor {
  let size = matrix.shape.last
  let rows = Tensor.iota([size, 1])
  let steps = Tensor.iota([size])
  let triangular = scan(carry: [.concatenate([matrix, right], axis: 1)], over: [steps]) { carry, elements in
    let (system, step) = (carry[0], elements[0])
    let column = system.take(step, axis: 1).expand(at: 1)
    let pivot = column.abs().replaced(where: rows .< step, by: -1).argMax(axis: 0).squeeze(0)
    let (pivotRow, stepRow) = (system.take(pivot), system.take(step))
    let swapped = system.replaced(where: rows .== pivot, by: stepRow).replaced(where: rows .== step, by: pivotRow)
    let factors = (swapped.take(step, axis: 1) / pivotRow.take(step)).expand(at: 1)
    return ([swapped - factors.replaced(where: rows .<= step, by: 0) * pivotRow], [])
  }.carry[0]
  let sides = [triangular.slice(0..<size, axis: 1), triangular.slice(size..<triangular.shape.last, axis: 1)]
  return Tensor(TriangularSolve(isLower: false), sides)
}
