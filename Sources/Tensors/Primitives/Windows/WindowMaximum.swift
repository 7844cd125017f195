/// The maximum of each window; NaN if any element is. Its cotangent goes to the first maximal element.
struct WindowMaximum: WindowReduction {
  static let name = "windowMaximum"
  static let operation = "maximum"
  let geometry: WindowGeometry

  static func identity(_ dtype: DType) -> String { MaximumReduction.identity(dtype) }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    geometry.call("max_pool", inputs, results, over: inputs[0].type, in: &writer)
      ?? emitReduction(inputs, results, to: &writer)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [Tensor(WindowMaximumGradient(geometry: geometry), inputs + results + cotangents)]
  }
}

extension WindowGeometry {
  /// Whether windows are adjacent and cover the beginning of every axis.
  func isTiling(_ input: Shape, _ result: Shape) -> Bool {
    input.indices.allSatisfy { axis in
      low[axis] == 0 && high[axis] == 0 && (strides[axis] == window[axis] || result[axis] == 1)
    }
  }

  /// Maximum pooling of images, or its gradient, as a call of a kernel; nil if no kernel fits.
  func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], over input: TensorType,
    in writer: inout ProgramWriter
  ) -> [Value]? {
    let rank = input.shape.rank
    guard writer.kernels.contains(.maximumPooling), [.float32, .bfloat16].contains(input.dtype), rank >= 3,
      window.last == 1, window.dropLast(3).allSatisfy({ $0 == 1 }),
      zip(window, zip(strides, low + high)).allSatisfy({ $0 == $1.0 && $1.1 == 0 }), high.allSatisfy({ $0 == 0 }),
      !(inputs.map(\.type) + results).contains(where: { $0.shape.contains(0) })
    else { return nil }
    let sides = Array(window.dropLast().suffix(2))
    return writer.call("\(operation).1", inputs, ["window": ProgramWriter.attribute(sides)], results)
  }
}

/// The cotangent of ``WindowMaximum``'s input, from the input, the result and the result's cotangent.
struct WindowMaximumGradient: Primitive {
  static let name = "windowMaximumGradient"
  let geometry: WindowGeometry

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let result = try WindowMaximum(geometry: geometry).resultTypes(for: [inputs[0]])[0]
    for input in inputs.dropFirst() where input != result {
      throw ShapeError(
        "the result and its cotangent must be \(result.dtype)\(result.shape), not \(input.dtype)\(input.shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    geometry.call("max_pool_gradient", inputs, results, over: inputs[0].type, in: &writer)
      ?? writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
  }

  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (input, result, cotangent) = (inputs[0], inputs[1], inputs[2])
    return [
      geometry.isTiling(input.shape, result.shape)
        ? tiled(cotangent, input, result) : overlapping(cotangent, input, result)
    ]
  }

  /// Linear in the cotangent; which element is greatest changes by jumps.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Subgraph(inputs.map(\.type), composed).pulledBack(inputs, cotangents, at: Array(inputs.indices))
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(WindowMaximumGradient(geometry: geometry.batched), to: inputs.batched(isBatched, size))
  }

  /// Adjacent windows: each gets axes of its own, and everything is elementwise. XLA's `select_and_scatter` is slow
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
    // Each element's position in its window.
    var position = Tensor.zeros(split, dtype: .int32)
    for axis in inside { position = position * Double(split[axis]) + Tensor.iota(split, axis: axis) }
    let isGreatest = (tiles .== spread(result)) .| (tiles .!= tiles)
    let first = position.replaced(where: .!isGreatest, by: Double(Int32.max)).min(inside)
    let chosen = spread(cotangent).replaced(where: position .!= spread(first), by: 0)
    return chosen.reshape(to: Shape(covered)).pad(zip(shape, covered).map { (0, $0 - $1) })
  }

  /// Any windows: for each position in the window, the elements at it.
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
    } while geometry.advance(&place)
    return sum
  }
}
