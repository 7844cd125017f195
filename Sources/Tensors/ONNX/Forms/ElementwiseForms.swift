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
