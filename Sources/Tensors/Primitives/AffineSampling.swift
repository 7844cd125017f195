import PJRT

/// Images `[batch…, height, width, channels]` seen through affine maps `[batch…, 6]`; see
/// ``Tensor/sampled(through:fill:file:line:)``.
struct AffineSampling: KernelPrimitive {
  static let name = "affineSampling"
  let fill: FillMode

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (images, maps) = (inputs[0], inputs[1])
    guard images.shape.rank >= 3, images.dtype != .bool else {
      throw ShapeError("images must be numbers [batch…, height, width, channels], not \(images.dtype)\(images.shape)")
    }
    let expected = Shape(images.shape.dropLast(3) + [6])
    guard maps.shape == expected, maps.dtype.isFloatingPoint else {
      throw ShapeError("the maps must be floating-point numbers \(expected), not \(maps.dtype)\(maps.shape)")
    }
    return [TensorType(images.dtype.isFloatingPoint ? images.dtype : .float32, images.shape)]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let smooth = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    let found = Subgraph(inputs.map(\.type), composed).pulledBack(inputs, cotangents, at: smooth)
    return inputs.indices.map { index in smooth.firstIndex(of: index).map { found[$0] } }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    let (images, maps) = (inputs[0].type, inputs[1].type)
    guard writer.kernels.contains(.affineSampling), [.uint8, .float32, .bfloat16].contains(images.dtype),
      maps.dtype == .float32, !images.shape.contains(0),
      // The kernel's offsets within an image are 32 bits wide.
      Shape(images.shape.suffix(3)).elementCount <= Int(Int32.max)
    else { return nil }
    let (number, value) =
      switch fill {
      case .nearest: (0, 0.0)
      case .reflect: (1, 0.0)
      case .wrap: (2, 0.0)
      case .constant(let value): (3, value)
      }
    return writer.call(
      "affine_sampling.1", inputs,
      ["fill": "\(number) : i64", "value": ProgramWriter.attribute(value)], results)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (images, maps) = (inputs[0], inputs[1])
    let (height, width, channels) = (images.shape[-3], images.shape[-2], images.shape[-1])
    let count = Shape(images.shape.dropLast(3)).elementCount
    let plane: Shape = [count, height, width]
    let parameters = maps.reshape(to: [count, 6])
    func parameter(_ index: Int) -> Tensor {
      parameters.slice(index..<index + 1, axis: 1).reshape(to: [count, 1, 1]).broadcast(to: plane)
    }
    let middle = (y: Double(height - 1) / 2, x: Double(width - 1) / 2)
    let y = Tensor.iota(plane, axis: 1, dtype: maps.dtype) - middle.y
    let x = Tensor.iota(plane, axis: 2, dtype: maps.dtype) - middle.x
    func places(_ first: Int, _ middle: Double, _ extent: Int) -> SampleCoordinates {
      SampleCoordinates(
        parameter(first) * y + parameter(first + 1) * x + parameter(first + 2) + middle, extent: extent, fill)
    }
    let (down, across) = (places(0, middle.y, height), places(3, middle.x, width))

    let pixels = images.reshape(to: [plane.elementCount, channels])
    let dtype = images.dtype.isFloatingPoint ? images.dtype : .float32
    let first = Tensor.iota(plane, dtype: .int32) * (Double(height) * Double(width))
    func take(_ y: Tensor, _ x: Tensor) -> Tensor { pixels.take(first + y * Double(width) + x).cast(to: dtype) }
    let toBottom = down.fraction.expand(at: -1).cast(to: dtype)
    let toRight = across.fraction.expand(at: -1).cast(to: dtype)
    func row(_ y: Tensor) -> Tensor {
      let left = take(y, across.low)
      return left + (take(y, across.high) - left) * toRight
    }
    let top = row(down.low)
    var result = top + (row(down.high) - top) * toBottom
    if case .constant(let value) = fill {
      let inside = (down.isInside .& across.isInside).expand(at: -1).broadcast(to: result.shape)
      result = Tensor.select(inside, result, Tensor(value, like: result))
    }
    return [result.reshape(to: images.shape)]
  }
}

/// The coordinates of samples along an axis, between two pixels each.
struct SampleCoordinates {
  /// How far outside a coordinate may be and still count as on the edge: sine and cosine of a right angle aren't exact.
  private static let tolerance = 1e-4

  let (low, high): (Tensor, Tensor)
  let fraction: Tensor
  let isInside: Tensor

  /// - Parameter places: coordinates in pixels from the center of the first, of any shape.
  init(_ places: Tensor, extent: Int, _ fill: FillMode) {
    let last = Double(extent - 1)
    isInside = (places .>= -Self.tolerance) .& (places .<= last + Self.tolerance)
    let mapped: Tensor
    switch fill {
    case .nearest, .constant: mapped = places.clamped(to: 0...last)
    case .wrap:
      let turns = (places / Swift.max(last, 1)).floor()
      mapped = Tensor.select(isInside, places, places - turns * last).clamped(to: 0...last)
    case .reflect: mapped = places
    }
    let floor = mapped.floor()
    fraction = mapped - floor
    func index(_ tap: Tensor) -> Tensor {
      guard case .reflect = fill else { return tap.clamped(to: 0...last).cast(to: .int32) }
      let period = Double(2 * extent)
      let within = tap - (tap / period).floor() * period
      return within.minimum(period - 1 - within).clamped(to: 0...last).cast(to: .int32)
    }
    (low, high) = (index(floor), index(floor + 1))
  }
}
