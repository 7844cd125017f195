import PJRT

/// Cross-correlation of `[batch, space…, channels]` with a kernel `[space…, channels / groups, features]`, for any
/// number of spatial axes, as `[batch, space…, features]`. Features are split into groups like the channels.
struct Convolution: Primitive {
  static let name = "convolution"
  /// An entry a spatial axis. Negative edges crop.
  let strides: [Int]
  let low: [Int]
  let high: [Int]
  /// The distance of neighbouring elements of the input and of the kernel; between them are zeros.
  let inputDilation: [Int]
  let kernelDilation: [Int]
  var groups = 1

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let (input, kernel) = (inputs[0].shape, inputs[1].shape)
    guard inputs[0].dtype == inputs[1].dtype else {
      throw ShapeError("element types \(inputs[0].dtype) and \(inputs[1].dtype) differ: cast one of them")
    }
    let attributes = [strides, low, high, inputDilation, kernelDilation]
    guard input.rank >= 2, kernel.rank == input.rank, attributes.allSatisfy({ $0.count == input.rank - 2 }) else {
      throw ShapeError("\(strides.count) spatial axes don't fit an input \(input) and a kernel \(kernel)")
    }
    guard groups >= 1, input.last % groups == 0, input.last / groups == kernel[-2], kernel.last % groups == 0 else {
      throw ShapeError(
        "the input has \(input.last) channels, the kernel takes \(kernel[-2]) in each of \(groups) groups and has "
          + "\(kernel.last) features")
    }
    guard attributes.joined().allSatisfy({ $0.magnitude < 1 << 30 }),
      (strides + inputDilation + kernelDilation).allSatisfy({ $0 >= 1 })
    else { throw ShapeError("strides and dilations must be 1 or more, and they and edges below 2^30") }
    var extents: [Int] = []
    for axis in strides.indices {
      let free = span(input[axis + 1], inputDilation[axis]) + low[axis] + high[axis]
      let window = span(kernel[axis], kernelDilation[axis])
      guard window >= 1, window <= free else {
        throw ShapeError(
          "along spatial axis \(axis), a kernel that spans \(window) doesn't fit an input that spans \(free)")
      }
      extents.append((free - window) / strides[axis] + 1)
    }
    return [TensorType(inputs[0].dtype, Shape([input[0]] + extents + [kernel.last]))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if let called = call("convolution", inputs, results, in: &writer) { return called }
    if (low + high).contains(where: { $0 < 0 }), !inputs[0].type.shape.contains(0) {
      // XLA's convolution in float32 on CPUs reads beyond the input where edges crop.
      return writer.inline(Subgraph(inputs.map(\.type)) { [cropped($0[0], $0[1])] }, inputs)
    }
    guard !inputs[0].type.shape.contains(0) else {
      let zero = writer.scalar("0.0", results[0].dtype)
      return writer.assign("stablehlo.broadcast_in_dim \(zero), dims = [] : (\(zero.type)) -> \(results[0])", results)
    }
    let space = strides.indices.map { "\($0), " }.joined()
    let edges = zip(low, high).map { "[\($0), \($1)]" }.joined(separator: ", ")
    let window =
      strides.isEmpty
      ? "" : "stride = \(strides), pad = [\(edges)], lhs_dilate = \(inputDilation), rhs_dilate = \(kernelDilation)"
    let precision = ProductPrecision.of(inputs[0].type.dtype).map { "#stablehlo<precision \($0)>" }
    let config = precision.map { ", precision_config = [\($0), \($0)]" } ?? ""
    return writer.assign(
      "stablehlo.convolution(\(inputs[0]), \(inputs[1])) dim_numbers = [b, \(space)f]x[\(space)i, o]->[b, \(space)f], "
        + "window = {\(window)} {batch_group_count = 1 : i64, feature_group_count = \(groups) : i64\(config)} : "
        + "(\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  /// The input spread and cropped, then convolved without negative edges.
  private func cropped(_ input: Tensor, _ kernel: Tensor) -> Tensor {
    let none = [0]
    let crop = Pad(
      low: none + low.map { Swift.min($0, 0) } + none, high: none + high.map { Swift.min($0, 0) } + none,
      interior: none + inputDilation.map { $0 - 1 } + none)
    let rest = Convolution(
      strides: strides, low: low.map { Swift.max($0, 0) }, high: high.map { Swift.max($0, 0) },
      inputDilation: inputDilation.map { _ in 1 }, kernelDilation: kernelDilation, groups: groups)
    return Tensor(rest, [Tensor(crop, [input, Tensor(0, dtype: input.dtype)]), kernel])
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [
      Tensor(
        ConvolutionInputGradient(convolution: self, space: inputs[0].shape.dropFirst().dropLast()),
        [cotangents[0], inputs[1]]),
      Tensor(
        ConvolutionKernelGradient(convolution: self, window: inputs[1].shape.dropLast(2)), [inputs[0], cotangents[0]]),
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    if !isBatched[1] {
      let shape = inputs[0].shape
      let merged = inputs[0].reshape(to: Shape([size * shape[1]] + shape.dropFirst(2)))
      let result = Tensor(self, [merged, inputs[1]])
      return [result.reshape(to: Shape([size, shape[1]] + result.shape.dropFirst()))]
    }
    if !isBatched[0] {
      // Each group's features, member after member.
      let kernel = inputs[1].splitLast(groups).moveAxis(from: 0, to: -2)
      let result = Tensor(self, [inputs[0], kernel.mergeLast(3)])
      return [result.splitLast(groups, size).moveAxis(from: -2, to: 0).mergeLast(2)]
    }
    return [Tensor(repeated(size), inputs.map { $0.membersAsChannels() }).channelsAsMembers(size)]
  }

  /// `size` convolutions side by side, as groups.
  func repeated(_ size: Int) -> Convolution {
    var wider = self
    wider.groups *= size
    return wider
  }

  /// How far `count` elements reach.
  func span(_ count: Int, _ dilation: Int) -> Int { count == 0 ? 0 : (count - 1) * dilation + 1 }
}

/// A convolution, or one of its gradients, as a call of a kernel.
extension Convolution {
  /// - Parameter operation: the kernel's name.
  /// - Returns: nil if the engine has no kernel for it.
  func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter
  ) -> [Value]? {
    let needed: KernelSet
    switch results[0].dtype {
    case .float32: needed = .convolution
    case .bfloat16: needed = .bfloat16Convolution
    default: return nil
    }
    let types = inputs.map(\.type) + results
    guard writer.kernels.contains(needed), (1...3).contains(strides.count), inputDilation.allSatisfy({ $0 == 1 }),
      (low + high).allSatisfy({ $0 >= 0 }), !types.contains(where: { $0.shape.contains(0) })
    else { return nil }
    return writer.call(
      "\(operation).2", inputs,
      [
        "strides": ProgramWriter.attribute(strides), "low": ProgramWriter.attribute(low),
        "high": ProgramWriter.attribute(high), "dilation": ProgramWriter.attribute(kernelDilation),
        "groups": "\(groups) : i64", "winograd": "\(writer.kernels.contains(.winograd) ? 1 : 0) : i64",
      ], results)
  }
}

/// Rearrangements of the last axis for channelwise primitives.
extension Tensor {
  /// The last axis split into axes of these extents and one of the rest.
  func splitLast(_ extents: Int...) -> Tensor {
    let known = extents.reduce(1, *)
    return reshape(to: Shape(shape.dropLast() + extents + [known == 0 ? 0 : shape.last / known]))
  }

  /// The last `count` axes as one.
  func mergeLast(_ count: Int) -> Tensor {
    reshape(to: Shape(Array(shape.dropLast(count)) + [Shape(shape.suffix(count)).elementCount]))
  }

  /// A batch `[size, …, channels]` as one member with more channels, `[…, size * channels]`.
  func membersAsChannels() -> Tensor { moveAxis(from: 0, to: -2).mergeLast(2) }

  /// The inverse of ``membersAsChannels()``.
  func channelsAsMembers(_ size: Int) -> Tensor { splitLast(size).moveAxis(from: -2, to: 0) }
}
