/// A rectangle on paper, in pixels, y downwards.
struct Rect: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }

  func inset(by margin: Double) -> Rect {
    Rect(x: x + margin, y: y + margin, width: max(1, width - 2 * margin), height: max(1, height - 2 * margin))
  }

  func outset(by margin: Double) -> Rect {
    Rect(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
  }

  func contains(_ point: Pixel) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  func intersects(_ other: Rect) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }

  /// Whether any part of the segment lies inside.
  func meets(_ from: Pixel, _ to: Pixel) -> Bool { clipped(from, to) != nil }

  /// The part of the segment that lies inside (Liang and Barsky, 1984).
  func clipped(_ from: Pixel, _ to: Pixel) -> (Pixel, Pixel)? {
    var (enter, leave) = (0.0, 1.0)
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    for (direction, distance) in [(-dx, from.x - x), (dx, maxX - from.x), (-dy, from.y - y), (dy, maxY - from.y)] {
      if direction == 0 {
        if distance < 0 { return nil }
      } else if direction < 0 {
        enter = max(enter, distance / direction)
      } else {
        leave = min(leave, distance / direction)
      }
    }
    guard enter <= leave else { return nil }
    return (
      Pixel(x: from.x + enter * dx, y: from.y + enter * dy), Pixel(x: from.x + leave * dx, y: from.y + leave * dy)
    )
  }
}

/// A place on paper.
struct Pixel: Equatable {
  var x: Double
  var y: Double
}
