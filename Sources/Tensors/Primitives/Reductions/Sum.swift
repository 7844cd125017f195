/// The sum over some axes; that of half precision is added up in `float32`.
struct Sum: Reduction {
  static let name = "sum"
  static let operation = "stablehlo.add"
  static let domain = ElementDomain.numeric
  static let accumulates = true
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "0.0" : "0" }

  /// Elements and rows from which on the kernel is faster than XLA's reduction.
  private static let fewest = (elements: 1 << 14, rows: 64)

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    call(inputs, results, in: &writer) ?? emitReduction(inputs, results, to: &writer)
  }

  /// The sum over rows as a call of a kernel, nil if there is none for it.
  private func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    let (shape, sorted) = (inputs[0].type.shape, axes.sorted())
    guard writer.kernels.contains(.sum), [.float32, .bfloat16].contains(results[0].dtype), let first = sorted.first,
      let last = sorted.last, last - first + 1 == sorted.count, last < shape.rank - 1, !shape.contains(0),
      shape.elementCount >= Self.fewest.elements, sorted.reduce(1, { $0 * shape[$1] }) >= Self.fewest.rows,
      Shape(shape.dropFirst(last + 1)).elementCount > 1
    else { return nil }
    return writer.call(
      "sum.1", inputs, ["outer": "\(first) : i64", "rows": "\(sorted.count) : i64"], results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [restored(cotangents[0], to: inputs[0].shape)]
  }
}
