extension Tensor {
  /// Slices along an axis at integer indices of any shape, whose axes take the axis' place. Indices outside
  /// are clamped.
  public func take(_ indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    guard let resolved = shape.resolve(axis: axis), indices.dtype.isInteger else {
      return .failed(
        "take", "needs integer indices and an axis that is there, not \(indices.dtype) and \(axis)",
        [self, indices], file: file, line: line)
    }
    // A type too narrow to count the axis holds no index above it either.
    let last = Double(shape[resolved] - 1)
    let inside = indices.maximum(0).minimum(last)
    return Tensor(Gather(axis: resolved), [self, inside], file: file, line: line)
  }

  /// Rows from a start known when the program runs.
  public func rows(
    from start: Tensor, count: Int, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let starts = [start] + shape.dropFirst().map { _ in Tensor(0, dtype: start.dtype) }
    let block = DynamicSlice(sizes: [count] + shape.dropFirst())
    return Tensor(block, [self] + starts, file: file, line: line)
  }

  /// 1 at each index along a new last axis of extent `count`, 0 elsewhere and for indices outside.
  public func oneHot(_ count: Int, dtype: DType = .float32) -> Tensor {
    let classes = Tensor.iota(Shape(shape.dimensions + [count]), axis: -1, dtype: self.dtype)
    return (expand(at: -1) .== classes).cast(to: dtype)
  }
}
