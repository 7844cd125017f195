/// A primitive that combines two tensors of one type element by element. Broadcasting is done before.
protocol BinaryElementwise: Primitive {
  static var operation: String { get }
  static var domain: ElementDomain { get }
  /// Both inputs' cotangents; nil for an operation without gradient.
  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?]
}

extension BinaryElementwise {
  static var domain: ElementDomain { .numeric }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.domain.check(inputs)
    try requireEqual(inputs)
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("\(Self.operation) \(inputs[0]), \(inputs[1]) : \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    self.cotangents(cotangents[0], inputs[0], inputs[1], results[0])
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

extension BinaryElementwise where Self: NonDifferentiable {
  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] { [nil, nil] }
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { [nil, nil] }
}

extension UnaryElementwise where Self: NonDifferentiable {
  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { x.zerosLike() }
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { [nil] }
}

/// - Throws: if the types differ, with a hint.
func requireEqual(_ inputs: [TensorType]) throws(ShapeError) {
  for input in inputs.dropFirst() where input != inputs[0] {
    if input.dtype != inputs[0].dtype {
      throw ShapeError("element types \(inputs[0].dtype) and \(input.dtype) differ: cast one of them")
    }
    throw ShapeError("shapes \(inputs[0].shape) and \(input.shape) differ")
  }
}

extension [Tensor] {
  /// All inputs with the leading batch axis: those without it repeat.
  package func batched(_ isBatched: [Bool], _ size: Int) -> [Tensor] {
    zip(self, isBatched).map { $1 ? $0 : $0.repeated(size) }
  }
}

extension Tensor {
  /// A new leading axis of `size` equal members.
  package func repeated(_ size: Int) -> Tensor {
    Tensor(Broadcast(shape: shape.prepending(size), axes: Array(1..<(rank + 1))), [self])
  }
}

/// Elementwise sum.
struct Add: BinaryElementwise {
  static let name = "add"
  static let operation = "stablehlo.add"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent, cotangent]
  }
}

/// Elementwise difference.
struct Subtract: BinaryElementwise {
  static let name = "subtract"
  static let operation = "stablehlo.subtract"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent, -cotangent]
  }
}

/// Elementwise product.
struct Multiply: BinaryElementwise {
  static let name = "multiply"
  static let operation = "stablehlo.multiply"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent * y, cotangent * x]
  }
}

/// Elementwise quotient; integers are truncated towards zero.
struct Divide: BinaryElementwise {
  static let name = "divide"
  static let operation = "stablehlo.divide"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent / y, -(cotangent * result) / y]
  }
}

/// The remainder of the quotient truncated towards zero; it has the sign of the first.
struct Remainder: BinaryElementwise {
  static let name = "remainder"
  static let operation = "stablehlo.remainder"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    // The truncated quotient; from the result, since x / y may round up to an integer.
    let quotient = ((x - result) / y).rounded()
    return [cotangent, -cotangent * quotient]
  }
}

/// The first to the power of the second.
struct Power: BinaryElementwise {
  static let name = "power"
  static let operation = "stablehlo.power"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    // At x = 0 the logarithm is infinite, but the result's derivative there is 0.
    let logarithm = x.replaced(where: x .== 0, by: 1).log()
    // 0^0 is 1 whatever the base does, but 0 * 0^-1 would be NaN.
    let slope = (y * x.power(y - 1)).replaced(where: (x .== 0) .& (y .== 0), by: 0)
    return [cotangent * slope, cotangent * result * logarithm]
  }
}

/// The angle of the point (y, x), first input first, in radians.
struct ArcTangent: BinaryElementwise {
  static let name = "atan2"
  static let operation = "stablehlo.atan2"
  static let domain = ElementDomain.floatingPoint

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    let norm = x * x + y * y
    return [cotangent * y / norm, -(cotangent * x) / norm]
  }
}

/// The larger; NaN if either is. Equal elements share the cotangent.
struct Maximum: BinaryElementwise {
  static let name = "maximum"
  static let operation = "stablehlo.maximum"
  static let domain = ElementDomain.any

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    let share = Tensor(0.5, like: x).replaced(where: x .> y, by: 1).replaced(where: x .< y, by: 0)
    return [cotangent * share, cotangent * (1 - share)]
  }
}

/// The smaller; NaN if either is. Equal elements share the cotangent.
struct Minimum: BinaryElementwise {
  static let name = "minimum"
  static let operation = "stablehlo.minimum"
  static let domain = ElementDomain.any

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    let share = Tensor(0.5, like: x).replaced(where: x .< y, by: 1).replaced(where: x .> y, by: 0)
    return [cotangent * share, cotangent * (1 - share)]
  }
}

/// Bitwise and, or logical and.
struct And: BinaryElementwise, NonDifferentiable {
  static let name = "and"
  static let operation = "stablehlo.and"
  static let domain = ElementDomain.bits
}

/// Bitwise or, or logical or.
struct Or: BinaryElementwise, NonDifferentiable {
  static let name = "or"
  static let operation = "stablehlo.or"
  static let domain = ElementDomain.bits
}

/// Bitwise or logical exclusive or.
struct ExclusiveOr: BinaryElementwise, NonDifferentiable {
  static let name = "xor"
  static let operation = "stablehlo.xor"
  static let domain = ElementDomain.bits
}

/// Bits moved up; 0 where the shift is the width or more.
struct ShiftLeft: BinaryElementwise, NonDifferentiable {
  static let name = "shiftLeft"
  static let operation = "stablehlo.shift_left"
  static let domain = ElementDomain.integer
}

/// Bits moved down, zeros moved in.
struct ShiftRightLogical: BinaryElementwise, NonDifferentiable {
  static let name = "shiftRightLogical"
  static let operation = "stablehlo.shift_right_logical"
  static let domain = ElementDomain.integer
}
