/// Patches that divide the points of a circle, and what is seen around them.
struct CirclePatches: Sendable {
  let points: Int
  let patches: Int
  /// Points on either side of a patch that are seen too.
  let overlap: Int

  /// - Throws: ``ReservoirError`` for patches that don't divide the circle, or an overlap longer than it.
  init(points: Int, patches: Int, overlap: Int) throws(ReservoirError) {
    guard points >= 1, patches >= 1, points % patches == 0 else {
      throw .setting(name: "patches", value: "\(patches)", allowed: "a divisor of \(points) points")
    }
    let size = points / patches
    guard overlap >= 0, size + 2 * overlap <= points else {
      throw .setting(
        name: "overlap", value: "\(overlap)", allowed: "in 0...\((points - size) / 2), half of what is beside a patch")
    }
    (self.points, self.patches, self.overlap) = (points, patches, overlap)
  }

  /// Points of a patch.
  var size: Int { points / patches }
  /// Points that are seen from one.
  var seen: Int { size + 2 * overlap }

  /// What is seen from each patch of fields `[…, points]`: `[…, patches·seen]`.
  func surroundings(_ fields: Tensor) -> Tensor {
    let places = (0..<patches).flatMap { patch in
      (-overlap..<size + overlap).map { Int32((patch * size + $0 + points) % points) }
    }
    return fields.take(Tensor(places, shape: [places.count]), axis: fields.rank - 1)
  }
}
