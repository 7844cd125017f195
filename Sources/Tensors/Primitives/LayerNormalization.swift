import PJRT

/// Each row, along the last axis, less its mean, over its deviation, scaled and shifted: from x `[groups…, rows…, columns]`,
/// and a scale and an offset `[groups…, columns]` for each group.
///
/// Ba, Kiros and Hinton, Layer normalization (2016).
struct LayerNormalization: KernelPrimitive {
  static let name = "layerNormalization"
  let epsilon: Double

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let (x, scale) = (inputs[0], inputs[1])
    guard epsilon >= 0, epsilon.isFinite else { throw ShapeError("epsilon must be 0 or more, not \(epsilon)") }
    guard x.shape.rank >= 2 else { throw ShapeError("needs […, rows, columns], not \(x.shape)") }
    let groups = scale.shape.rank - 1
    guard scale.dtype == x.dtype.accumulation, (0..<x.shape.rank - 1).contains(groups),
      scale.shape == Shape(x.shape.prefix(groups) + [x.shape.last])
    else {
      throw ShapeError(
        "the scale must be \(x.dtype.accumulation)[groups…, \(x.shape.last)], groups the first axes of \(x.shape), not "
          + "\(scale.dtype)\(scale.shape)")
    }
    guard inputs[2] == scale else {
      throw ShapeError("the offset must be \(scale.dtype)\(scale.shape), not \(inputs[2].dtype)\(inputs[2].shape)")
    }
    return [x]
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call(
      "layer_normalization.1", of: .layerNormalization, inputs, results,
      attributes: ["epsilon": ProgramWriter.attribute(epsilon)])
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let rows = Rows(inputs[0], scale: inputs[1], epsilon)
    return [(rows.normalized * rows.spread(inputs[1]) + rows.spread(inputs[2])).cast(to: inputs[0].dtype)]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(LayerNormalizationGradient(epsilon: epsilon), to: [inputs[0], inputs[1], cotangents[0]])
  }

  /// A batch is a group each.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }

  /// Rows of a mean of 0 and a variance of 1.
  fileprivate struct Rows {
    let normalized: Tensor
    /// One over the deviations, with an axis of extent 1.
    let inverse: Tensor
    private let shape: Shape
    /// The axes of rows, whose groups have a scale in common.
    let axes: [Int]

    init(_ x: Tensor, scale: Tensor, _ epsilon: Double) {
      let wide = x.cast(to: scale.dtype)
      let centered = wide - wide.mean([-1], keepDims: true)
      inverse = (centered.squared().mean([-1], keepDims: true) + epsilon).rsqrt()
      normalized = centered * inverse
      axes = Array(scale.rank - 1..<x.rank - 1)
      shape = Shape(scale.shape.dropLast() + axes.map { _ in 1 } + [scale.shape.last])
    }

    /// What groups have, for each of their rows.
    func spread(_ groups: Tensor) -> Tensor { axes.first == 0 ? groups : groups.reshape(to: shape) }
  }
}

/// The cotangents of ``LayerNormalization``'s inputs, from x, the scale and the cotangent of its result.
struct LayerNormalizationGradient: KernelPrimitive {
  static let name = "layerNormalizationGradient"
  let epsilon: Double

  var resultCount: Int { 3 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (x, scale) = (inputs[0], inputs[1])
    _ = try LayerNormalization(epsilon: epsilon).resultTypes(for: [x, scale, scale])
    guard inputs[2] == x else {
      throw ShapeError("the cotangent must be \(x.dtype)\(x.shape), not \(inputs[2].dtype)\(inputs[2].shape)")
    }
    return [x, scale, scale]
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call(
      "layer_normalization_gradient.1", of: .layerNormalization, inputs, results,
      attributes: ["epsilon": ProgramWriter.attribute(epsilon)])
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let rows = LayerNormalization.Rows(inputs[0], scale: inputs[1], epsilon)
    let cotangent = inputs[2].cast(to: inputs[1].dtype)
    let scaled = cotangent * rows.spread(inputs[1])
    let along = (scaled * rows.normalized).mean([-1], keepDims: true)
    let toInput = (scaled - scaled.mean([-1], keepDims: true) - rows.normalized * along) * rows.inverse
    return [toInput.cast(to: inputs[0].dtype), (cotangent * rows.normalized).sum(rows.axes), cotangent.sum(rows.axes)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
