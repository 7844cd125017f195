/// The vector-Jacobian product of `outputs` at `inputs`: zeros where nothing depends on an input.
///
/// ```swift
/// let x = Tensor([1, 2, 3] as [Float])
/// let y = x * x
/// let product = pullback(of: [y], cotangents: [Tensor([1, 0, 10] as [Float])], at: [x])[0]
/// print(try product.values(as: Float.self))  // [2.0, 0.0, 60.0]
/// ```
/// - Parameter cotangents: one per output and of its type; nil stands for zeros.
/// - Returns: one tensor per input, of its type.
public func pullback(of outputs: [Tensor], cotangents: [Tensor?], at inputs: [Tensor]) -> [Tensor] {
  let reachable = nodes(leadingTo: outputs)
  var dependent = Set(inputs.map(\.node.id))
  for node in reachable where node.inputs.contains(where: { dependent.contains($0.node.id) }) {
    dependent.insert(node.id)
  }
  var table: [TensorID: Tensor] = [:]
  func accumulate(_ cotangent: Tensor, at tensor: Tensor) {
    table[tensor.id] = table[tensor.id].map { $0 + cotangent } ?? cotangent
  }
  for (output, cotangent) in zip(outputs, cotangents) {
    if let cotangent, dependent.contains(output.node.id) { accumulate(cotangent, at: output) }
  }
  let wanted = Set(inputs.map(\.id))
  var found: [TensorID: Tensor] = [:]
  for node in reachable.reversed() where dependent.contains(node.id) {
    let results = node.types.indices.map { Tensor(node: node, result: $0) }
    for result in results where wanted.contains(result.id) { found[result.id] = table[result.id] }
    guard results.contains(where: { table[$0.id] != nil }),
      node.inputs.contains(where: { dependent.contains($0.node.id) })
    else { continue }
    let cotangents = results.map { table[$0.id] ?? $0.zerosLike() }
    let pulled = node.primitive.pullback(cotangents, inputs: node.inputs, results: results)
    for (input, cotangent) in zip(node.inputs, pulled) {
      if let cotangent, dependent.contains(input.node.id) { accumulate(cotangent, at: input) }
    }
  }
  let failed = (outputs + cotangents.compactMap(\.self)).first { $0.diagnostic != nil }
  return inputs.map { failed ?? found[$0.id] ?? $0.zerosLike() }
}

/// The gradient of a scalar function at `inputs`, and its value.
///
/// The result is a graph like any other, so gradients of gradients are taken the same way.
/// - Parameter function: returns a floating-point scalar; anything else fails, as operations do.
public func valueAndGradient(
  at inputs: [Tensor], file: String = #fileID, line: Int = #line, of function: ([Tensor]) -> Tensor
) -> (value: Tensor, gradients: [Tensor]) {
  let points = inputs.map { Tensor(Identity(), [$0]) }
  let value = function(points)
  guard value.diagnostic != nil || (value.rank == 0 && value.dtype.isFloatingPoint) else {
    let failed = Tensor.failed(
      "gradient", "the function must return a floating-point scalar", [value], file: file, line: line)
    return (failed, inputs.map { _ in failed })
  }
  return (value, pullback(of: [value], cotangents: [value.onesLike()], at: points))
}

/// The gradient of a scalar function of one group, a ``TensorTree`` for example, and its value.
///
/// ```swift
/// let weights = TensorTree([("kernel", Tensor.ones([3, 1])), ("bias", Tensor.zeros([1]))])
/// let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
/// let (loss, gradients) = valueAndGradient(at: weights) { weights in
///   guard let kernel = weights["kernel"], let bias = weights["bias"] else { return Tensor(0) }
///   return (x.matmul(kernel) + bias).squared().mean()
/// }
/// print(try loss.scalar(), gradients.paths)
/// ```
public func valueAndGradient<Input: TensorGroup>(
  at input: Input, file: String = #fileID, line: Int = #line, of function: (Input) -> Tensor
) -> (value: Tensor, gradients: Input) {
  let (value, gradients) = valueAndGradient(at: input.tensors, file: file, line: line) { function(input.with($0)) }
  return (value, input.with(gradients))
}

/// The gradients of a scalar function of several groups, and its value.
///
/// ```swift
/// let (w, b) = (Tensor([1, 2] as [Float]), Tensor(0.5))
/// let (value, (dw, db)) = valueAndGradient(at: w, b) { w, b in (w * 3 + b).sum() }
/// print(try value.scalar(), try dw.values(as: Float.self), try db.scalar())  // 10.0 [3.0, 3.0] 2.0
/// ```
public func valueAndGradient<First: TensorGroup, Second: TensorGroup, each More: TensorGroup>(
  at first: First, _ second: Second, _ more: repeat each More, file: String = #fileID, line: Int = #line,
  of function: (First, Second, repeat each More) -> Tensor
) -> (value: Tensor, gradients: (First, Second, repeat each More)) {
  var tensors = first.tensors + second.tensors
  for group in repeat each more { tensors += group.tensors }
  let (value, gradients) = valueAndGradient(at: tensors, file: file, line: line) { points in
    var rest = points[...]
    return function(
      first.taking(from: &rest), second.taking(from: &rest), repeat (each more).taking(from: &rest))
  }
  var rest = gradients[...]
  return (
    value, (first.taking(from: &rest), second.taking(from: &rest), repeat (each more).taking(from: &rest))
  )
}

/// The gradient of a scalar function of one group.
///
/// ```swift
/// let slope = gradient(at: Tensor([1, 2, 3] as [Float])) { ($0 * $0).sum() }
/// print(try slope.values(as: Float.self))  // [2.0, 4.0, 6.0]
/// ```
public func gradient<Input: TensorGroup>(
  at input: Input, file: String = #fileID, line: Int = #line, of function: (Input) -> Tensor
) -> Input {
  valueAndGradient(at: input, file: file, line: line, of: function).gradients
}

/// The gradients of a scalar function of several groups.
public func gradient<First: TensorGroup, Second: TensorGroup, each More: TensorGroup>(
  at first: First, _ second: Second, _ more: repeat each More, file: String = #fileID, line: Int = #line,
  of function: (First, Second, repeat each More) -> Tensor
) -> (First, Second, repeat each More) {
  valueAndGradient(at: first, second, repeat each more, file: file, line: line, of: function).gradients
}

extension Subgraph {
  /// Runs the body on `arguments` and pulls back: the cotangents of the arguments at the positions `places`.
  ///
  /// - Parameter cotangents: one per result, nil for zeros; those of integers are ignored.
  package func pulledBack(_ arguments: [Tensor], _ cotangents: [Tensor?], at places: [Int]) -> [Tensor] {
    let points = arguments.map { Tensor(Identity(), [$0]) }
    let values = self(points)
    let smooth = values.indices.filter { values[$0].dtype.isFloatingPoint }
    return pullback(
      of: smooth.map { values[$0] }, cotangents: smooth.map { cotangents[$0] }, at: places.map { points[$0] })
  }
}
