/// A primitive that maps each element by itself.
protocol UnaryElementwise: Primitive {
  /// The StableHLO operation, with its dialect.
  static var operation: String { get }
  /// Which element types it takes.
  static var domain: ElementDomain { get }
  /// The derivative at `x`, given the result `y`.
  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor
}

extension UnaryElementwise {
  static var domain: ElementDomain { .floatingPoint }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.domain.check(inputs)
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let separator = Self.operation.hasPrefix("chlo.") ? " : \(inputs[0].type) -> " : " : "
    return writer.assign("\(Self.operation) \(inputs[0])\(separator)\(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [cotangents[0] * derivative(inputs[0], results[0])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// The absolute value; its derivative at 0 is taken as 0.
struct AbsoluteValue: UnaryElementwise {
  static let name = "abs"
  static let operation = "stablehlo.abs"
  static let domain = ElementDomain.signed

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { x.sign() }
}

/// -1, 0 or 1; NaN stays NaN.
struct Sign: UnaryElementwise, NonDifferentiable {
  static let name = "sign"
  static let operation = "stablehlo.sign"
  static let domain = ElementDomain.signed
}

/// The negative.
struct Negate: UnaryElementwise {
  static let name = "negate"
  static let operation = "stablehlo.negate"
  static let domain = ElementDomain.numeric

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { Tensor(-1, like: x) }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { [-cotangents[0]] }
}

/// e to the power of each element.
struct Exponential: UnaryElementwise {
  static let name = "exp"
  static let operation = "stablehlo.exponential"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y }
}

/// e^x - 1, exact near 0.
struct ExponentialMinusOne: UnaryElementwise {
  static let name = "expm1"
  static let operation = "stablehlo.exponential_minus_one"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y + 1 }
}

/// The natural logarithm.
struct Logarithm: UnaryElementwise {
  static let name = "log"
  static let operation = "stablehlo.log"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / x }
}

/// log(1 + x), exact near 0.
struct LogarithmOnePlus: UnaryElementwise {
  static let name = "log1p"
  static let operation = "stablehlo.log_plus_one"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / (x + 1) }
}

/// The square root.
struct SquareRoot: UnaryElementwise {
  static let name = "sqrt"
  static let operation = "stablehlo.sqrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 0.5 / y }
}

/// 1 / sqrt(x).
struct ReciprocalSquareRoot: UnaryElementwise {
  static let name = "rsqrt"
  static let operation = "stablehlo.rsqrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { -0.5 * y / x }
}

/// The real cube root.
struct CubeRoot: UnaryElementwise {
  static let name = "cbrt"
  static let operation = "stablehlo.cbrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / (3 * y * y) }
}

/// The hyperbolic tangent.
struct HyperbolicTangent: UnaryElementwise {
  static let name = "tanh"
  static let operation = "stablehlo.tanh"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 - y * y }
}

/// 1 / (1 + e^-x).
struct Logistic: UnaryElementwise {
  static let name = "logistic"
  static let operation = "stablehlo.logistic"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y * (1 - y) }
}

/// The sine of radians.
struct Sine: UnaryElementwise {
  static let name = "sin"
  static let operation = "stablehlo.sine"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { x.cos() }
}

/// The cosine of radians.
struct Cosine: UnaryElementwise {
  static let name = "cos"
  static let operation = "stablehlo.cosine"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { -x.sin() }
}

/// The error function; the factor is 2 / sqrt(pi).
struct ErrorFunction: UnaryElementwise {
  static let name = "erf"
  static let operation = "chlo.erf"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { (-(x * x)).exp() * 1.1283791670955126 }
}

/// The number whose error function is x, for x in -1...1; the factor is sqrt(pi) / 2.
struct InverseErrorFunction: UnaryElementwise {
  static let name = "erfInverse"
  static let operation = "chlo.erf_inv"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { (y * y).exp() * 0.886226925452758 }
}

/// The greatest integer not above.
struct Floor: UnaryElementwise, NonDifferentiable {
  static let name = "floor"
  static let operation = "stablehlo.floor"
}

/// The least integer not below.
struct Ceiling: UnaryElementwise, NonDifferentiable {
  static let name = "ceil"
  static let operation = "stablehlo.ceil"
}

/// The nearest integer, halves to the even one.
struct RoundToEven: UnaryElementwise, NonDifferentiable {
  static let name = "roundNearestEven"
  static let operation = "stablehlo.round_nearest_even"
}

/// Negated bits, or negated truth.
struct Not: UnaryElementwise, NonDifferentiable {
  static let name = "not"
  static let operation = "stablehlo.not"
  static let domain = ElementDomain.bits
}

/// The same values under another node, so that a derivative can be taken there and nowhere else.
struct Identity: Primitive {
  static let name = "identity"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [inputs[0]] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { cotangents }
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// The same values, held constant by differentiation.
struct StopGradient: NonDifferentiable {
  static let name = "stopGradient"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [inputs[0]] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// Other elements of the same value: floats round to nearest, floats to integers truncate, to bool is "not 0".
struct Convert: Primitive, Rematerializable {
  static let name = "convert"
  let dtype: DType

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    [TensorType(dtype, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.convert \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    guard dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else { return [nil] }
    return [cotangents[0].cast(to: inputs[0].dtype)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
