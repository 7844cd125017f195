/// The extent of an axis for any batch size N: `perExample · N + fixed`.
package struct SymbolicExtent: Sendable, Hashable, CustomStringConvertible {
  package let perExample: Int
  package let fixed: Int

  package init(perExample: Int = 0, fixed: Int) { (self.perExample, self.fixed) = (perExample, fixed) }

  /// N itself.
  package static let batch = SymbolicExtent(perExample: 1, fixed: 0)

  /// Whether the extent is the same for all batch sizes.
  package var isFixed: Bool { perExample == 0 }

  package var description: String {
    isFixed ? "\(fixed)" : (perExample == 1 ? "N" : "\(perExample)N") + (fixed == 0 ? "" : " + \(fixed)")
  }

  /// The extent that is `extents[i]` for the batch size `sizes[i]`; nil if there is none.
  init?(_ extents: [Int], for sizes: [Int]) {
    guard let first = extents.first, let size = sizes.first else { return nil }
    var perExample = 0
    if extents.count > 1, sizes[1] != size {
      let (quotient, remainder) = (extents[1] - first).quotientAndRemainder(dividingBy: sizes[1] - size)
      guard remainder == 0, quotient >= 0 else { return nil }
      perExample = quotient
    }
    let fixed = first - perExample * size
    guard zip(extents, sizes).allSatisfy({ $0 == perExample * $1 + fixed }) else { return nil }
    self.init(perExample: perExample, fixed: fixed)
  }
}

extension [SymbolicExtent] {
  /// How many elements axes of these extents have; nil if that isn't linear in the batch size.
  var product: SymbolicExtent? {
    var product = SymbolicExtent(fixed: 1)
    for extent in self {
      guard product.isFixed || extent.isFixed else { return nil }
      product =
        extent.isFixed
        ? SymbolicExtent(perExample: product.perExample * extent.fixed, fixed: product.fixed * extent.fixed)
        : SymbolicExtent(perExample: product.fixed * extent.perExample, fixed: product.fixed * extent.fixed)
    }
    return product
  }

  /// The extents if none depends on the batch size, otherwise nil.
  var fixedShape: Shape? { allSatisfy(\.isFixed) ? Shape(map(\.fixed)) : nil }
}

/// The extents of a function's tensors as functions of the batch size, found by comparing traces of it on batches of
/// several sizes.
struct SymbolicShapes {
  private var table: [TensorID: [SymbolicExtent]] = [:]
  private var seen: Set<UInt64> = []
  private let sizes: [Int]

  /// - Throws: `Diagnostic` with the operation and the layer whose extents aren't linear in the batch size, or that
  ///   only some of the traces have.
  init(_ traces: [TracedFunction]) throws {
    sizes = traces.map(\.batchSize)
    // A single trace is for batches of its size: all extents are fixed.
    guard traces.count > 1 else { return }
    for index in traces[0].parameters.indices { try note(traces.map { $0.parameters[index] }) }
    try walk(traces.map(\.results))
  }

  /// The extents of a tensor of any of the traces.
  func callAsFunction(_ tensor: Tensor) -> [SymbolicExtent] {
    table[tensor.id] ?? tensor.shape.map { SymbolicExtent(fixed: $0) }
  }

  /// Records what leads to results, walking the traces in step.
  private mutating func walk(_ graphs: [[Tensor]]) throws {
    guard graphs.allSatisfy({ $0.count == graphs[0].count }) else { return }
    var pending = graphs[0].indices.map { index in graphs.map { $0[index] } }
    while let tensors = pending.popLast() {
      let nodes = tensors.map(\.node)
      // What the traces share doesn't depend on their batch sizes.
      guard Set(nodes.map(\.id)).count > 1, seen.insert(nodes[0].id).inserted else { continue }
      guard
        nodes.allSatisfy({
          type(of: $0.primitive) == type(of: nodes[0].primitive) && $0.inputs.count == nodes[0].inputs.count
            && $0.types.count == nodes[0].types.count
        })
      else { throw nodes[0].dependsOnBatchSize("other operations follow for other batch sizes") }
      for result in nodes[0].types.indices { try note(nodes.map { Tensor(node: $0, result: result) }) }
      let bodies = nodes.map { ($0.primitive as? any ONNXOperation)?.bodies ?? [] }
      for index in bodies[0].indices where bodies.allSatisfy({ $0.count == bodies[0].count }) {
        let own = bodies.map { $0[index] }
        for place in own[0].parameters.indices where own.allSatisfy({ $0.parameters.count > place }) {
          try note(own.map { $0.parameters[place] })
        }
        try walk(own.map(\.results))
      }
      for index in nodes[0].inputs.indices { pending.append(nodes.map { $0.inputs[index] }) }
    }
  }

  /// Records tensors that stand in the same place.
  private mutating func note(_ tensors: [Tensor]) throws {
    let shapes = tensors.map(\.shape)
    guard shapes.allSatisfy({ $0.rank == shapes[0].rank }) else {
      throw tensors[0].node.dependsOnBatchSize("it has another number of axes for other batch sizes")
    }
    let extents = try shapes[0].indices.map { axis in
      guard let extent = SymbolicExtent(shapes.map { $0[axis] }, for: sizes) else {
        let found = zip(sizes, shapes).map { "\($1[axis]) for batches of \($0)" }.joined(separator: ", ")
        throw tensors[0].node.dependsOnBatchSize("the extent of axis \(axis) isn't linear in the batch size: \(found)")
      }
      return extent
    }
    for tensor in tensors { table[tensor.id] = extents }
  }
}

extension Node {
  /// An operation that can't be exported for all batch sizes.
  func dependsOnBatchSize(_ reason: String) -> Diagnostic {
    inexpressible("depends on the batch size (\(reason)): export the model for batches of one size")
  }

  /// An operation that the format has no form for.
  func inexpressible(_ message: String) -> Diagnostic {
    Diagnostic(
      operation: type(of: primitive).name, message: message, inputs: inputs.map(\.type), path: origin?.path ?? "",
      file: nil)
  }
}
