/// Different transforms for different parameters.
public struct Partition: Transform {
  private let names: [String]
  private let transforms: [any Transform]
  private let seesShapes: Bool
  /// Which of the transforms a parameter is for.
  private let part: @Sendable (_ path: String, _ type: TensorType) -> Int

  /// One transform for matrices, tensors of two axes, and another for the rest.
  public init(matrices: any Transform, others: any Transform) {
    (names, transforms, seesShapes) = (["matrices", "others"], [matrices, others], true)
    part = { $1.shape.rank == 2 ? 0 : 1 }
  }

  /// A transform for each group of paths, of which the first that lets a path through counts, and another for the rest.
  public init(groups: [(filter: PathFilter, transform: any Transform)], others: any Transform) {
    let filters = groups.map(\.filter)
    names = ["others"] + filters.indices.map { "group\($0 + 1)" }
    (transforms, seesShapes) = ([others] + groups.map(\.transform), false)
    part = { path, _ in filters.firstIndex { $0.matches(path) }.map { $0 + 1 } ?? 0 }
  }

  /// That of the matrices, or of the parameters in no group, if they have one.
  public var learningRate: (any Schedule)? { transforms.lazy.compactMap(\.learningRate).first }

  /// Shares show no matrices: itself, if its parts could do with them.
  public var unshardable: [any Transform] {
    let parts = transforms.flatMap(\.unshardable)
    return parts.isEmpty && seesShapes ? [self] : parts
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parts(parameters).reduce(TensorTree()) { tree, part in
      tree.merging(part.transform.initial(part.tree).nested(under: part.name))
    }
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    parts(updates).reduce((updates, TensorTree())) { result, part in
      let step = part.transform.update(part.tree, state: state[under: part.name], context: context)
      return (result.0.merging(step.updates), result.1.merging(step.state.nested(under: part.name)))
    }
  }

  private func parts(_ tree: TensorTree) -> [(name: String, transform: any Transform, tree: TensorTree)] {
    transforms.indices.map { index in
      let own = tree.pairs.filter { part($0.path, $0.tensor.type) == index }
      return (names[index], transforms[index], TensorTree(own))
    }
  }
}
