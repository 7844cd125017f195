import Tensors

/// A step from an array here to the same array there, and back.
enum WeightMove {
  /// For each axis there the axis here.
  case axes([Int])
  /// Along `axis` are elements of `example`, rows, columns and channels in that order; there channels come first.
  case channelsFirst(example: Shape, axis: Int)
  /// For each block along `axis` there the block here, all of one size.
  case blocks([Int], axis: Int)

  func there(_ tensor: Tensor) -> Tensor {
    switch self {
    case .axes(let axes): tensor.transpose(axes)
    case .channelsFirst(let example, let axis): tensor.rearranged(example, [2, 0, 1], along: axis)
    case .blocks(let order, let axis): tensor.rearranged(blocks(tensor, order.count, axis), order, axis)
    }
  }

  func here(_ tensor: Tensor) -> Tensor {
    switch self {
    case .axes(let axes): tensor.transpose(axes.inverted)
    case .channelsFirst(let example, let axis):
      tensor.rearranged(Shape([2, 0, 1].map { example[$0] }), [1, 2, 0], along: axis)
    case .blocks(let order, let axis): tensor.rearranged(blocks(tensor, order.count, axis), order.inverted, axis)
    }
  }

  private func blocks(_ tensor: Tensor, _ count: Int, _ axis: Int) -> [Tensor] {
    let size = tensor.shape[axis] / count
    return (0..<count).map { tensor.slice($0 * size..<($0 + 1) * size, axis: axis) }
  }
}

extension [Int] {
  /// The permutation that undoes this one.
  fileprivate var inverted: [Int] { indices.map { index in firstIndex(of: index) ?? index } }
}

extension Tensor {
  fileprivate func rearranged(_ blocks: [Tensor], _ order: [Int], _ axis: Int) -> Tensor {
    .concatenate(order.map { blocks[$0] }, axis: axis)
  }

  /// The elements along `axis`, which has those of an example, in the order of the example with its axes permuted.
  fileprivate func rearranged(_ example: Shape, _ order: [Int], along axis: Int) -> Tensor {
    let (before, after) = (Array(shape.prefix(axis)), Array(shape.dropFirst(axis + 1)))
    let axes = Array(0..<axis) + order.map { $0 + axis } + (0..<after.count).map { $0 + axis + example.rank }
    return reshape(to: Shape(before + Array(example) + after)).transpose(axes).reshape(to: shape)
  }
}
