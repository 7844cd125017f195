import Synchronization

/// One application of a primitive.
///
/// Nodes are immutable, so tensors may cross threads. `inputs` is a variable only for `deinit`, which runs
/// when nobody else can see the node. Ids grow, so a node's inputs have smaller ids than the node, and
/// sorting by id is a topological order.
final class Node: @unchecked Sendable {
  let id: UInt64
  let primitive: any Primitive
  private(set) var inputs: [Tensor]
  let types: [TensorType]
  let diagnostic: Diagnostic?
  /// Where it was created, if that is recorded.
  let origin: Origin?

  private static let count = Atomic<UInt64>(0)

  init(
    _ primitive: any Primitive, inputs: [Tensor], types: [TensorType], diagnostic: Diagnostic? = nil,
    origin: Origin? = nil
  ) {
    id = Self.count.add(1, ordering: .relaxed).newValue
    self.primitive = primitive
    self.inputs = inputs
    self.types = types
    self.diagnostic = diagnostic
    self.origin = origin
  }

  /// Frees the graph behind this node in a loop: one release per level would overflow the stack on long chains.
  deinit {
    var pending = inputs.map { Unmanaged.passRetained($0.node) }
    inputs = []
    while let last = pending.popLast() {
      var node = last.takeRetainedValue()
      guard isKnownUniquelyReferenced(&node) else { continue }
      pending += node.inputs.map { Unmanaged.passRetained($0.node) }
      node.inputs = []
    }
  }
}

/// The nodes that lead to `outputs`, inputs before users.
///
/// - Parameter isBoundary: whether a node is neither entered nor returned.
func nodes(leadingTo outputs: [Tensor], stoppingAt isBoundary: (Node) -> Bool = { _ in false }) -> [Node] {
  var seen: Set<UInt64> = []
  var found: [Node] = []
  var pending = outputs.map(\.node)
  while let node = pending.popLast() {
    guard !isBoundary(node), seen.insert(node.id).inserted else { continue }
    found.append(node)
    for input in node.inputs where !seen.contains(input.node.id) { pending.append(input.node) }
  }
  return found.sorted { $0.id < $1.id }
}

/// Rebuilds the graph behind `outputs` with some of its tensors replaced.
func substitute(_ replacements: [TensorID: Tensor], in outputs: [Tensor]) -> [Tensor] {
  var table = replacements
  let replaced = Set(replacements.keys.map(\.node))
  // A node with one result replaced is not entered: its other results, if used, stay as they are.
  for node in nodes(leadingTo: outputs, stoppingAt: { replaced.contains($0.id) }) {
    guard node.inputs.contains(where: { table[$0.id] != nil }) else { continue }
    let results = Tensor.apply(node.primitive, to: node.inputs.map { table[$0.id] ?? $0 })
    for (index, result) in results.enumerated() { table[TensorID(node: node.id, result: index)] = result }
  }
  return outputs.map { table[$0.id] ?? $0 }
}
