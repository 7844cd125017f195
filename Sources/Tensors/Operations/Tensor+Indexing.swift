extension Tensor {
  /// Slices along an axis at integer indices of any shape, whose axes replace the axis. Indices outside are clamped.
  ///
  /// ```swift
  /// let table = Tensor([0, 1, 10, 11, 20, 21] as [Float], shape: [3, 2])
  /// let rows = table.take(Tensor([2, 0] as [Int32]))
  /// print(try rows.values(as: Float.self))  // [20.0, 21.0, 0.0, 1.0]
  /// ```
  public func take(_ indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    guard let resolved = shape.resolve(axis: axis), indices.dtype.isInteger else {
      return .failed(
        "take", "needs integer indices and an existing axis, not \(indices.dtype) and \(axis)",
        [self, indices], file: file, line: line)
    }
    return Tensor(Gather(axis: resolved), [self, indices.inside(shape[resolved])], file: file, line: line)
  }

  /// Single elements along an axis, one per index, where the other axes of tensor and indices correspond. Indices outside
  /// are clamped.
  ///
  /// ```swift
  /// let scores = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
  /// let chosen = scores.takeAlongAxis(Tensor([2, 0] as [Int32], shape: [2, 1]))
  /// print(try chosen.values(as: Float.self))  // [3.0, 4.0]
  /// ```
  /// - Parameter indices: integers, of this tensor's shape but for the axis.
  public func takeAlongAxis(
    _ indices: Tensor, axis: Int = -1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard let resolved = shape.resolve(axis: axis), indices.dtype.isInteger, indices.rank == rank,
      indices.shape.removing(axes: [resolved]) == shape.removing(axes: [resolved])
    else {
      return .failed(
        "takeAlongAxis", "needs integer indices whose shape differs along axis \(axis) at most", [self, indices],
        file: file, line: line)
    }
    let rows = moveAxis(from: resolved, to: -1)
    let places = indices.inside(shape[resolved]).moveAxis(from: resolved, to: -1)
    let gather = Gather(axis: rank - 1, batchCount: rank - 1)
    return Tensor(gather, [rows, places], file: file, line: line).moveAxis(from: -1, to: resolved)
  }

  /// This tensor with `updates` added to slices along an axis. Equal indices accumulate; indices outside are skipped.
  ///
  /// ```swift
  /// let counts = Tensor.zeros([4]).scatterAdd(Tensor.ones([3]), at: Tensor([1, 3, 1] as [Int32]))
  /// print(try counts.values(as: Float.self))  // [0.0, 2.0, 0.0, 1.0]
  /// ```
  /// - Parameters:
  ///   - indices: integers of any shape.
  ///   - updates: of the shape ``take(_:axis:file:line:)`` gives for the indices.
  public func scatterAdd(
    _ updates: Tensor, at indices: Tensor, axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let geometry = Gather(axis: shape.resolve(axis: axis) ?? axis)
    return Tensor(ScatterAdd(geometry: geometry), [self, indices, updates], file: file, line: line)
  }

  /// The sums of the rows that have the same number in `segments`, for the numbers `0..<count`.
  ///
  /// ```swift
  /// let rows = Tensor([1, 2, 3, 4] as [Float], shape: [4, 1])
  /// let sums = rows.segmentSum(Tensor([0, 1, 1, 0] as [Int32]), count: 2)
  /// print(try sums.values(as: Float.self))  // [5.0, 5.0]
  /// ```
  public func segmentSum(
    _ segments: Tensor, count: Int, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard rank > 0, segments.rank == 1 else {
      return .failed("segmentSum", "needs rows and a vector of segments", [self, segments], file: file, line: line)
    }
    return Tensor.zeros(Shape([count] + shape.dropFirst()), dtype: dtype, file: file, line: line)
      .scatterAdd(self, at: segments, file: file, line: line)
  }

  /// Indices clamped to `0..<count`. A type too narrow to hold `count` holds no index above it either.
  private func inside(_ count: Int) -> Tensor { maximum(0).minimum(Double(count - 1)) }

  /// `count` rows from a start that is known only when the program runs.
  public func rows(
    from start: Tensor, count: Int, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let starts = [start] + shape.dropFirst().map { _ in Tensor(0, dtype: start.dtype) }
    let block = DynamicSlice(sizes: [count] + shape.dropFirst())
    return Tensor(block, [self] + starts, file: file, line: line)
  }

  /// 1 at each index along a new last axis of extent `count`, 0 elsewhere and for indices outside.
  ///
  /// ```swift
  /// print(try Tensor([2, 0] as [Int32]).oneHot(3).values(as: Float.self))  // [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
  /// ```
  public func oneHot(
    _ count: Int, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let classes = Tensor.iota(Shape(shape.dimensions + [count]), axis: -1, dtype: self.dtype, file: file, line: line)
    return (expand(at: -1, file: file, line: line) .== classes).cast(to: dtype, file: file, line: line)
  }
}
