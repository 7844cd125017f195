extension Tensor {
  /// The same elements in row-major order under another shape. One extent may be -1: it is computed.
  ///
  /// ```swift
  /// let x = Tensor.iota([24]).reshape(to: [2, 3, -1])
  /// print(x.shape, x.transpose([1, 0, 2]).shape, x.expand(at: 0).shape)  // [2, 3, 4] [3, 2, 4] [1, 2, 3, 4]
  /// ```
  public func reshape(to shape: Shape, file: String = #fileID, line: Int = #line) -> Tensor {
    var shape = shape
    if let open = shape.firstIndex(of: -1) {
      let known = shape.removing(axes: [open]).elementCount
      shape = shape.replacing(axis: open, with: known > 0 ? self.shape.elementCount / known : 0)
    }
    return shape == self.shape ? self : Tensor(Reshape(shape: shape), [self], file: file, line: line)
  }

  /// Repeats along new leading axes and axes of extent 1, as NumPy broadcasts.
  public func broadcast(to shape: Shape, file: String = #fileID, line: Int = #line) -> Tensor {
    if shape == self.shape { return self }
    let axes = Array(Swift.max(0, shape.rank - rank)..<Swift.max(0, shape.rank - rank) + rank)
    return Tensor(Broadcast(shape: shape, axes: axes), [self], file: file, line: line)
  }

  /// Axes in another order: axis `i` of the result is axis `permutation[i]` of this tensor; by default in reverse order.
  public func transpose(_ permutation: [Int]? = nil, file: String = #fileID, line: Int = #line) -> Tensor {
    let permutation = permutation?.map { shape.resolve(axis: $0) ?? $0 } ?? shape.indices.reversed()
    if permutation == Array(shape.indices) { return self }
    return Tensor(Transpose(permutation: permutation), [self], file: file, line: line)
  }

  /// One axis moved to another position; the others keep their order.
  public func moveAxis(from source: Int, to target: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    guard let source = shape.resolve(axis: source), let target = shape.resolve(axis: target) else {
      return .failed("moveAxis", "no axis \(source) or \(target) in \(shape)", [self], file: file, line: line)
    }
    var order = Array(shape.indices)
    order.insert(order.remove(at: source), at: target)
    return transpose(order, file: file, line: line)
  }

  /// A new axis of extent 1 before `axis` (-1: after the last).
  public func expand(at axis: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    let index = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(index) else {
      return .failed("expand", "no position \(axis) in \(shape)", [self], file: file, line: line)
    }
    var dimensions = shape.dimensions
    dimensions.insert(1, at: index)
    return reshape(to: Shape(dimensions), file: file, line: line)
  }

  /// The tensor without `axis`, which must have extent 1.
  public func squeeze(_ axis: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    guard let index = shape.resolve(axis: axis), shape[index] == 1 else {
      return .failed("squeeze", "axis \(axis) of \(shape) hasn't extent 1", [self], file: file, line: line)
    }
    return reshape(to: shape.removing(axes: [index]), file: file, line: line)
  }

  /// Every `stride`-th element of `range` along an axis. Subscripts take several axes at once.
  public func slice(
    _ range: Range<Int>, axis: Int = 0, stride: Int = 1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard let index = shape.resolve(axis: axis) else {
      return .failed("slice", "no axis \(axis) in \(shape)", [self], file: file, line: line)
    }
    var (start, limit, strides) = (shape.map { _ in 0 }, shape.dimensions, shape.map { _ in 1 })
    (start[index], limit[index], strides[index]) = (range.lowerBound, range.upperBound, stride)
    return Tensor(Slice(start: start, limit: limit, strides: strides), [self], file: file, line: line)
  }

  /// The tensor surrounded with `value`: a low and a high edge per axis; negative edges crop.
  ///
  /// ```swift
  /// let x = Tensor.ones([2, 2]).pad([(1, 0), (0, 2)])
  /// print(x.shape)  // [3, 4]
  /// ```
  public func pad(
    _ edges: [(low: Int, high: Int)], with value: Double = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let padding = Pad(low: edges.map(\.low), high: edges.map(\.high), interior: edges.map { _ in 0 })
    return Tensor(padding, [self, Tensor(value, dtype: dtype)], file: file, line: line)
  }

  /// Elements in reverse order along some axes.
  public func reverse(_ axes: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Reverse(axes: axes.map { shape.resolve(axis: $0) ?? $0 }), [self], file: file, line: line)
  }

  /// Tensors joined along an existing axis.
  ///
  /// ```swift
  /// let (x, y) = (Tensor.ones([2, 3]), Tensor.zeros([4, 3]))
  /// print(Tensor.concatenate([x, y]).shape, Tensor.stack([x, x], axis: 1).shape)  // [6, 3] [2, 2, 3]
  /// ```
  public static func concatenate(
    _ tensors: [Tensor], axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let axis = tensors.first?.shape.resolve(axis: axis) ?? axis
    return tensors.count == 1 ? tensors[0] : Tensor(Concatenate(axis: axis), tensors, file: file, line: line)
  }

  /// Tensors of one type joined along a new axis.
  public static func stack(
    _ tensors: [Tensor], axis: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    concatenate(tensors.map { $0.expand(at: axis, file: file, line: line) }, axis: axis, file: file, line: line)
  }
}
