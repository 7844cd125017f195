/// The cotangent of a ``Convolution``'s kernel, from the input and the result's cotangent.
struct ConvolutionKernelGradient: Primitive {
  static let name = "convolutionKernelGradient"
  let convolution: Convolution
  /// The kernel's spatial extents: because of strides they don't follow from the result's.
  let window: [Int]

  init(convolution: Convolution, window: some Sequence<Int>) {
    self.convolution = convolution
    self.window = Array(window)
  }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (input, cotangent) = (inputs[0], inputs[1])
    guard input.shape.rank >= 2, cotangent.shape.rank >= 2, convolution.groups >= 1 else {
      throw ShapeError("needs an input [batch, space…, channels], a cotangent and a number of groups")
    }
    let kernel = TensorType(
      input.dtype, Shape(window + [input.shape.last / convolution.groups, cotangent.shape.last]))
    let result = try convolution.resultTypes(for: [input, kernel])[0]
    guard cotangent == result else {
      throw ShapeError("the cotangent is \(cotangent.shape), but the convolution gives \(result.shape)")
    }
    return [kernel]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    convolution.call("convolution_kernel_gradient", inputs, results, in: &writer)
      ?? writer.inline(Subgraph(inputs.map(\.type)) { [composed($0[0], $0[1])] }, inputs)
  }

  /// The input, with its batch as channels, convolved with the cotangents as a kernel.
  private func composed(_ input: Tensor, _ cotangent: Tensor) -> Tensor {
    let forward = convolution
    let high = window.indices.map { axis in
      forward.span(window[axis], forward.kernelDilation[axis]) - 1
        + forward.span(cotangent.shape[axis + 1], forward.strides[axis])
        - forward.span(input.shape[axis + 1], forward.inputDilation[axis]) - forward.low[axis]
    }
    let backward = Convolution(
      strides: forward.kernelDilation, low: forward.low, high: high, inputDilation: forward.inputDilation,
      kernelDilation: forward.strides, groups: forward.groups)
    let images = input.moveAxis(from: 0, to: -1).channelsFirst(forward.groups)
    return Tensor(backward, [images, cotangent.moveAxis(from: 0, to: -2)]).moveAxis(from: 0, to: -2)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [
      Tensor(
        ConvolutionInputGradient(convolution: convolution, space: inputs[0].shape.dropFirst().dropLast()),
        [inputs[1], cotangents[0]]),
      Tensor(convolution, [inputs[0], cotangents[0]]),
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let wider = ConvolutionKernelGradient(convolution: convolution.repeated(size), window: window)
    return [Tensor(wider, inputs.batched(isBatched, size).map { $0.membersAsChannels() }).channelsAsMembers(size)]
  }
}

extension Tensor {
  /// `[space…, channels, batch]` as `[channels of a group, space…, groups * batch]`.
  fileprivate func channelsFirst(_ groups: Int) -> Tensor {
    let channels = shape[-2]
    let split = reshape(to: Shape(shape.dropLast(2) + [groups, channels / groups, shape.last]))
    return split.moveAxis(from: -2, to: 0).mergeLast(2)
  }
}
