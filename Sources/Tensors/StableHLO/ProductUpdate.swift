import PJRT

/// An array plus a product of matrices times a number, written as one call of a kernel: gradient descent on a layer's
/// weights. The gradient then is never written to memory.
///
/// Recognized in the finished graph and not by ``Rewrites``: it pays only if nothing else needs the product.
struct ProductUpdate {
  private let dot: DotGeneral
  private let factors: [Tensor]
  private let number: Tensor
  private let array: Tensor
  /// The nodes that needn't be written.
  let absorbed: [UInt64]

  /// - Parameters:
  ///   - uses: how often each tensor is used.
  ///   - isKnown: whether a node's results will have names.
  private init?(_ sum: Node, uses: [TensorID: Int], kernels: Kernels, isKnown: (Node) -> Bool) {
    guard sum.primitive is Add else { return nil }
    func onlyHere(_ tensor: Tensor) -> Node? { uses[tensor.id] == 1 ? tensor.node : nil }
    for (array, update) in [(sum.inputs[0], sum.inputs[1]), (sum.inputs[1], sum.inputs[0])] {
      guard let scaled = onlyHere(update), scaled.primitive is Multiply else { continue }
      for (product, factor) in [(scaled.inputs[0], scaled.inputs[1]), (scaled.inputs[1], scaled.inputs[0])] {
        guard let node = onlyHere(product), let dot = node.primitive as? DotGeneral, factor.node.primitive is Broadcast,
          factor.node.inputs[0].shape.isEmpty, isKnown(factor.node.inputs[0].node),
          dot.canBeAdded(node.inputs.map(\.type) + node.types, kernels)
        else { continue }
        (self.dot, factors, number) = (dot, node.inputs, factor.node.inputs[0])
        (self.array, absorbed) = (array, [scaled.id, node.id])
        return
      }
    }
    return nil
  }

  /// Those among the nodes that lead to `outputs`, by the node of their sum.
  static func all(
    in nodes: [Node], leadingTo outputs: [Tensor], kernels: Kernels, isKnown: (Node) -> Bool
  ) -> [UInt64: ProductUpdate] {
    guard kernels.contains(.product) else { return [:] }
    var uses: [TensorID: Int] = [:]
    for tensor in nodes.flatMap(\.inputs) + outputs { uses[tensor.id, default: 0] += 1 }
    let pending = Set(nodes.map(\.id))
    return nodes.reduce(into: [:]) { found, node in
      found[node.id] = ProductUpdate(node, uses: uses, kernels: kernels) { pending.contains($0.id) || isKnown($0) }
    }
  }

  /// - Parameter value: a tensor's name.
  func emit(to writer: inout ProgramWriter, value: (Tensor) -> Value?) -> [Value] {
    guard let number = value(number), let array = value(array) else { return [] }
    return dot.emit(factors.compactMap(value), times: number, addedTo: array, to: &writer)
  }
}
