// Convolution and pooling. ONNX has channels before the spatial axes, so that the results are views.

extension Convolution: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let rank = call.inputs[0].rank
    guard !strides.isEmpty else { throw ONNXFormError(message: "a convolution needs a spatial axis") }
    guard inputDilation.allSatisfy({ $0 == 1 }) else { return [try transposed(call, in: &writer)] }
    var input = writer.full(call.inputs[0], .channelsFirst(rank))
    var edges = low + high
    if edges.contains(where: { $0 < 0 }) {
      // The operator has no negative edges, which crop.
      let pads = writer.integers([0, 0] + low + [0, 0] + high)
      input = ONNXValue(.named(writer.add("Pad", [writer.name(of: input), pads])), input.type, layout: input.layout)
      edges = edges.map { _ in 0 }
    }
    let kernel = writer.full(call.inputs[1], .featuresFirst(rank))
    let name = writer.add(
      "Conv", [input, kernel].map { writer.name(of: $0) },
      [
        "kernel_shape": .integers(window(call.inputs[1])), "strides": .integers(strides), "pads": .integers(edges),
        "dilations": .integers(kernelDilation), "group": .integer(groups),
      ])
    return [ONNXValue(.named(name), call.results[0], layout: .channelsFirst(rank))]
  }

  private func window(_ kernel: ONNXValue) -> [Int] { kernel.shape.dropLast(2).map(\.fixed) }

  /// A convolution of an input with zeros between its elements: the transpose of a strided one with the kernel turned
  /// around, and channels and features exchanged within each group.
  private func transposed(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> ONNXValue {
    let rank = call.inputs[0].rank
    guard let kernel = call.inputs[1].constant, strides.allSatisfy({ $0 == 1 }) else {
      throw ONNXFormError(message: "a convolution over a dilated input needs a constant kernel and strides of 1")
    }
    let window = window(call.inputs[1])
    let whole = kernel.broadcast(to: Shape(call.inputs[1].shape.map(\.fixed)))
    let spans = window.indices.map { span(window[$0], kernelDilation[$0]) }
    let (begin, end) = (zip(spans, low).map { $0 - 1 - $1 }, zip(spans, high).map { $0 - 1 - $1 })
    guard begin.allSatisfy({ $0 >= 0 }), call.inputs[1].axes == Array(0..<rank) else {
      throw ONNXFormError(message: "a convolution over a dilated input can't be padded by more than its kernel spans")
    }
    let split = whole.reverse(Array(window.indices)).splitLast(groups)
    let order = [rank - 1, rank - 2, rank] + Array(0..<rank - 2)
    let turned = split.transpose(order)
      .reshape(to: Shape([groups * whole.shape[-2], whole.shape[-1] / groups] + window))
    let type = ONNXType(dtype: kernel.dtype, shape: turned.shape.map { SymbolicExtent(fixed: $0) })
    let input = writer.full(call.inputs[0], .channelsFirst(rank))
    let name = writer.add(
      "ConvTranspose", [writer.name(of: input), writer.name(of: ONNXValue(.constant(turned), type))],
      [
        "kernel_shape": .integers(window), "strides": .integers(inputDilation),
        "pads": .integers(begin + end.map { max($0, 0) }), "output_padding": .integers(end.map { max(-$0, 0) }),
        "dilations": .integers(kernelDilation), "group": .integer(groups),
      ])
    return ONNXValue(.named(name), call.results[0], layout: .channelsFirst(rank))
  }
}

