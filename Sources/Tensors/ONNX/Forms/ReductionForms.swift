/// A reduction that is one operator.
private protocol ONNXReduction: ONNXOperation, Reduction {
  static var onnxType: String { get }
  /// Whether equal elements count once, so that a value needn't be repeated before it is reduced.
  static var ignoresRepeats: Bool { get }
}

extension ONNXReduction {
  static var ignoresRepeats: Bool { false }

  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    // Truth values are reduced as numbers.
    let isTruth = call.results[0].dtype == .bool
    let input = isTruth ? writer.cast(call.inputs[0], to: .int32) : call.inputs[0]
    let result = ONNXType(dtype: input.dtype, shape: call.results[0].shape)
    let own = Set(input.axes)
    let value = Self.ignoresRepeats || axes.allSatisfy(own.contains) ? input : writer.full(input)
    let places = value.layout.indices.filter { value.layout[$0].map(axes.contains) ?? false }
    let kept = value.shape.indices.filter { !axes.contains($0) }
    let layout = value.layout.indices.filter { !places.contains($0) }.map { place in
      value.layout[place].flatMap { kept.firstIndex(of: $0) }
    }
    guard !places.isEmpty else {
      return [writer.cast(value.seen(as: result.shape, layout: layout), to: call.results[0].dtype)]
    }
    let name = writer.add(
      Self.onnxType, [writer.name(of: value), writer.integers(places)], ["keepdims": .integer(0)])
    return [writer.cast(ONNXValue(.named(name), result, layout: layout), to: call.results[0].dtype)]
  }
}

extension Sum: ONNXReduction { static let onnxType = "ReduceSum" }
extension Product: ONNXReduction { static let onnxType = "ReduceProd" }

extension MaximumReduction: ONNXReduction {
  static let onnxType = "ReduceMax"
  static let ignoresRepeats = true
}

extension MinimumReduction: ONNXReduction {
  static let onnxType = "ReduceMin"
  static let ignoresRepeats = true
}

extension CumulativeSum: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let input = call.inputs[0]
    let stored = input.axes.contains(axis) && !input.layout.contains(nil) ? input : writer.full(input)
    let place = stored.layout.firstIndex(of: axis) ?? axis
    let name = writer.add(
      "CumSum", [writer.name(of: stored), writer.name(of: writer.scalar(Double(place), .int64))],
      ["reverse": .integer(isReversed ? 1 : 0)])
    return [ONNXValue(.named(name), call.results[0], layout: stored.layout)]
  }
}

extension DotGeneral: ONNXOperation {
  /// A product of matrices, as NumPy's `matmul`: shared axes first, then rows and columns.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let (x, y, result) = (call.inputs[0], call.inputs[1], call.results[0])
    let rows = x.shape.indices.filter { !(batch.0 + contracted.0).contains($0) }
    let columns = y.shape.indices.filter { !(batch.1 + contracted.1).contains($0) }
    if batch.0.isEmpty, contracted.0.count == 1, columns.count <= 1 {
      let names = [writer.full(x, rows + contracted.0), writer.full(y, contracted.1 + columns)]
        .map { writer.name(of: $0) }
      return [ONNXValue(.named(writer.add("MatMul", names)), result)]
    }
    let left = try writer.grouped(x, batch.0.map { [$0] } + [rows, contracted.0])
    let right = try writer.grouped(y, batch.1.map { [$0] } + [contracted.1, columns])
    let shape = Array(left.shape.dropLast()) + right.shape.suffix(1)
    let product = writer.add("MatMul", [left, right].map { writer.name(of: $0) })
    let type = ONNXType(dtype: result.dtype, shape: shape)
    return [try writer.reshaped(ONNXValue(.named(product), type), to: result.shape)]
  }
}

extension ONNXWriter {
  /// A value whose axes are groups of another's axes.
  mutating func grouped(_ value: ONNXValue, _ groups: [[Int]]) throws -> ONNXValue {
    let shape = try groups.map { axes in
      guard let extent = axes.map({ value.shape[$0] }).product else {
        throw ONNXFormError(message: "the axes \(axes) of \(value.shape) grow with the batch size N together")
      }
      return extent
    }
    return try reshaped(value, groups.flatMap(\.self), to: shape)
  }
}
