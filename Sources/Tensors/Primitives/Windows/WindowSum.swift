/// The sum of each window.
struct WindowSum: WindowReduction {
  static let name = "windowSum"
  static let operation = "add"
  let geometry: WindowGeometry

  static func identity(_ dtype: DType) -> String { Sum.identity(dtype) }

  /// An element is in the windows that start up to a window's length before it: the cotangents, set apart by
  /// the strides, summed over the same window.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
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