extension ConvolutionInputGradient: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let (cotangent, kernel) = (call.inputs[0], call.inputs[1])
    let (rank, forward) = (cotangent.rank, convolution)
    guard !space.isEmpty, forward.inputDilation.allSatisfy({ $0 == 1 }),
      (forward.low + forward.high).allSatisfy({ $0 >= 0 })
    else { throw ONNXFormError(message: "it is the transpose of a convolution that crops or dilates its input") }
    let window = kernel.shape.dropLast(2).map(\.fixed)
    // What the strides skip at the end.
    let rest = space.indices.map { axis in
      let reached = (cotangent.shape[axis + 1].fixed - 1) * forward.strides[axis]
      let span = forward.span(window[axis], forward.kernelDilation[axis])
      return space[axis] - (reached + span - forward.low[axis] - forward.high[axis])
    }
    let inputs = [writer.full(cotangent, .channelsFirst(rank)), writer.full(kernel, .featuresFirst(rank))]
    let name = writer.add(
      "ConvTranspose", inputs.map { writer.name(of: $0) },
      [
        "kernel_shape": .integers(window), "strides": .integers(forward.strides),
        "pads": .integers(forward.low + forward.high), "output_padding": .integers(rest),
        "dilations": .integers(forward.kernelDilation), "group": .integer(forward.groups),
      ])
    return [ONNXValue(.named(name), call.results[0], layout: .channelsFirst(rank))]
  }
}

extension [Int] {
  /// The axes of images `[batch, space…, channels]` in ONNX's order.
  fileprivate static func channelsFirst(_ rank: Int) -> [Int] { [0, rank - 1] + Array(1..<rank - 1) }
  /// The axes of a kernel `[space…, channels, features]` in ONNX's order.
  fileprivate static func featuresFirst(_ rank: Int) -> [Int] { [rank - 1, rank - 2] + Array(0..<rank - 2) }
}

extension [Int?] {
  fileprivate static func channelsFirst(_ rank: Int) -> [Int?] { [Int].channelsFirst(rank) }
}

extension WindowMaximum: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    [try writer.pool("MaxPool", call, geometry)]
  }
}

extension WindowSum: ONNXOperation {
  /// The mean times the number of elements.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let mean = try writer.pool("AveragePool", call, geometry, ["count_include_pad": .integer(1)])
    let count = writer.scalar(Double(geometry.window.reduce(1, *)), mean.dtype)
    return [writer.elementwise("Mul", [mean, count], call.results[0])]
  }
}

extension ONNXWriter {
  /// A pooling, whose windows extend over the last axes that are stored.
  fileprivate mutating func pool(
    _ operation: String, _ call: ONNXCall, _ geometry: WindowGeometry, _ attributes: [String: ONNXAttribute] = [:]
  ) throws -> ONNXValue {
    let (input, result) = (call.inputs[0], call.results[0])
    let spatial = input.shape.indices.filter { axis in
      geometry.window[axis] != 1 || geometry.strides[axis] != 1 || geometry.low[axis] != 0 || geometry.high[axis] != 0
    }
    guard !spatial.isEmpty else { return input }
    let others = input.shape.indices.filter { !spatial.contains($0) }
    let edges = spatial.map { geometry.low[$0] } + spatial.map { geometry.high[$0] }
    let attributes = attributes.merging([
      "kernel_shape": .integers(spatial.map { geometry.window[$0] }),
      "strides": .integers(spatial.map { geometry.strides[$0] }), "pads": .integers(edges),
    ]) { $1 }
    if others.count == 2 {
      let name = add(operation, [name(of: full(input, others + spatial))], attributes)
      return ONNXValue(.named(name), result, layout: others + spatial)
    }
    // The operator wants two axes before the spatial ones.
    let groups = [Array(others.prefix(1)), Array(others.dropFirst())]
    let images = try grouped(input, groups + spatial.map { [$0] })
    let shape = images.shape.prefix(2) + spatial.map { result.shape[$0] }
    let pooled = ONNXValue(
      .named(add(operation, [name(of: images)], attributes)), ONNXType(dtype: result.dtype, shape: Array(shape)))
    let apart = try reshaped(pooled, to: (others + spatial).map { result.shape[$0] })
    return apart.seen(as: result.shape, layout: others + spatial)
  }
}
