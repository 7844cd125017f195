/// `body` for each member of a batch in one program (JAX's `vmap`): members run along a new leading axis of every result.
///
/// ```swift
/// let dot = vectorized(over: [0, nil]) { [($0[0] * $0[1]).sum()] }
/// let (rows, weights) = (Tensor.ones([4, 3]), Tensor([1, 2, 3] as [Float]))
/// print(dot([rows, weights])[0].shape)  // [4]
/// ```
/// - Parameters:
///   - axes: for each argument the axis its members run along, nil for one that all members share. By default axis 0 of
///     all arguments.
///   - body: any function of tensors. Tensors that it uses from outside are shared.
/// - Returns: a function of as many arguments. It fails, as operations do, if the batch sizes differ.
public func vectorized(
  over axes: [Int?]? = nil, file: String = #fileID, line: Int = #line, _ body: @escaping ([Tensor]) -> [Tensor]
) -> ([Tensor]) -> [Tensor] {
  { arguments in
    let axes = axes ?? arguments.map { _ in 0 }
    func fail(_ message: String) -> [Tensor] {
      [.failed("vectorized", message, arguments, file: file, line: line)]
    }
    guard axes.count == arguments.count else { return fail("\(axes.count) axes for \(arguments.count) arguments") }
    var sizes: Set<Int> = []
    var moved: [Tensor] = []
    for (argument, axis) in zip(arguments, axes) {
      guard let axis else {
        moved.append(argument)
        continue
      }
      guard let resolved = argument.shape.resolve(axis: axis) else {
        return fail("no axis \(axis) in \(argument.shape)")
      }
      sizes.insert(argument.shape[resolved])
      moved.append(argument.moveAxis(from: resolved, to: 0))
    }
    guard sizes.count == 1, let size = sizes.first else {
      return fail("the batch needs one size, but there are \(sizes.sorted())")
    }
    let isBatched = axes.map { $0 != nil }
    let members = zip(moved, isBatched).map { $1 ? TensorType($0.dtype, Shape($0.shape.dropFirst())) : $0.type }
    let traced = Subgraph(members, body)
    let shared = traced.captures.map { _ in false }
    return vectorized(traced, moved + traced.captures, isBatched + shared, size: size)
  }
}

/// ``vectorized(over:file:line:_:)`` for a function of one argument and one result.
///
/// ```swift
/// let slopes = vectorized { x in gradient(at: x) { ($0 * $0).sum() } }
/// print(slopes(Tensor.ones([8, 3])).shape)  // [8, 3]
/// ```
public func vectorized(
  file: String = #fileID, line: Int = #line, _ body: @escaping (Tensor) -> Tensor
) -> (Tensor) -> Tensor {
  let batched = vectorized(file: file, line: line) { (arguments: [Tensor]) in arguments.map(body) }
  return { batched([$0])[0] }
}

/// Replays a traced function by the batching rules. Every result gets the leading axis.
func vectorized(_ body: Subgraph, _ arguments: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
  var table: [TensorID: (tensor: Tensor, isBatched: Bool)] = [:]
  for (parameter, argument) in zip(body.parameters + body.captures, zip(arguments, isBatched)) {
    table[parameter.id] = (argument.0, argument.1)
  }
  let given = Set(table.keys.map(\.node))
  for node in nodes(leadingTo: body.results, stoppingAt: { given.contains($0.id) }) {
    guard node.inputs.contains(where: { table[$0.id] != nil }) else { continue }
    let inputs = node.inputs.map { table[$0.id] ?? ($0, false) }
    let tensors = inputs.map(\.tensor)
    let flags = inputs.map(\.isBatched)
    let batched = flags.contains(true)
    let results =
      batched
      ? node.primitive.vectorized(tensors, flags, size: size) : Tensor.apply(node.primitive, to: tensors)
    for (index, result) in results.enumerated() {
      table[TensorID(node: node.id, result: index)] = (result, batched)
    }
  }
  return body.results.map { result in
    let entry = table[result.id] ?? (result, false)
    return entry.isBatched ? entry.tensor : entry.tensor.repeated(size)
  }
}

/// A batching rule of last resort: the members one after the other in a `scan`.
func mapped(_ primitive: some Primitive, _ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
  let sequences = zip(inputs, isBatched).filter(\.1).map(\.0)
  let body = Subgraph(sequences.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }) { members in
    var members = members.makeIterator()
    return Tensor.apply(primitive, to: zip(inputs, isBatched).map { $1 ? members.next() ?? $0 : $0 })
  }
  return Tensor.scan(body, carry: [], sequences: sequences, length: size, reversed: false).sequences
}
