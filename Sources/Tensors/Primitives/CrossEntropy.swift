import PJRT

/// `-sum(t log softmax(x))` over the last axis, from logits x and targets t of their type.
struct CrossEntropy: KernelPrimitive {
  static let name = "crossEntropy"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    guard inputs[0].shape.rank >= 1 else { throw ShapeError("needs […, classes], not \(inputs[0].shape)") }
    guard inputs[1] == inputs[0] else {
      throw ShapeError("targets must be \(inputs[0].dtype)\(inputs[0].shape), not \(inputs[1].dtype)\(inputs[1].shape)")
    }
    return [TensorType(inputs[0].dtype, Shape(inputs[0].shape.dropLast()))]
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call("cross_entropy.1", of: .crossEntropy, inputs, results)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (x, targets) = (inputs[0].upcast, inputs[1].upcast)
    return [-(targets * x.logSoftmax()).sum([-1]).cast(to: inputs[0].dtype)]
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [
      Tensor(CrossEntropyGradient(), inputs + cotangents),
      -inputs[0].logSoftmax() * cotangents[0].expand(at: -1),
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

/// The cotangent of ``CrossEntropy``'s logits, `(softmax(x) sum(t) - t) g`, from its inputs and its result's cotangent g.
struct CrossEntropyGradient: KernelPrimitive {
  static let name = "crossEntropyGradient"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let result = try CrossEntropy().resultTypes(for: Array(inputs.prefix(2)))[0]
    guard inputs[2] == result else {
      throw ShapeError("the cotangent must be \(result.dtype)\(result.shape), not \(inputs[2].dtype)\(inputs[2].shape)")
    }
    return [inputs[0]]
  }

  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    writer.call("cross_entropy_gradient.1", of: .crossEntropy, inputs, results)
  }

  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let (x, targets, cotangent) = (inputs[0].upcast, inputs[1].upcast, inputs[2].upcast.expand(at: -1))
    let toLogits = (x.softmax() * targets.sum([-1], keepDims: true) - targets) * cotangent
    return [toLogits.cast(to: inputs[0].dtype)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
