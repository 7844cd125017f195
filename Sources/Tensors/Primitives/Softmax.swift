import PJRT

/// `e^x / sum(e^x)` over the last axis.
struct Softmax: KernelPrimitive {
  static let name = "softmax"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    guard inputs[0].shape.rank >= 1 else { throw ShapeError("needs an axis, not a number") }
    return inputs
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call("softmax.1", of: .softmax, inputs, results)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let powers = inputs[0].shiftedBelowZero(-1).exp()
    return [powers / powers.sum([-1], keepDims: true)]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [Tensor(SoftmaxGradient(), [results[0], cotangents[0]])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] { Tensor.apply(self, to: inputs) }
}

/// The cotangent `y (g - sum(y g))` of what a ``Softmax`` y was computed from, from it and its cotangent g.
struct SoftmaxGradient: KernelPrimitive {
  static let name = "softmaxGradient"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let result = try Softmax().resultTypes(for: [inputs[0]])
    guard inputs[1] == inputs[0] else {
      throw ShapeError(
        "the cotangent must be \(inputs[0].dtype)\(inputs[0].shape), not \(inputs[1].dtype)\(inputs[1].shape)")
    }
    return result
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call("softmax_gradient.1", of: .softmax, inputs, results)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (y, cotangent) = (inputs[0], inputs[1])
    return [y * (cotangent - (y * cotangent).sum([-1], keepDims: true))]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
