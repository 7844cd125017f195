/// A primitive that is one operator on corresponding elements.
private protocol ONNXElementwise: ONNXOperation {
  static var onnxType: String { get }
}

extension ONNXElementwise {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    [writer.elementwise(Self.onnxType, call.inputs, call.results[0])]
  }
}

// MARK: One input

extension AbsoluteValue: ONNXElementwise { static let onnxType = "Abs" }
extension Sign: ONNXElementwise { static let onnxType = "Sign" }
extension Negate: ONNXElementwise { static let onnxType = "Neg" }
extension Exponential: ONNXElementwise { static let onnxType = "Exp" }
extension Logarithm: ONNXElementwise { static let onnxType = "Log" }
extension SquareRoot: ONNXElementwise { static let onnxType = "Sqrt" }
extension HyperbolicTangent: ONNXElementwise { static let onnxType = "Tanh" }
extension Logistic: ONNXElementwise { static let onnxType = "Sigmoid" }
extension Sine: ONNXElementwise { static let onnxType = "Sin" }
extension Cosine: ONNXElementwise { static let onnxType = "Cos" }
extension ErrorFunction: ONNXElementwise { static let onnxType = "Erf" }
extension Floor: ONNXElementwise { static let onnxType = "Floor" }
extension Ceiling: ONNXElementwise { static let onnxType = "Ceil" }
extension RoundToEven: ONNXElementwise { static let onnxType = "Round" }

extension Not: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    [writer.elementwise(call.results[0].dtype == .bool ? "Not" : "BitwiseNot", call.inputs, call.results[0])]
  }
}

extension ReciprocalSquareRoot: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let root = writer.elementwise("Sqrt", call.inputs, call.results[0])
    return [writer.elementwise("Reciprocal", [root], call.results[0])]
  }
}

extension ExponentialMinusOne: ONNXOperation {
  /// `tanh(x/2) (e^x + 1)`, which loses no digits near 0 as `e^x - 1` would.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (x, type) = (call.inputs[0], call.results[0])
    let half = writer.elementwise("Mul", [x, writer.scalar(0.5, type.dtype)], type)
    let power = writer.elementwise("Exp", [x], type)
    let sum = writer.elementwise("Add", [power, writer.scalar(1, type.dtype)], type)
    return [writer.elementwise("Mul", [writer.elementwise("Tanh", [half], type), sum], type)]
  }
}

extension LogarithmOnePlus: ONNXOperation {
  /// `log(u) - ((u - 1) - x)/u` with `u = 1 + x`: the second term is what rounding took from `u`.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (x, type) = (call.inputs[0], call.results[0])
    let one = writer.scalar(1, type.dtype)
    let u = writer.elementwise("Add", [x, one], type)
    let excess = writer.elementwise("Sub", [writer.elementwise("Sub", [u, one], type), x], type)
    let correction = writer.elementwise("Div", [excess, u], type)
    return [writer.elementwise("Sub", [writer.elementwise("Log", [u], type), correction], type)]
  }
}

extension CubeRoot: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let type = call.results[0]
    let size = writer.elementwise("Abs", call.inputs, type)
    let root = writer.elementwise("Pow", [size, writer.scalar(1 / 3, type.dtype)], type)
    return [writer.elementwise("Mul", [writer.elementwise("Sign", call.inputs, type), root], type)]
  }
}

