/// Sorting is stable; NaN comes last, ascending or descending.
///
/// ```swift
/// let x = Tensor([3, 1, 2] as [Float])
/// print(try x.sort().values(as: Float.self), try x.argSort().values(as: Int32.self))  // [1.0, 2.0, 3.0] [1, 2, 0]
/// print(try x.topK(2).values.values(as: Float.self))                                  // [3.0, 2.0]
/// print(try x.cumulativeSum().values(as: Float.self))                                 // [3.0, 4.0, 6.0]
/// ```
extension Tensor {
  /// The elements in ascending order along an axis.
  public func sort(
    axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor.sort([self], axis: axis, descending: descending, file: file, line: line)[0]
  }

  /// The indices (int32) that sort the elements along an axis.
  public func argSort(
    axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let key = Sort(axis: shape.resolve(axis: axis) ?? axis, isDescending: descending)
    return Tensor.apply(key, to: [self], file: file, line: line)[1]
  }

  /// Tensors of one shape in the order that sorts the first of them.
  public static func sort(
    _ tensors: [Tensor], axis: Int = -1, descending: Bool = false, file: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    let axis = tensors.first?.shape.resolve(axis: axis) ?? axis
    let sort = Sort(axis: axis, operandCount: tensors.count, isDescending: descending)
    return Array(Tensor.apply(sort, to: tensors, file: file, line: line).prefix(tensors.count))
  }

  /// The `count` greatest elements along the last axis, greatest first, and their indices (int32).
  public func topK(_ count: Int, file: String = #fileID, line: Int = #line) -> (values: Tensor, indices: Tensor) {
    guard rank > 0, (0...shape.last).contains(count) else {
      let failed = Tensor.failed(
        "topK", "no \(count) elements along the last axis of \(shape)", [self], file: file, line: line)
      return (failed, failed)
    }
    let sorted = Tensor.apply(Sort(axis: rank - 1, isDescending: true), to: [self], file: file, line: line)
    return (sorted[0].slice(0..<count, axis: -1), sorted[1].slice(0..<count, axis: -1))
  }

  /// The sum of the elements up to each one along an axis, from the end if reversed.
  public func cumulativeSum(
    axis: Int = -1, reversed: Bool = false, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let sum = CumulativeSum(axis: shape.resolve(axis: axis) ?? axis, isReversed: reversed)
    return Tensor(sum, [self], file: file, line: line)
  }
}
