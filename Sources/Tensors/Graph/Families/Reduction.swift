/// A primitive that combines the elements along some axes, which then are gone.
protocol Reduction: Primitive {
  static var operation: String { get }
  var axes: [Int] { get }
  init(axes: [Int])
  /// The literal that changes nothing when combined.
  static func identity(_ dtype: DType) -> String
  static var domain: ElementDomain { get }
  /// Whether half precision is combined in `float32`, whatever the backend would do by itself.
  static var accumulates: Bool { get }
}

extension Reduction {
  static var accumulates: Bool { false }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.domain.check(inputs)
    guard Set(axes).count == axes.count, axes.allSatisfy(inputs[0].shape.indices.contains) else {
      throw ShapeError("\(axes) aren't distinct axes of \(inputs[0].shape)")
    }
    return [TensorType(inputs[0].dtype, inputs[0].shape.removing(axes: axes))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    emitReduction(inputs, results, to: &writer)
  }

  func emitReduction(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let dtype = Self.accumulates ? results[0].dtype.accumulation : results[0].dtype
    let input = writer.convert(inputs[0], to: dtype)
    let initial = writer.scalar(Self.identity(dtype), dtype)
    let wide = TensorType(dtype, results[0].shape)
    let combined = writer.assign(
      "stablehlo.reduce(\(input) init: \(initial)) applies \(Self.operation) across dimensions = \(axes) : "
        + "(\(input.type), \(initial.type)) -> \(wide)", [wide])
    return combined.map { writer.convert($0, to: results[0].dtype) }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Self(axes: axes.map { $0 + 1 }), to: inputs)
  }

  /// `tensor`, of the result's shape, repeated along the reduced axes to the input's `shape`.
  func restored(_ tensor: Tensor, to shape: Shape) -> Tensor {
    Tensor(Broadcast(shape: shape, axes: shape.indices.filter { !axes.contains($0) }), [tensor])
  }
}
