extension Tensor {
  /// The columns that one block of reflections makes zero.
  private static let panel = 32

  /// The w that minimizes `|A·w - targets|^2` for this matrix A of full column rank, by Householder's reflections in
  /// blocks (Schreiber and Van Loan 1989): `Q = I - V·T·V^T`, with `T^-1 = diag(1/tau) + striu(V^T·V)`.
  ///
  /// - Parameter targets: `[rows, outputs]`.
  /// - Returns: `[columns, outputs]`, NaN where a column depends on others.
  func leastSquares(_ targets: Tensor) -> Tensor {
    let (count, outputs) = (shape[1], targets.shape[1])
    let panels = (count + Self.panel - 1) / Self.panel
    let padding = panels * Self.panel - count
    // Columns of zeros fill the last block, and rows of zeros a matrix that is wider than high.
    let rows = Swift.max(shape[0], panels * Self.panel)
    let start = Tensor.concatenate([self, Tensor.zeros([shape[0], padding], dtype: dtype), targets], axis: 1)
      .pad([(low: 0, high: rows - shape[0]), (low: 0, high: 0)])
    let width = start.shape[1]
    let reduced = scan(carry: [start], over: [Tensor.iota([panels]) * Double(Self.panel)]) { carry, elements in
      let (matrix, first) = (carry[0], elements[0])
      let block = matrix.transpose().rows(from: first, count: Self.panel).transpose()
      let (reflectors, scales) = block.reflectors(from: first)
      // Q^T·A = A - V·(T^T·(V^T·A)), T^T being the inverse of a lower triangle.
      let cross = reflectors.transpose().matmul(reflectors)
      let lower = cross.tril(diagonal: -1) + Tensor.identity(Self.panel, dtype: dtype) * scales.expand(at: 1)
      let turned = lower.solve(reflectors.transpose().matmul(matrix), structure: .lowerTriangular)
      return ([matrix - reflectors.matmul(turned)], [])
    }.carry[0]
    let triangle = reduced.slice(0..<count).slice(0..<count, axis: 1)
    let right = reduced.slice(0..<count).slice(width - outputs..<width, axis: 1)
    // A diagonal that is rounding only belongs to a column that depends on others.
    let diagonal = (triangle * Tensor.identity(count, dtype: dtype)).sum([1]).abs()
    let floor = diagonal.max() * (dtype == .float64 ? 0x1p-52 : 0x1p-23)
    let solved = triangle.solve(right, structure: .upperTriangular)
    return solved.replaced(where: (diagonal .<= floor).any().broadcast(to: solved.shape), by: Double.nan)
  }

  /// The reflections that make the columns of a block zero below the diagonal, which begins in row `first`.
  /// - Returns: their vectors `[rows, panel]`, and `1/tau` of each.
  private func reflectors(from first: Tensor) -> (vectors: Tensor, scales: Tensor) {
    let (rows, count) = (shape[0], shape[1])
    let places = Tensor.iota([rows])
    let looped = scan(carry: [transpose()], over: [Tensor.iota([count])]) { carry, elements in
      let (columns, index) = (carry[0], elements[0])
      let pivot = first + index
      let column = columns.rows(from: index, count: 1).squeeze(0)
      let below = column.replaced(where: places .< pivot, by: 0)
      let norm = below.squared().sum().sqrt()
      let isPivot = (places .== pivot).cast(to: dtype)
      let head = (below * isPivot).sum()
      let sign = Tensor.select(head .< 0, Tensor(-1, like: head), Tensor(1, like: head))
      let vector = below + isPivot * (sign * norm)
      let square = vector.squared().sum()
      // A column of zeros needs no reflection.
      let scale = Tensor.select(square .> 0, square * 0.5, Tensor(1, like: square))
      let dots = columns.matmul(vector.expand(at: 1))
      return ([columns - dots * (vector / scale).expand(at: 0)], [vector, scale])
    }
    return (looped.outputs[0].transpose(), looped.outputs[1])
  }
}
