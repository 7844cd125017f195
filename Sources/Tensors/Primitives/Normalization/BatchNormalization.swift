import PJRT

/// Each channel (last axis) less its mean, over its deviation, scaled and shifted: from `x`, scale and offset to
/// output, mean and biased variance.
///
/// Ioffe and Szegedy, Batch normalization (2015).
struct BatchNormalization: Primitive {
  static let name = "batchNormalization"
  let epsilon: Double
  let activation: FusedActivation

  var resultCount: Int { 3 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    guard inputs[0].shape.rank >= 2 else { throw ShapeError("needs […, channels], not \(inputs[0].shape)") }
    guard epsilon >= 0, epsilon.isFinite else { throw ShapeError("epsilon must be 0 or more, not \(epsilon)") }
    let channels = TensorType(inputs[0].dtype.accumulation, [inputs[0].shape.last])
    for (name, input) in zip(["the scale", "the offset"], inputs.dropFirst()) where input != channels {
      throw ShapeError("\(name) must be \(channels.dtype)\(channels.shape), not \(input.dtype)\(input.shape)")
    }
    return [inputs[0], channels, channels]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    call("batch_normalization", inputs, results, in: &writer)
      ?? writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
  }

  /// The same made of elementary operations.
  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (x, scale, offset) = (inputs[0].cast(to: inputs[1].dtype), inputs[1], inputs[2])
    let axes = Array(0..<x.rank - 1)
    let mean = x.mean(axes)
    let centred = x - mean
    let variance = centred.squared().mean(axes)
    let output = centred * ((variance + epsilon).rsqrt() * scale) + offset
    return [(activation == .relu ? output.maximum(0) : output).cast(to: inputs[0].dtype), mean, variance]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(
      BatchNormalizationGradient(epsilon: epsilon, activation: activation),
      to: inputs + results.dropFirst() + cotangents)
  }

  /// A batch of normalizations is one of more channels.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size).map { $0.membersAsChannels() })
      .map { $0.channelsAsMembers(size) }
  }
}
