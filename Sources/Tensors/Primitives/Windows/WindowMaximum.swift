/// The greatest element of each window; NaN if any is. Its cotangent goes to the first that is greatest.
struct WindowMaximum: WindowReduction {
  static let name = "windowMaximum"
  static let operation = "maximum"
  let geometry: WindowGeometry

  static func identity(_ dtype: DType) -> String { MaximumReduction.identity(dtype) }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let isTiling = inputs[0].shape.indices.allSatisfy { axis in
      geometry.low[axis] == 0 && geometry.high[axis] == 0
        && (geometry.strides[axis] == geometry.window[axis] || results[0].shape[axis] == 1)
    }
    return [isTiling ? tiled(cotangents[0], inputs[0], results[0]) : overlapping(cotangents[0], inputs[0], results[0])]
  }

  /// Windows side by side: each gets axes of its own, and all is elementwise. XLA's `select_and_scatter` is slow
  /// on the CPU.
  private func tiled(_ cotangent: Tensor, _ input: Tensor, _ result: Tensor) -> Tensor {
    let (shape, window) = (input.shape, geometry.window)
    let none = shape.map { _ in 0 }
    let covered = zip(result.shape, window).map { $0 * $1 }
    let split = Shape(zip(result.shape, window).flatMap { [$0, $1] })
    let inside = Array(stride(from: 1, to: split.rank, by: 2))
    let tiles = Tensor(Slice(start: none, limit: covered, strides: none.map { _ in 1 }), [input]).reshape(to: split)
    func spread(_ tensor: Tensor) -> Tensor {
      Tensor(Broadcast(shape: split, axes: Array(stride(from: 0, to: split.rank, by: 2))), [tensor])
    }
    // Where in its window each element stands.
    var position = Tensor.zeros(split, dtype: .int32)
    for axis in inside { position = position * Double(split[axis]) + Tensor.iota(split, axis: axis) }
    let isGreatest = (tiles .== spread(result)) .| (tiles .!= tiles)
    let first = position.replaced(where: .!isGreatest, by: Double(Int32.max)).min(inside)
    let chosen = spread(cotangent).replaced(where: position .!= spread(first), by: 0)
    return chosen.reshape(to: Shape(covered)).pad(zip(shape, covered).map { (0, $0 - $1) })
  }

  /// Any windows: for each place in the window, the elements that stand there.
  private func overlapping(_ cotangent: Tensor, _ input: Tensor, _ result: Tensor) -> Tensor {
    let (shape, low) = (input.shape, geometry.low)
    let strides = zip(geometry.strides, result.shape).map { $1 > 1 ? $0 : 1 }
    let spread = shape.indices.map { (result.shape[$0] - 1) * strides[$0] + 1 }
    let padded = input.pad(zip(low, geometry.high).map { ($0, $1) }, with: -Double.infinity)
    var sum = input.zerosLike()
    var isTaken = Tensor(false).broadcast(to: result.shape)
    var place = shape.map { _ in 0 }
    repeat {
      let limit = zip(place, spread).map { $0 + $1 }
      let elements = Tensor(Slice(start: place, limit: limit, strides: strides), [padded])
      let isChosen = ((elements .== result) .| (elements .!= elements)) .& .!isTaken
      isTaken = isTaken .| isChosen
      let pad = Pad(
        low: shape.indices.map { place[$0] - low[$0] },
        high: shape.indices.map { shape[$0] - place[$0] + low[$0] - spread[$0] }, interior: strides.map { $0 - 1 })
      sum += Tensor(pad, [cotangent.replaced(where: .!isChosen, by: 0), Tensor(0, dtype: cotangent.dtype)])
    } while advance(&place)
    return sum
  }

  /// To the next place in the window, in row-major order; false after the last.
  private func advance(_ place: inout [Int]) -> Bool {
    for axis in place.indices.reversed() {
      place[axis] += 1
      if place[axis] < geometry.window[axis] { return true }
      place[axis] = 0
    }
    return false
  }
}
