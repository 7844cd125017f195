import Configuration

/// The axes of a tensor that have a matrix of their own, whose Kronecker product stands for the matrix of all elements.
struct KroneckerFactors {
  let shape: Shape
  /// Axes whose extent is at most `limit`; none of scalars, and of vectors only if they are wanted.
  let axes: [Int]

  init(_ shape: Shape, limit: Int, vectors: Bool) {
    self.shape = shape
    axes =
      shape.rank < (vectors ? 1 : 2) || shape.elementCount == 0 ? [] : (0..<shape.rank).filter { shape[$0] <= limit }
  }

  /// The products of the tensor's slices along an axis with each other: `[n, n]`.
  func products(_ tensor: Tensor, axis: Int) -> Tensor {
    let rows = tensor.moveAxis(from: axis, to: 0).reshape(to: [shape[axis], shape.elementCount / shape[axis]])
    return rows.matmul(rows.transpose())
  }

  /// The tensor times a matrix of each of ``axes``: `sum_i x[i] matrix[i, j]`, or with transposed matrices.
  func times(_ matrices: [Tensor], _ tensor: Tensor, isTransposed: Bool = false) -> Tensor {
    let own = Dictionary(uniqueKeysWithValues: zip(axes, matrices))
    // Each round takes the first axis to the end: after all of them the axes stand as before.
    return (0..<shape.rank).reduce(tensor) { tensor, axis in
      let (extent, rest) = (tensor.shape[0], tensor.shape.dropFirst())
      let rows = tensor.reshape(to: [extent, shape.elementCount / extent]).transpose()
      let turned = own[axis].map { rows.matmul(isTransposed ? $0.transpose() : $0) } ?? rows
      return turned.reshape(to: Shape(rest + [extent]))
    }
  }
}

extension Setting {
  static func vectors(_ property: WritableKeyPath<Method, Bool> & Sendable, _ what: String) -> Setting {
    Setting("vectors", property, .flag, "whether tensors of one axis have a \(what) too")
  }
}
