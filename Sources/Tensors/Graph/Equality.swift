/// Whether graphs compute the same: they are walked in step from their results to their sources, and everywhere
/// primitives, types and the sharing of nodes must agree.
///
/// - Parameters:
///   - graphs: each one's results, the same number in each.
///   - boundary: for tensors of the first graph, the tensors of all graphs that stand in the same place. What leads to
///     them isn't compared.
///   - decide: an early answer for nodes in the same place: whether they agree whatever leads to them, or nil.
func agree(
  _ graphs: [[Tensor]], boundary: [TensorID: [TensorID]] = [:], deciding decide: ([Node]) -> Bool? = { _ in nil }
) -> Bool {
  guard let first = graphs.first, graphs.allSatisfy({ $0.count == first.count }) else { return false }
  let bounds = Set(boundary.values.joined())
  var partners: [UInt64: [UInt64]] = [:]
  var pending: [[Node]] = []
  func match(_ tensors: [Tensor]) -> Bool {
    if let expected = boundary[tensors[0].id] { return tensors.map(\.id) == expected }
    guard tensors.allSatisfy({ $0.result == tensors[0].result && !bounds.contains($0.id) }) else { return false }
    let ids = tensors.map(\.node.id)
    if let known = partners[ids[0]] { return known == ids }
    partners[ids[0]] = ids
    pending.append(tensors.map(\.node))
    return true
  }
  for index in first.indices {
    guard match(graphs.map { $0[index] }) else { return false }
  }
  while let nodes = pending.popLast() {
    if let answer = decide(nodes) {
      guard answer else { return false }
      continue
    }
    let one = nodes[0]
    guard
      nodes.dropFirst().allSatisfy({
        $0.types == one.types && $0.inputs.count == one.inputs.count && one.primitive.isEqual(to: $0.primitive)
      })
    else { return false }
    for index in one.inputs.indices {
      guard match(nodes.map { $0.inputs[index] }) else { return false }
    }
  }
  return true
}

extension Primitive {
  /// Whether `other` is the same operation with the same attributes.
  func isEqual(to other: any Primitive) -> Bool { (other as? Self) == self }
}

extension Subgraph: Hashable {
  /// Whether two bodies compute the same from their parameters and captures. Which tensors the captures are, the
  /// inputs of the primitive say.
  public static func == (x: Subgraph, y: Subgraph) -> Bool {
    let (mine, theirs) = (x.parameters + x.captures, y.parameters + y.captures)
    guard x.parameters.count == y.parameters.count, mine.map(\.type) == theirs.map(\.type) else { return false }
    var boundary: [TensorID: [TensorID]] = [:]
    for (own, other) in zip(mine, theirs) { boundary[own.id] = [own.id, other.id] }
    return agree([x.results, y.results], boundary: boundary)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(parameters.map(\.type))
    hasher.combine(captures.map(\.type))
    hasher.combine(results.map(\.type))
  }
}