extension InverseErrorFunction: ONNXOperation {
  /// Two polynomials in `-log(1 - x²)`, for the middle and for the ends (Giles 2012, "Approximating the erfinv function"),
  /// exact to single precision.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let (x, type) = (call.inputs[0], call.results[0])
    guard type.dtype == .float32 else { throw ONNXFormError(message: "there are operators for float32 only") }
    func number(_ value: Double) -> ONNXValue { .scalar(value, type.dtype) }
    func two(_ operation: String, _ one: ONNXValue, _ other: ONNXValue, in writer: inout ONNXWriter) -> ONNXValue {
      writer.elementwise(operation, [one, other], type)
    }
    func polynomial(_ factors: [Double], at place: ONNXValue, in writer: inout ONNXWriter) -> ONNXValue {
      factors.dropFirst().reduce(number(factors[0])) { sum, factor in
        let product = two("Mul", sum, place, in: &writer)
        return two("Add", product, number(factor), in: &writer)
      }
    }
    // Both differences are exact near the ends, where digits of the square would be lost.
    let (below, above) = (two("Sub", number(1), x, in: &writer), two("Add", number(1), x, in: &writer))
    let product = two("Mul", below, above, in: &writer)
    let w = writer.elementwise("Neg", [writer.elementwise("Log", [product], type)], type)
    let middle = polynomial(
      [
        2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
        0.246640727, 1.50140941,
      ], at: two("Sub", w, number(2.5), in: &writer), in: &writer)
    let root = writer.elementwise("Sqrt", [w], type)
    let ends = polynomial(
      [
        -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
        1.00167406, 2.83297682,
      ], at: two("Sub", root, number(3), in: &writer), in: &writer)
    let truth = ONNXType(dtype: .bool, shape: type.shape)
    let isMiddle = writer.elementwise("Less", [w, number(5)], truth)
    let factor = writer.elementwise("Where", [isMiddle, middle, ends], type)
    let isEnd = writer.elementwise("Equal", [product, number(0)], truth)
    return [two("Mul", writer.elementwise("Where", [isEnd, number(.infinity), factor], type), x, in: &writer)]
  }
}

extension IsFinite: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (x, type) = (call.inputs, call.results[0])
    let (infinite, invalid) = (writer.elementwise("IsInf", x, type), writer.elementwise("IsNaN", x, type))
    return [writer.elementwise("Not", [writer.elementwise("Or", [infinite, invalid], type)], type)]
  }
}

extension Convert: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    [writer.cast(call.inputs[0], to: dtype)]
  }
}

extension DType {
  /// The element type's number in the standard.
  package var onnxCode: Int {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .bfloat16: 16
    }
  }
}

// MARK: Two inputs

extension Add: ONNXElementwise { static let onnxType = "Add" }
extension Subtract: ONNXElementwise { static let onnxType = "Sub" }
extension Multiply: ONNXElementwise { static let onnxType = "Mul" }
extension Divide: ONNXElementwise { static let onnxType = "Div" }
extension Power: ONNXElementwise { static let onnxType = "Pow" }

extension Remainder: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    [writer.elementwise("Mod", call.inputs, call.results[0], ["fmod": .integer(1)])]
  }
}

extension ArcTangent: ONNXOperation {
  /// The angle in the first eighth by the operator for one argument, then turned to where the point lies.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (y, x, type) = (call.inputs[0], call.inputs[1], call.results[0])
    let truth = ONNXType(dtype: .bool, shape: type.shape)
    func number(_ value: Double) -> ONNXValue { .scalar(value, type.dtype) }
    /// Also for -0, whose reciprocal is infinite.
    func isNegative(_ value: ONNXValue, in writer: inout ONNXWriter) -> ONNXValue {
      let isZero = writer.elementwise("Equal", [value, number(0)], truth)
      let reciprocal = writer.elementwise("Reciprocal", [value], type)
      return writer.elementwise(
        "Less", [writer.elementwise("Where", [isZero, reciprocal, value], type), number(0)], truth)
    }
    let (high, wide) = (writer.elementwise("Abs", [y], type), writer.elementwise("Abs", [x], type))
    let (least, most) = (writer.elementwise("Min", [high, wide], type), writer.elementwise("Max", [high, wide], type))
    // 0 / 0 and infinity / infinity stand for the points on an axis and between two.
    let isOrigin = writer.elementwise("Equal", [most, number(0)], truth)
    let isFar = writer.elementwise("Equal", [least, number(.infinity)], truth)
    let hasNoRatio = writer.elementwise("Or", [isOrigin, isFar], truth)
    let limit = writer.elementwise("Min", [most, number(1)], type)
    let ratio = writer.elementwise("Where", [hasNoRatio, limit, writer.elementwise("Div", [least, most], type)], type)
    var angle = writer.elementwise("Atan", [ratio], type)
    let isSteep = writer.elementwise("Greater", [high, wide], truth)
    angle = writer.elementwise(
      "Where", [isSteep, writer.elementwise("Sub", [number(.pi / 2), angle], type), angle], type)
    angle = writer.elementwise(
      "Where", [isNegative(x, in: &writer), writer.elementwise("Sub", [number(.pi), angle], type), angle], type)
    return [
      writer.elementwise(
        "Where", [isNegative(y, in: &writer), writer.elementwise("Neg", [angle], type), angle], type)
    ]
  }
}

