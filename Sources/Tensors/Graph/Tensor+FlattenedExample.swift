extension Tensor {
  /// What an example was before it became one axis: `[height, width, channels]` for a tensor
  /// `[batch, height·width·channels]` that a reshape made of images, and that only operations on single elements
  /// have changed since. Nil for others.
  package var flattenedExample: Shape? {
    guard rank == 2 else { return nil }
    var seen: Set<UInt64> = []
    var pending = [self]
    while let tensor = pending.popLast() {
      let node = tensor.node
      guard tensor.shape == shape, seen.insert(node.id).inserted else { continue }
      switch node.primitive {
      case is Reshape:
        guard let before = node.inputs.first?.shape, before.rank > 2, before[0] == shape[0] else { continue }
        return Shape(before.dropFirst())
      case is any UnaryElementwise, is any BinaryElementwise, is Select, is Convert, is Identity, is StopGradient,
        is Barrier:
        pending += node.inputs
      default: continue
      }
    }
    return nil
  }
}
