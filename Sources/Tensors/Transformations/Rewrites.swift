/// The rewrite pass: rules that recognize how an operation's inputs were made and build something cheaper that has the
/// same values.
///
/// The pass runs while the graph is built, before an operation is added, and not between building and lowering:
/// gradients are taken from the graph as it is built, and what the rules save, they save mostly there. A bias that
/// follows a pooling, for example, has the gradient of the pooled images instead of the whole ones. A pass over the
/// finished graph would find the backward operations already in place. See `docs/architecture.md`.
enum Rewrites {
  /// A rule: the results of a primitive on inputs, made another way; nil where it doesn't apply.
  private typealias Rule = @Sendable (_ primitive: any Primitive, _ inputs: [Tensor], _ site: Site) -> [Tensor]?

  /// The caller's line, for diagnostics.
  struct Site: Sendable {
    let file: String?
    let line: Int
  }

  /// In the order in which they are tried.
  private static let rules: [Rule] = [
    boundAfterMaximumPooling, reluAfterMaximumPooling, biasAfterMaximumPooling, biasIntoNormalizationMean,
    transposeIntoProduct,
  ]

  /// Applies a primitive by the first rule that fits, or as it is.
  static func apply(_ primitive: some Primitive, to inputs: [Tensor], file: String?, line: Int) -> [Tensor] {
    let site = Site(file: file, line: line)
    if !inputs.contains(where: { $0.diagnostic != nil }) {
      for rule in rules {
        if let results = rule(primitive, inputs, site) { return results }
      }
    }
    return Tensor.apply(primitive, to: inputs, file: file, line: line)
  }

  // MARK: Maximum pooling

  // Addition and maximum never exchange the order of two elements, so a bias that is constant over every window, and a
  // bound, may follow the pooling: they, their gradients and the sum over the bias' gradient then run on as many
  // elements as there are windows. The values are the same, but for biases that aren't finite. Where rounding or the
  // bound makes elements of a window equal, the gradient goes to the one of them that was greatest before.

  /// `pool(maximum(y, c))` as `maximum(pool(y), c)`, `c` a number.
  private static let boundAfterMaximumPooling: Rule = { primitive, inputs, site in
    guard let x = pooledImages(primitive, inputs), let (y, bound) = x.bounded else { return nil }
    return [apply(primitive, to: [y], file: site.file, line: site.line)[0].maximum(bound)]
  }

  /// `pool(select(y <= c, c, y))` as the same selection after `pool(y)`, `c` a number.
  private static let reluAfterMaximumPooling: Rule = { primitive, inputs, site in
    guard let x = pooledImages(primitive, inputs), let (y, bound) = x.rectified else { return nil }
    let greatest = apply(primitive, to: [y], file: site.file, line: site.line)[0]
    return [greatest.replaced(where: greatest .<= bound, by: bound)]
  }

  /// `pool(y + b)` as `pool(y) + b`, `b` constant over every window.
  private static let biasAfterMaximumPooling: Rule = { primitive, inputs, site in
    guard let geometry = (primitive as? WindowMaximum)?.geometry, let x = pooledImages(primitive, inputs),
      let (y, bias, axes) = x.biased, axes.allSatisfy({ geometry.isPointwise($0) })
    else { return nil }
    let greatest = apply(primitive, to: [y], file: site.file, line: site.line)[0]
    guard greatest.diagnostic == nil else { return [greatest] }
    return [greatest + Tensor(Broadcast(shape: greatest.shape, axes: axes), [bias])]
  }

  /// Integers wrap, so that a bias may exchange their order.
  private static func pooledImages(_ primitive: any Primitive, _ inputs: [Tensor]) -> Tensor? {
    primitive is WindowMaximum && inputs[0].dtype.isFloatingPoint ? inputs[0] : nil
  }

  // MARK: Batch normalization

  /// `normalize(y + b)` as `normalize(y)`, `b` a bias of channels: it moves the mean and nothing else, and its gradient
  /// through the output is exactly 0.
  private static let biasIntoNormalizationMean: Rule = { primitive, inputs, site in
    guard primitive is BatchNormalization, let (y, bias, axes) = inputs[0].biased, axes == [inputs[0].rank - 1]
    else { return nil }
    let results = Tensor.apply(primitive, to: [y] + inputs.dropFirst(), file: site.file, line: site.line)
    return [results[0], results[1] + bias.cast(to: inputs[0].dtype.accumulation), results[2]]
  }
}

