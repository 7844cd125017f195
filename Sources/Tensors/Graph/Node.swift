import Synchronization

/// One application of a primitive.
///
/// Nodes are immutable, so tensors may cross threads; `inputs` is a variable only for `deinit`, which runs
/// when nobody else can see the node. Ids grow, so a node's inputs always have smaller ids than the node and
/// sorting by id is a topological order.
final class Node: @unchecked Sendable {
  let id: UInt64
  let primitive: any Primitive
  private(set) var inputs: [Tensor]
  let types: [TensorType]
  let diagnostic: Diagnostic?

  private static let count = Atomic<UInt64>(0)

  init(_ primitive: any Primitive, inputs: [Tensor], types: [TensorType], diagnostic: Diagnostic? = nil) {
    id = Self.count.add(1, ordering: .relaxed).newValue
    self.primitive = primitive
    self.inputs = inputs
    self.types = types
    self.diagnostic = diagnostic
  }

  /// Frees the graph behind this node in a loop: one release a level would overflow the stack on long chains.
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
