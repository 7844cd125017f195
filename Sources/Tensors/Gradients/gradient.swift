/// The vector-Jacobian product of `outputs` at `inputs`: zeros where nothing depends on an input.
///
/// - Parameter cotangents: one an output and of its type; nil stands for zeros.
/// - Returns: one tensor an input, of its type.
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

/// The gradient of a scalar function of one tensor.
public func gradient(
  at input: Tensor, file: String = #fileID, line: Int = #line, of function: (Tensor) -> Tensor
) -> Tensor {
  valueAndGradient(at: [input], file: file, line: line) { function($0[0]) }.gradients[0]
}
