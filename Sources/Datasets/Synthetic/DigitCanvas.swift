/// A small grey picture that strokes of a round, soft pen are drawn on.
struct DigitCanvas {
  static let side = 28

  /// Ink per pixel, 0 to 1, row-major.
  private(set) var ink = [Float](repeating: 0, count: side * side)

  mutating func clear() {
    for index in ink.indices { ink[index] = 0 }
  }

  /// A straight piece of pen stroke; what lies outside the picture is cut off.
  /// - Parameters:
  ///   - start, end: in pixels; pixel (0, 0) has its centre at the origin.
  ///   - radius: half the pen's width in pixels; the edge is one pixel soft.
  mutating func line(
    from start: DigitGlyph.Point, to end: DigitGlyph.Point, radius: Float, strength: Float
  ) {
    let reach = radius + 0.5
    let last = Float(Self.side - 1)
    let left = max(0, min(start.x, end.x) - reach).rounded(.up)
    let right = min(last, max(start.x, end.x) + reach).rounded(.down)
    let top = max(0, min(start.y, end.y) - reach).rounded(.up)
    let bottom = min(last, max(start.y, end.y) + reach).rounded(.down)
    guard left <= right, top <= bottom else { return }
    let dx = end.x - start.x, dy = end.y - start.y
    let lengthSquared = dx * dx + dy * dy
    let inverse = lengthSquared > 1e-12 ? 1 / lengthSquared : 0
    ink.withUnsafeMutableBufferPointer { ink in
      for row in Int(top)...Int(bottom) {
        let y = Float(row) - start.y
        for column in Int(left)...Int(right) {
          let x = Float(column) - start.x
          let along = min(1, max(0, (x * dx + y * dy) * inverse))
          let awayX = x - along * dx, awayY = y - along * dy
          let squared = awayX * awayX + awayY * awayY
          if squared >= reach * reach { continue }
          let value = strength * min(1, reach - squared.squareRoot())
          let index = row * Self.side + column
          if value > ink[index] { ink[index] = value }
        }
      }
    }
  }
}
