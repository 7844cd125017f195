import PJRT

/// Each channel (last axis) less its mean, over its deviation, scaled and shifted: from `x`, scale and offset to
/// output, mean and biased variance.
///
/// Over an axis of devices `x`, scale, offset and output are each device's own; mean and variance are those of all.
/// Ioffe and Szegedy, Batch normalization (2015).
struct BatchNormalization: KernelPrimitive {
  static let name = "batchNormalization"
  let epsilon: Double
  let activation: FusedActivation
  var devices = DeviceAxis(devices: 1)

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

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    call("batch_normalization.1", inputs, results, in: &writer)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (x, scale, offset) = (inputs[0].cast(to: inputs[1].dtype), inputs[1], inputs[2])
    let axes = Array(0..<x.rank - 1)
    let mean = devices.mean(x.mean(axes))
    let centred = x - devices.spread(mean)
    let variance = devices.mean(centred.squared().mean(axes))
    let output = centred * ((devices.spread(variance) + epsilon).rsqrt() * scale) + offset
    return [(activation == .relu ? output.maximum(0) : output).cast(to: inputs[0].dtype), mean, variance]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(
      BatchNormalizationGradient(epsilon: epsilon, activation: activation, devices: devices),
      to: inputs + results.dropFirst() + cotangents)
  }

  /// A batch of normalizations is one of more channels.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size).map { $0.membersAsChannels() })
      .map { $0.channelsAsMembers(size) }
  }
}

/// Batch normalization, or its gradient, as a call of a kernel.
extension BatchNormalization {
  /// - Parameter operation: the kernel's name.
  /// - Returns: nil if the engine has no kernel for it.
  fileprivate func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter
  ) -> [Value]? {
    guard devices.count == 1 else { return nil }
    return writer.call(
      operation, of: .batchNormalization, inputs, results,
      attributes: ["epsilon": ProgramWriter.attribute(epsilon), "relu": "\(activation == .relu ? 1 : 0) : i64"])
  }
}

/// The cotangents of ``BatchNormalization``'s inputs, from those inputs, the mean and variance it found, and the
/// cotangents of its results.
struct BatchNormalizationGradient: KernelPrimitive {
  static let name = "batchNormalizationGradient"
  let epsilon: Double
  let activation: FusedActivation
  var devices = DeviceAxis(devices: 1)

  var resultCount: Int { 3 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let values = Array(inputs.prefix(3))
    let results = try BatchNormalization(epsilon: epsilon, activation: activation).resultTypes(for: values)
    for (index, expected) in zip(3..., results.dropFirst() + results) where inputs[index] != expected {
      throw ShapeError(
        "input \(index) must be \(expected.dtype)\(expected.shape), not \(inputs[index].dtype)\(inputs[index].shape)")
    }
    return values
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    BatchNormalization(epsilon: epsilon, activation: activation, devices: devices)
      .call("batch_normalization_gradient.1", inputs, results, in: &writer)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (scale, offset) = (inputs[1], inputs[2])
    let spread = devices.spread([inputs[3], inputs[4], inputs[6], inputs[7]])
    let (mean, variance, meanCotangent, varianceCotangent) = (spread[0], spread[1], spread[2], spread[3])
    let axes = Array(0..<inputs[0].rank - 1)
    let count = Shape(inputs[0].shape.dropLast()).reduce(Double(devices.count)) { $0 * Double($1) }
    let centred = inputs[0].cast(to: mean.dtype) - mean
    let inverse = (variance + epsilon).rsqrt()
    var cotangent = inputs[5].cast(to: mean.dtype)
    if activation == .relu {
      cotangent = cotangent.replaced(where: centred * (inverse * scale) + offset .<= 0, by: 0)
    }
    let toOffset = cotangent.sum(axes)
    let toScale = (cotangent * centred).sum(axes) * inverse
    // What mean and variance depend on of x, folded into factors of each channel.
    let whole = devices.spread(devices.sum([toScale, toOffset]))
    let factor = scale * inverse
    let slope = (varianceCotangent * 2 - factor * inverse * whole[0]) / count
    let constant = (meanCotangent - factor * whole[1]) / count
    let toInput = cotangent * factor + centred * slope + constant
    return [toInput.cast(to: inputs[0].dtype), toScale, toOffset]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size).map { $0.membersAsChannels() })
      .map { $0.channelsAsMembers(size) }
  }
}
