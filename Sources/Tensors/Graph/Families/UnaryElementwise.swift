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
