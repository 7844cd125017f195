/// Transforms one after the other.
public struct Chain: Transform {
  public let transforms: [any Transform]

  public init(_ transforms: [any Transform]) { self.transforms = transforms }

  /// The first that one of the transforms has.
  public var learningRate: (any Schedule)? { transforms.lazy.compactMap(\.learningRate).first }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    transforms.enumerated().reduce(TensorTree()) { tree, entry in
      tree.merging(entry.element.initial(parameters).nested(under: "\(entry.offset)"))
    }
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    transforms.enumerated().reduce((updates, TensorTree())) { result, entry in
      let name = "\(entry.offset)"
      let step = entry.element.update(result.0, state: state[under: name], context: context)
      return (step.updates, result.1.merging(step.state.nested(under: name)))
    }
  }
}

/// Transforms one after the other.
public func chain(_ transforms: any Transform...) -> Chain { Chain(transforms) }
