/// A primitive that combines the elements along some axes, which then are gone.
protocol Reduction: Primitive {
  static var operation: String { get }
  var axes: [Int] { get }
  init(axes: [Int])
  /// The literal that changes nothing when combined.
  static func identity(_ dtype: DType) -> String
  static var domain: ElementDomain { get }
}

extension Reduction {
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.domain.check(inputs)
    guard Set(axes).count == axes.count, axes.allSatisfy(inputs[0].shape.indices.contains) else {
      throw ShapeError("\(axes) aren't distinct axes of \(inputs[0].shape)")
    }
    return [TensorType(inputs[0].dtype, inputs[0].shape.removing(axes: axes))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let initial = writer.scalar(Self.identity(results[0].dtype), results[0].dtype)
    return writer.assign(
      "stablehlo.reduce(\(inputs[0]) init: \(initial)) applies \(Self.operation) across dimensions = \(axes) : "
        + "(\(inputs[0].type), \(initial.type)) -> \(results[0])", results)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Self(axes: axes.map { $0 + 1 }), to: inputs)
  }

  /// `tensor`, of the result's shape, repeated along the reduced axes to the input's `shape`.
  func restored(_ tensor: Tensor, to shape: Shape) -> Tensor {
    Tensor(Broadcast(shape: shape, axes: shape.indices.filter { !axes.contains($0) }), [tensor])
  }
}
