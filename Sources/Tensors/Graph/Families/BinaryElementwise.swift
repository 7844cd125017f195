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
