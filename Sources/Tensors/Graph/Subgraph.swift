/// A traced function inside a primitive: the body of a `scan`, a branch, a custom gradient's value.
///
/// A body may use tensors from outside. Those become further inputs of the primitive (`captures`); inside
/// the body they stay what they are and serve as keys, so nothing has to be rewritten. Scalars and what is
/// made of them alone are written again inside, since carrying them through a loop costs more.
public struct Subgraph: Sendable {
  let parameters: [Tensor]
  let captures: [Tensor]
  let results: [Tensor]

  /// Traces `body` on placeholders of the given types. What depends on them is inside; the rest is captured.
  package init(_ types: [TensorType], _ body: ([Tensor]) -> [Tensor]) {
    let parameters = types.map { Tensor(Placeholder($0), []) }
    self.init(parameters: parameters, results: body(parameters)) { _ in false }
  }

  /// Traces `body`, which takes no arguments: what it makes is inside, what was there before is captured.
  init(_ body: () -> [Tensor]) {
    let start = Tensor(Placeholder(TensorType(.bool, [])), []).node.id
    self.init(parameters: [], results: body()) { $0.id > start && !($0.primitive is any Leaf) }
  }

  private init(parameters: [Tensor], results: [Tensor], isMadeInside: (Node) -> Bool) {
    self.parameters = parameters
    self.results = results
    let own = Set(parameters.map(\.node.id))
    var inside = own
    var literal: Set<UInt64> = []
    var found: [Tensor] = []
    var seen: Set<TensorID> = []
    let reachable = nodes(leadingTo: results, stoppingAt: { own.contains($0.id) })
    for node in reachable {
      if isMadeInside(node) || node.inputs.contains(where: { inside.contains($0.node.id) }) {
        inside.insert(node.id)
      } else if let leaf = node.primitive as? any Literal, leaf.isLiteral,
        node.inputs.allSatisfy({ literal.contains($0.node.id) })
      {
        literal.insert(node.id)
      }
    }
    func note(_ tensor: Tensor) {
      let id = tensor.node.id
      if !inside.contains(id), !literal.contains(id), seen.insert(tensor.id).inserted { found.append(tensor) }
    }
    for node in reachable where inside.contains(node.id) { node.inputs.forEach(note) }
    results.forEach(note)
    captures = found
  }

  /// Whatever stops the body from being computed.
  var diagnostic: Diagnostic? { results.lazy.compactMap(\.diagnostic).first }

  /// The body on other arguments: parameters first, then captures.
  func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    var table: [TensorID: Tensor] = [:]
    for (parameter, argument) in zip(parameters + captures, arguments) { table[parameter.id] = argument }
    return substitute(table, in: results)
  }
}
