/// A primitive that combines the elements of a window moved over the axes.
///
/// Every axis has a window, a stride and edges of padding, which is the reduction's identity. Edges are
/// shorter than the window, so that each window holds an element.
protocol WindowReduction: Primitive {
  static var operation: String { get }
  static func identity(_ dtype: DType) -> String
  var geometry: WindowGeometry { get }
  init(geometry: WindowGeometry)
}

/// The positions of windows, with one entry per axis.
struct WindowGeometry: Sendable, Hashable {
  let window: [Int]
  let strides: [Int]
  let low: [Int]
  let high: [Int]

  func extents(over shape: Shape) throws(ShapeError) -> [Int] {
    guard [window, strides, low, high].allSatisfy({ $0.count == shape.rank }) else {
      throw ShapeError("a window of \(window.count) axes, but the tensor has \(shape.rank)")
    }
    var extents: [Int] = []
    for axis in shape.indices {
      // A batch without examples has no windows.
      if shape[axis] == 0, window[axis] == 1, strides[axis] >= 1, low[axis] == 0, high[axis] == 0 {
        extents.append(0)
        continue
      }
      guard (1..<1 << 45).contains(window[axis]), strides[axis] >= 1, (0..<window[axis]).contains(low[axis]),
        (0..<window[axis]).contains(high[axis]), shape[axis] + low[axis] + high[axis] >= window[axis]
      else {
        throw ShapeError(
          "along axis \(axis), a window of \(window[axis]) by strides of \(strides[axis]) doesn't fit an extent of "
            + "\(shape[axis]) with edges of \(low[axis]) and \(high[axis])")
      }
      extents.append((shape[axis] + low[axis] + high[axis] - window[axis]) / strides[axis] + 1)
    }
    return extents
  }

  /// Advances to the next position in the window, in row-major order; false after the last.
  func advance(_ place: inout [Int]) -> Bool {
    for axis in place.indices.reversed() {
      place[axis] += 1
      if place[axis] < window[axis] { return true }
      place[axis] = 0
    }
    return false
  }

  /// One element per window, repeated at every element of it; windows are adjacent.
  func spread(_ tensor: Tensor) -> Tensor {
    let split = Shape(zip(tensor.shape, window).flatMap { [$0, $1] })
    let every = Tensor(Broadcast(shape: split, axes: Array(stride(from: 0, to: split.rank, by: 2))), [tensor])
    return every.reshape(to: Shape(zip(tensor.shape, window).map { $0 * $1 }))
  }

  /// With a leading axis that windows don't extend over.
  var batched: WindowGeometry {
    WindowGeometry(window: [1] + window, strides: [1] + strides, low: [0] + low, high: [0] + high)
  }
}

extension WindowReduction {
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.numeric.check(inputs)
    return [TensorType(inputs[0].dtype, Shape(try geometry.extents(over: inputs[0].shape)))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    emitReduction(inputs, results, to: &writer)
  }

  func emitReduction(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    // A stride beyond the end is as good as one to the end, and safe to add up.
    let strides = inputs[0].type.shape.indices.map { axis in
      min(geometry.strides[axis], inputs[0].type.shape[axis] + geometry.low[axis] + geometry.high[axis])
    }
    return writer.reduceWindow(
      inputs[0], by: Self.operation, from: Self.identity(inputs[0].type.dtype), window: geometry.window,
      strides: strides, low: geometry.low, high: geometry.high, result: results[0])
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Self(geometry: geometry.batched), to: inputs)
  }
}