/// A shift of bits, which the standard has for unsigned integers and shifts below their width.
private protocol ONNXShift: ONNXOperation {
  static var direction: String { get }
}

extension ONNXShift {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let type = call.results[0]
    let width = type.dtype.byteCount * 8
    func typed(_ dtype: DType) -> ONNXType { ONNXType(dtype: dtype, shape: type.shape) }
    // The bits as a nonnegative number: a type of the same width first, since casts between integers keep bits.
    let (own, computed): (DType, DType) =
      switch width {
      case 8: (.uint8, .uint32)
      case 16: (.uint16, .uint32)
      case 32: (.uint32, .uint32)
      default: (.uint64, .uint64)
      }
    let bits = writer.cast(writer.cast(call.inputs[0], to: own), to: computed)
    let shift = writer.cast(call.inputs[1], to: .int64)
    let isWithin = writer.elementwise(
      "And",
      [
        writer.elementwise("GreaterOrEqual", [shift, writer.scalar(0, .int64)], typed(.bool)),
        writer.elementwise("Less", [shift, writer.scalar(Double(width), .int64)], typed(.bool)),
      ], typed(.bool))
    let zero = writer.scalar(0, .int64)
    let amount = writer.cast(writer.elementwise("Where", [isWithin, shift, zero], typed(.int64)), to: computed)
    let moved = writer.elementwise("BitShift", [bits, amount], typed(computed), ["direction": .text(Self.direction)])
    let kept = writer.elementwise("Where", [isWithin, writer.cast(moved, to: .int64), zero], typed(.int64))
    return [writer.cast(writer.cast(kept, to: own), to: type.dtype)]
  }
}

extension ShiftLeft: ONNXShift { static let direction = "LEFT" }
extension ShiftRightLogical: ONNXShift { static let direction = "RIGHT" }

extension Maximum: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    if call.results[0].dtype == .bool { return [writer.elementwise("Or", call.inputs, call.results[0])] }
    return [writer.greatest(call, call.tensor.bounded) ?? writer.elementwise("Max", call.inputs, call.results[0])]
  }
}

extension Minimum: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let operation = call.results[0].dtype == .bool ? "And" : "Min"
    return [writer.elementwise(operation, call.inputs, call.results[0])]
  }
}

/// A primitive with one operator for truth values and another for bits.
private protocol ONNXBitwise: ONNXOperation {
  static var onnxType: String { get }
}

extension ONNXBitwise {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let prefix = call.results[0].dtype == .bool ? "" : "Bitwise"
    return [writer.elementwise(prefix + Self.onnxType, call.inputs, call.results[0])]
  }
}

extension And: ONNXBitwise { static let onnxType = "And" }
extension Or: ONNXBitwise { static let onnxType = "Or" }
extension ExclusiveOr: ONNXBitwise { static let onnxType = "Xor" }

extension Compare: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let type = call.results[0]
    switch direction {
    case .equal: return [writer.elementwise("Equal", call.inputs, type)]
    case .notEqual: return [writer.elementwise("Not", [writer.elementwise("Equal", call.inputs, type)], type)]
    case .less: return [writer.elementwise("Less", call.inputs, type)]
    case .lessOrEqual: return [writer.elementwise("LessOrEqual", call.inputs, type)]
    case .greater: return [writer.elementwise("Greater", call.inputs, type)]
    case .greaterOrEqual: return [writer.elementwise("GreaterOrEqual", call.inputs, type)]
    }
  }
}

extension Select: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    [writer.greatest(call, call.tensor.rectified) ?? writer.elementwise("Where", call.inputs, call.results[0])]
  }
}

extension ONNXWriter {
  /// The greater of a value and a number, as a ReLU where the number is 0.
  /// - Parameter bounded: the two, if the operation is such a maximum.
  fileprivate mutating func greatest(_ call: ONNXCall, _ bounded: (Tensor, Tensor)?) -> ONNXValue? {
    let type = call.results[0]
    guard let (input, bound) = bounded, let value = call.value(of: input), type.dtype.isFloatingPoint,
      let array = (bound.node.primitive as? Constant)?.array
    else { return nil }
    if array.bytes.allSatisfy({ $0 == 0 }) { return elementwise("Relu", [value], type) }
    return elementwise("Max", [value, ONNXValue(.constant(bound), ONNXType(dtype: type.dtype, shape: []))], type)
  }
}
