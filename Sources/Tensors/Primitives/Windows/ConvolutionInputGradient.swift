/// The cotangent of a ``Convolution``'s input, from the result's cotangent and the kernel.
///
/// A convolution is linear in each input, so the three primitives are one another's gradients.
struct ConvolutionInputGradient: Primitive {
  static let name = "convolutionInputGradient"
  let convolution: Convolution
  /// The input's spatial extents: because of strides they don't follow from the result's.
  let space: [Int]

  init(convolution: Convolution, space: some Sequence<Int>) {
    self.convolution = convolution
    self.space = Array(space)
  }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (cotangent, kernel) = (inputs[0], inputs[1])
    guard cotangent.shape.rank >= 2, kernel.shape.rank >= 2, (1..<1 << 30).contains(convolution.groups) else {
      throw ShapeError("needs a cotangent [batch, space…, features], a kernel and a number of groups")
    }
    let channels = kernel.shape[-2].multipliedReportingOverflow(by: convolution.groups)
    guard !channels.overflow else { throw ShapeError("\(convolution.groups) groups are too many") }
    let input = TensorType(cotangent.dtype, Shape([cotangent.shape[0]] + space + [channels.partialValue]))
    let result = try convolution.resultTypes(for: [input, kernel])[0]
    guard cotangent == result else {
      throw ShapeError("the cotangent is \(cotangent.shape), but the convolution gives \(result.shape)")
    }
    return [input]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    convolution.call("convolution_input_gradient", inputs, results, in: &writer)
      ?? writer.inline(Subgraph(inputs.map(\.type)) { [composed($0[0], $0[1])] }, inputs)
  }

  /// The cotangents, spaced by the strides, convolved with the flipped kernel.
  private func composed(_ cotangent: Tensor, _ kernel: Tensor) -> Tensor {
    let forward = convolution
    let axes = space.indices
    let edges = axes.map { axis in
      let window = forward.span(kernel.shape[axis], forward.kernelDilation[axis])
      let taken = forward.span(cotangent.shape[axis + 1], forward.strides[axis])
      let low = window - 1 - forward.low[axis]
      return (low: low, high: forward.span(space[axis], forward.inputDilation[axis]) + window - 1 - taken - low)
    }
    let turned = kernel.reverse(Array(axes)).exchanged(forward.groups)
    let backward = Convolution(
      strides: forward.inputDilation, low: edges.map(\.low), high: edges.map(\.high), inputDilation: forward.strides,
      kernelDilation: forward.kernelDilation, groups: forward.groups)
    return Tensor(backward, [cotangent, turned])
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [
      Tensor(convolution, [cotangents[0], inputs[1]]),
      Tensor(
        ConvolutionKernelGradient(convolution: convolution, window: inputs[1].shape.dropLast(2)),
        [cotangents[0], inputs[0]]),
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    if !isBatched[1] {
      let shape = inputs[0].shape
      let merged = inputs[0].reshape(to: Shape([size * shape[1]] + shape.dropFirst(2)))
      let result = Tensor(self, [merged, inputs[1]])
      return [result.reshape(to: Shape([size, shape[1]] + result.shape.dropFirst()))]
    }
    let wider = ConvolutionInputGradient(convolution: convolution.repeated(size), space: space)
    return [Tensor(wider, inputs.batched(isBatched, size).map { $0.membersAsChannels() }).channelsAsMembers(size)]
  }
}

extension Tensor {
  /// A kernel `[…, channels, features]` with channels and features exchanged within each group.
  fileprivate func exchanged(_ groups: Int) -> Tensor {
    // […, channels, groups, features] to […, features, groups, channels].
    splitLast(groups).moveAxis(from: -3, to: -1).moveAxis(from: -2, to: -3).mergeLast(2)
  }
}
