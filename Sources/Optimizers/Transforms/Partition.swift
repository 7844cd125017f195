/// One transform for matrices, tensors of two axes, and another for the rest.
public struct Partition: Transform {
  public var matrices: any Transform
  public var others: any Transform

  public init(matrices: any Transform, others: any Transform) {
    self.matrices = matrices
    self.others = others
  }

  /// The matrices', if they have one.
  public var learningRate: (any Schedule)? { matrices.learningRate ?? others.learningRate }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (matrices, others) = parts(parameters)
    return self.matrices.initial(matrices).nested(under: "matrices")
      .merging(self.others.initial(others).nested(under: "others"))
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let parts = parts(updates)
    let first = matrices.update(parts.matrices, state: state[under: "matrices"], context: context)
    let second = others.update(parts.others, state: state[under: "others"], context: context)
    return (
      updates.merging(first.updates).merging(second.updates),
      first.state.nested(under: "matrices").merging(second.state.nested(under: "others"))
    )
  }

  private func parts(_ tree: TensorTree) -> (matrices: TensorTree, others: TensorTree) {
    (tree.filter { tree[$0]?.rank == 2 }, tree.filter { tree[$0]?.rank != 2 })
  }
}
