/// An affine augmentation that moves no pixel off the grid.
protocol FlipAugmentation: AffineAugmentation {
  var probability: Double { get }
  /// The axis of `[batch, height, width, channels]` that is reversed.
  var axis: Int { get }
}

extension FlipAugmentation {
  public var fill: FillMode? { nil }

  /// Which images are flipped, `bool [batch]`.
  func condition(_ count: Int, key: Key) -> Tensor { key.bernoulli([count], probability: probability) }

  func map(_ condition: Tensor) -> AffineMap {
    let sign = Tensor.ones(condition.shape).replaced(where: condition, by: -1)
    let one = sign.onesLike()
    return .zoom(vertical: axis == 1 ? sign : one, horizontal: axis == 2 ? sign : one)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap { map(condition(count, key: key)) }
}
