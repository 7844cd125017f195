/// A traced function inside a primitive: the body of a `scan`, a branch, a custom gradient's value.
///
/// A body may use tensors from outside. They become further inputs of the primitive (`captures`) and serve as keys inside
/// the body, so nothing has to be rewritten. Scalars, and tensors made of nothing else, are computed again inside, since
/// carrying them through a loop costs more.
public struct Subgraph: Sendable {
  let parameters: [Tensor]
  let captures: [Tensor]
  let results: [Tensor]

  /// Traces `body` on placeholders of the given types. Nodes that depend on them are inside; the rest is captured.
  package init(_ types: [TensorType], _ body: ([Tensor]) -> [Tensor]) {
    let parameters = types.map { Tensor(Placeholder($0), []) }
    self.init(parameters: parameters, results: body(parameters)) { _ in false }
  }

  /// Traces `body`, which takes no arguments: nodes that it makes are inside, older ones are captured.
  init(_ body: () -> [Tensor]) {
    let start = Tensor(Placeholder(TensorType(.bool, [])), []).node.id
    self.init(parameters: [], results: body()) { $0.id > start && !($0.primitive is any Source) }
  }

  private init(parameters: [Tensor], results: [Tensor], isMadeInside: (Node) -> Bool) {
    self.parameters = parameters
    self.results = results
    let own = Set(parameters.map(\.node.id))
    var inside = own
    var rematerialized: Set<UInt64> = []
    var found: [Tensor] = []
    var seen: Set<TensorID> = []
    let reachable = nodes(leadingTo: results, stoppingAt: { own.contains($0.id) })
    for node in reachable {
      if isMadeInside(node) || node.inputs.contains(where: { inside.contains($0.node.id) }) {
        inside.insert(node.id)
      } else if node.isRematerializable, node.inputs.allSatisfy({ rematerialized.contains($0.node.id) }) {
        rematerialized.insert(node.id)
      }
    }
    func note(_ tensor: Tensor) {
      let id = tensor.node.id
      if !inside.contains(id), !rematerialized.contains(id), seen.insert(tensor.id).inserted { found.append(tensor) }
    }
    for node in reachable where inside.contains(node.id) { node.inputs.forEach(note) }
    results.forEach(note)
    captures = found
  }

  /// Why the body can't be computed, if it can't.
  var diagnostic: Diagnostic? { results.lazy.compactMap(\.diagnostic).first }

  /// The body on other arguments: parameters first, then captures.
  func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    var table: [TensorID: Tensor] = [:]
    for (parameter, argument) in zip(parameters + captures, arguments) { table[parameter.id] = argument }
    return substitute(table, in: results)
  }
}

extension Node {
  /// Whether its results are cheaper to compute again inside than to carry, where its inputs are such results too.
  fileprivate var isRematerializable: Bool {
    switch primitive {
    case let primitive as any Rematerializable: primitive.isRematerializable
    case is any UnaryElementwise, is any BinaryElementwise, is Compare, is Select: types.allSatisfy(\.shape.isEmpty)
    default: false
    }
  }
}
