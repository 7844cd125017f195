import PJRT

extension WindowMaximum {
  /// The greatest element of each window of `x`.
  ///
  /// Where `x` is `maximum(y + b, c)` with a bias that is constant over every window and a number `c`, this is
  /// `maximum(greatest(y) + b, c)`, which is built instead: bias, activation, their gradients and the sum over the
  /// bias' gradient run on as many elements as there are windows. Addition and maximum never exchange the order of
  /// two elements, so that the values are the same, but for biases that aren't finite. Where rounding or `c` makes
  /// elements of a window equal, the gradient goes to the one of them that was greatest before.
  static func pooled(_ x: Tensor, _ geometry: WindowGeometry, file: String, line: Int) -> Tensor {
    func pooled(_ x: Tensor) -> Tensor { Self.pooled(x, geometry, file: file, line: line) }
    if x.diagnostic == nil, x.dtype.isFloatingPoint {
      if let (y, bound) = x.bounded { return pooled(y).maximum(bound) }
      if let (y, bound) = x.rectified {
        let greatest = pooled(y)
        return greatest.replaced(where: greatest .<= bound, by: bound)
      }
      if let (y, bias, axes) = x.biased, axes.allSatisfy({ geometry.isPointwise($0) }) {
        let greatest = pooled(y)
        guard greatest.diagnostic == nil else { return greatest }
        return greatest + Tensor(Broadcast(shape: greatest.shape, axes: axes), [bias])
      }
    }
    return Tensor(WindowMaximum(geometry: geometry), [x], file: file, line: line)
  }
}

extension WindowGeometry {
  /// Whether an axis is as it was: windows are single elements, and none is passed over.
  fileprivate func isPointwise(_ axis: Int) -> Bool {
    axis < window.count && window[axis] == 1 && strides[axis] == 1 && low[axis] == 0 && high[axis] == 0
  }
}

extension Tensor {
  /// The vector that this adds to what, and the axes of the result that the vector's are; nil if this is no such
  /// sum.
  var biased: (sum: Tensor, bias: Tensor, axes: [Int])? {
    guard node.primitive is Add else { return nil }
    for (sum, bias) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      guard let broadcast = bias.node.primitive as? Broadcast else { continue }
      let vector = bias.node.inputs[0]
      // An axis of extent 1 that is repeated would have to be told from one that isn't.
      guard zip(vector.shape, broadcast.axes).allSatisfy({ $0 == shape[$1] }) else { continue }
      return (sum, vector, broadcast.axes)
    }
    return nil
  }

  /// `y` and `c` of `maximum(y, c)`, `c` a number.
  fileprivate var bounded: (Tensor, Tensor)? {
    guard node.primitive is Maximum else { return nil }
    for (y, bound) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      if let number = bound.number { return (y, Tensor(number)) }
    }
    return nil
  }

  /// `y` and `c` of `select(y <= c, c, y)`, `c` a number: the maximum whose derivative at `c` is 0.
  fileprivate var rectified: (Tensor, Tensor)? {
    guard node.primitive is Select, let number = node.inputs[1].number else { return nil }
    let condition = node.inputs[0].node
    guard (condition.primitive as? Compare)?.direction == .lessOrEqual, condition.inputs[0].id == node.inputs[2].id,
      condition.inputs[1].number == number
    else { return nil }
    return (node.inputs[2], Tensor(number))
  }

  /// The number that all elements are, if that is known while tracing.
  private var number: HostArray? {
    if let constant = node.primitive as? Constant { return constant.array.shape.isEmpty ? constant.array : nil }
    return node.primitive is Broadcast ? node.inputs[0].number : nil
  }
}

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
