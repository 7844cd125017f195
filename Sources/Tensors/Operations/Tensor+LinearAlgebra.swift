extension Tensor {
  /// The matrix product of the last two axes; leading axes are a batch and broadcast. Vectors aren't promoted:
  /// both tensors need rank 2 or more.
  ///
  /// ```swift
  /// let (batch, weights) = (Tensor.ones([8, 4, 3]), Tensor.ones([3, 2]))
  /// print(batch.matmul(weights).shape)  // [8, 4, 2]
  /// ```
  public func matmul(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    guard rank >= 2, other.rank >= 2 else {
      return .failed("matmul", "both must have rank 2 or more", [self, other], file: file, line: line)
    }
    guard shape[-1] == other.shape[-2] else {
      return .failed(
        "matmul", "the first has \(shape[-1]) columns, the second \(other.shape[-2]) rows: they must agree",
        [self, other], file: file, line: line)
    }
    if other.rank == 2 {
      let dot = DotGeneral(batch: ([], []), contracted: ([rank - 1], [0]))
      return Rewrites.apply(dot, to: [self, other], file: file, line: line)[0]
    }
    guard let batch = Shape.broadcast(Shape(shape.dropLast(2)), Shape(other.shape.dropLast(2))) else {
      return .failed("matmul", "the batch axes don't broadcast", [self, other], file: file, line: line)
    }
    let axes = Array(0..<batch.rank)
    let dot = DotGeneral(batch: (axes, axes), contracted: ([batch.rank + 1], [batch.rank]))
    let inputs = [self, other].map { $0.broadcast(to: Shape(batch.dimensions + $0.shape.suffix(2))) }
    return Rewrites.apply(dot, to: inputs, file: file, line: line)[0]
  }

  /// The dot product of two vectors.
  public func dot(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    guard rank == 1, other.rank == 1 else {
      return .failed("dot", "both must be vectors", [self, other], file: file, line: line)
    }
    return Tensor(DotGeneral(batch: ([], []), contracted: ([0], [0])), [self, other], file: file, line: line)
  }
}
