/// An elementwise comparison; comparisons with NaN are false, but for "not equal".
struct Compare: NonDifferentiable {
  static let name = "compare"
  enum Direction: String {
    case equal = "EQ", notEqual = "NE", less = "LT", lessOrEqual = "LE", greater = "GT", greaterOrEqual = "GE"
  }
  let direction: Direction

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try requireEqual(inputs)
    return [TensorType(.bool, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    [writer.compare(direction, inputs[0], inputs[1])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

/// Whether each element is neither infinite nor NaN.
struct IsFinite: NonDifferentiable {
  static let name = "isFinite"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    return [TensorType(.bool, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.is_finite \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// Elements of the second input where the first is true, of the third elsewhere.
struct Select: Primitive {
  static let name = "select"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.bool.check([inputs[0]])
    try requireEqual(Array(inputs.dropFirst()))
    guard inputs[0].shape == inputs[1].shape else {
      throw ShapeError("the condition has shape \(inputs[0].shape), the values \(inputs[1].shape)")
    }
    return [inputs[1]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign(
      "stablehlo.select \(inputs[0]), \(inputs[1]), \(inputs[2]) : \(inputs[0].type), \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let zeros = cotangents[0].zerosLike()
    return [
      nil, Tensor(Select(), [inputs[0], cotangents[0], zeros]), Tensor(Select(), [inputs[0], zeros, cotangents[0]]),
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
