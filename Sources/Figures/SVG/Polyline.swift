/// The places of a series of points, cut into runs at the gaps.
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

  /// Keeps the first, lowest, highest and last point of each half pixel column, which draws the same picture
  /// (M4; Jugel, Jerzak, Hackenbroich and Markl, 2014). Points that go back along x are left as they are.
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
      data += (index == 0 ? "M" : "L") + Markup.number(point.x) + " " + Markup.number(point.y)
    }
    return data
  }
}
