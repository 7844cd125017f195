/// What channelwise primitives do with the last axis.
extension Tensor {
  /// The last axis split into axes of these extents and one of what is left.
  func splitLast(_ extents: Int...) -> Tensor {
    let known = extents.reduce(1, *)
    return reshape(to: Shape(shape.dropLast() + extents + [known == 0 ? 0 : shape.last / known]))
  }

  /// The last `count` axes as one.
  func mergeLast(_ count: Int) -> Tensor {
    reshape(to: Shape(Array(shape.dropLast(count)) + [Shape(shape.suffix(count)).elementCount]))
  }

  /// A batch `[size, …, channels]` as one member with more channels, `[…, size * channels]`.
  func membersAsChannels() -> Tensor { moveAxis(from: 0, to: -2).mergeLast(2) }

  /// The inverse of ``membersAsChannels()``.
  func channelsAsMembers(_ size: Int) -> Tensor { splitLast(size).moveAxis(from: -2, to: 0) }
}