extension Rewrites {
  /// A product of transposed matrices as one that sums over their other axes: nothing is moved, and gradients aren't
  /// transposed either.
  private static let transposeIntoProduct: Rule = { primitive, inputs, site in
    guard let dot = primitive as? DotGeneral else { return nil }
    for (index, input) in inputs.enumerated() {
      guard let transpose = input.node.primitive as? Transpose,
        let product = dot.reading(index, through: transpose.permutation)
      else { continue }
      var inputs = inputs
      inputs[index] = input.node.inputs[0]
      return apply(product, to: inputs, file: site.file, line: site.line)
    }
    return nil
  }
}

extension DotGeneral {
  /// The same product of an input that isn't transposed yet; nil if the batch axes wouldn't lead, or the free axes not be
  /// in their order.
  fileprivate func reading(_ index: Int, through permutation: [Int]) -> DotGeneral? {
    func read(_ axes: Axes, _ input: Int) -> Axes { input == index ? axes.map { permutation[$0] } : axes }
    let own = index == 0 ? batch.0 + contracted.0 : batch.1 + contracted.1
    let free = permutation.indices.filter { !own.contains($0) }.map { permutation[$0] }
    let product = DotGeneral(
      batch: (read(batch.0, 0), read(batch.1, 1)), contracted: (read(contracted.0, 0), read(contracted.1, 1)))
    let leading = Array(batch.0.indices)
    return free == free.sorted() && product.batch.0 == leading && product.batch.1 == leading ? product : nil
  }
}

extension WindowGeometry {
  /// Whether an axis stays as it was: windows are single elements, and none is skipped.
  fileprivate func isPointwise(_ axis: Int) -> Bool {
    axis < window.count && window[axis] == 1 && strides[axis] == 1 && low[axis] == 0 && high[axis] == 0
  }
}

// What the rules recognize.
extension Tensor {
  /// A sum, the vector added in it, and the axes of the result that are the vector's; nil for anything else.
  fileprivate var biased: (sum: Tensor, bias: Tensor, axes: [Int])? {
    guard node.primitive is Add else { return nil }
    for (sum, bias) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      guard let broadcast = bias.node.primitive as? Broadcast else { continue }
      let vector = bias.node.inputs[0]
      // An axis of extent 1 that repeats would have to be distinguished from one that doesn't.
      guard zip(vector.shape, broadcast.axes).allSatisfy({ $0 == shape[$1] }) else { continue }
      return (sum, vector, broadcast.axes)
    }
    return nil
  }

  /// `y` and `c` of `maximum(y, c)`, `c` a number.
  var bounded: (Tensor, Tensor)? {
    guard node.primitive is Maximum else { return nil }
    for (y, bound) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      if let number = bound.number { return (y, Tensor(number)) }
    }
    return nil
  }

  /// `y` and `c` of `select(y <= c, c, y)`, `c` a number: the maximum whose derivative at `c` is 0.
  var rectified: (Tensor, Tensor)? {
    guard node.primitive is Select, let number = node.inputs[1].number else { return nil }
    let condition = node.inputs[0].node
    guard (condition.primitive as? Compare)?.direction == .lessOrEqual, condition.inputs[0].id == node.inputs[2].id,
      condition.inputs[1].number == number
    else { return nil }
    return (node.inputs[2], Tensor(number))
  }

  /// The number that all elements equal, if it is known while tracing.
  private var number: HostArray? {
    if let constant = node.primitive as? Constant { return constant.array.shape.isEmpty ? constant.array : nil }
    return node.primitive is Broadcast ? node.inputs[0].number : nil
  }
}

// Not a rewrite, but recognized the same way.
extension Tensor {
  /// The shape of an example before it was flattened: `[height, width, channels]` for a tensor
  /// `[batch, height·width·channels]` that a reshape made of images and that only elementwise operations have changed
  /// since. Nil for others.
  package var shapeBeforeFlattening: Shape? {
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
