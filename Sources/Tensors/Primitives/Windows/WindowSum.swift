/// The sum of each window.
struct WindowSum: WindowReduction {
  static let name = "windowSum"
  static let operation = "add"
  let geometry: WindowGeometry

  static func identity(_ dtype: DType) -> String { Sum.identity(dtype) }

  /// Adjacent windows of at most this many elements are summed as slices.
  private static let mostSlices = 16

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let (shape, result) = (inputs[0].type.shape, results[0].shape)
    guard geometry.isTiling(shape, result), !result.contains(0), geometry.window.reduce(1, *) <= Self.mostSlices else {
      return emitReduction(inputs, results, to: &writer)
    }
    return writer.inline(Subgraph(inputs.map(\.type)) { [tiled($0[0], result)] }, inputs)
  }

  /// XLA's reduction over windows is slow on the CPU; sums of slices aren't.
  private func tiled(_ input: Tensor, _ result: Shape) -> Tensor {
    var sum: Tensor?
    var place = result.map { _ in 0 }
    repeat {
      let limit = place.indices.map { place[$0] + (result[$0] - 1) * geometry.window[$0] + 1 }
      let slice = Tensor(Slice(start: place, limit: limit, strides: geometry.window), [input])
      sum = sum.map { $0 + slice } ?? slice
    } while geometry.advance(&place)
    return sum ?? input
  }

  /// An element is in the windows that start up to a window's length before it: the cotangents, spaced by
  /// the strides, are summed over the same window.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    if geometry.isTiling(inputs[0].shape, results[0].shape), !results[0].shape.contains(0) {
      let spread = geometry.spread(cotangents[0])
      return [spread.pad(zip(inputs[0].shape, spread.shape).map { (0, $0 - $1) })]
    }
    let (shape, window, low) = (inputs[0].shape, geometry.window, geometry.low)
    let strides = zip(geometry.strides, results[0].shape).map { $1 > 1 ? $0 : 1 }
    let spread = shape.indices.map { (results[0].shape[$0] - 1) * strides[$0] + 1 }
    let pad = Pad(
      low: shape.indices.map { window[$0] - 1 - low[$0] },
      high: shape.indices.map { shape[$0] - spread[$0] + low[$0] }, interior: strides.map { $0 - 1 })
    let padded = Tensor(pad, [cotangents[0], Tensor(0, dtype: cotangents[0].dtype)])
    let none = shape.map { _ in 0 }
    let every = WindowGeometry(window: window, strides: none.map { _ in 1 }, low: none, high: none)
    return [Tensor(WindowSum(geometry: every), [padded])]
  }
}
