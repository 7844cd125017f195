/// A rectangle in pixels, with y pointing down.
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

/// A position in pixels.
struct Pixel: Equatable {
  var x: Double
  var y: Double
}

/// The positions of a series of points, split into runs at gaps.
enum Polyline {
  static func runs(_ points: [DataPoint], x: Projection, y: Projection) -> [[Pixel]] {
    var runs: [[Pixel]] = []
    var run: [Pixel] = []
    for point in points {
      if let px = x(point.x), let py = y(point.y) {
        run.append(Pixel(x: px, y: py))
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    return run.isEmpty ? runs : runs + [run]
  }

  /// Keeps the first, lowest, highest and last point in each column half a pixel wide, which gives the same picture
  /// (M4; Jugel, Jerzak, Hackenbroich and Markl, 2014). Lines that go back along x are not thinned.
  static func thinned(_ run: [Pixel]) -> [Pixel] {
    guard run.count > 2000, zip(run, run.dropFirst()).allSatisfy({ $0.x <= $1.x }) else { return run }
    var result: [Pixel] = []
    var start = 0
    while start < run.count {
      let column = (run[start].x * 2).rounded(.down)
      var end = start + 1
      while end < run.count, (run[end].x * 2).rounded(.down) == column { end += 1 }
      var kept: Set<Int> = [start, end - 1]
      if let low = (start..<end).min(by: { run[$0].y < run[$1].y }) { kept.insert(low) }
      if let high = (start..<end).max(by: { run[$0].y < run[$1].y }) { kept.insert(high) }
      result += kept.sorted().map { run[$0] }
      start = end
    }
    return result
  }

  static func path(_ run: [Pixel]) -> String {
    var data = ""
    for (index, point) in run.enumerated() {
      data += (index == 0 ? "M" : "L") + NumberText.pixels(point.x) + " " + NumberText.pixels(point.y)
    }
    return data
  }
}

/// The shapes of points, which distinguish series in addition to colour.
enum Marker {
  /// The outline of the marker for `slot`. All shapes have about the same area.
  static func path(slot: Int, at center: Pixel, radius: Double) -> String {
    let (x, y, r) = (center.x, center.y, radius)
    func polygon(_ corners: [(Double, Double)]) -> String {
      "M"
        + corners.map { NumberText.pixels(x + $0.0 * r) + " " + NumberText.pixels(y + $0.1 * r) }.joined(separator: "L")
        + "Z"
    }
    switch slot % 6 {
    case 1: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return polygon([(0, -1.25), (1.2, 0.85), (-1.2, 0.85)])
    case 3: return diamond(at: center, radius: radius)
    case 4: return polygon([(0, 1.25), (1.2, -0.85), (-1.2, -0.85)])
    case 5:
      let (a, b) = (0.42, 1.2)
      return polygon([
        (-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a),
      ])
    default:
      let n = NumberText.pixels
      return "M\(n(x - r)) \(n(y))a\(n(r)) \(n(r)) 0 1 0 \(n(2 * r)) 0a\(n(r)) \(n(r)) 0 1 0 \(n(-2 * r)) 0Z"
    }
  }

  static func diamond(at center: Pixel, radius: Double) -> String {
    let n = NumberText.pixels
    let (x, y, r) = (center.x, center.y, radius * 1.3)
    return "M\(n(x)) \(n(y - r))L\(n(x + r)) \(n(y))L\(n(x)) \(n(y + r))L\(n(x - r)) \(n(y))Z"
  }
}
