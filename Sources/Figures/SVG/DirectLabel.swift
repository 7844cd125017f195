/// The name of a line beside its end.
struct DirectLabel {
  var series: Int
  var text: String
  /// The end of the line.
  var anchor: Pixel
  /// The middle of the text.
  var y: Double

  private static let lineHeight = 15.0
  /// How far a label may stand from the end of its line.
  private static let farthest = 44.0

  /// Whether the label stands apart from the end of its line.
  func hasLeader(in plot: Rect) -> Bool { abs(y - anchor.y) > 3 || plot.maxX - anchor.x > 6 }

  /// The right margin that names at the line ends need; nil where only a legend will do.
  static func width(_ drawing: Drawing, frame: Rect) -> Double? {
    let named = drawing.series.filter { !$0.name.isEmpty }
    guard !named.isEmpty, frame.width >= 320, named.allSatisfy({ if case .line = $0.glyph { true } else { false } })
    else { return nil }
    let widest = named.map { TextMetrics.width($0.name, size: 12) }.max() ?? 0
    return widest <= frame.width * 0.28 ? widest + 22 : nil
  }

  /// Labels that overlap neither each other nor the edges; nil where that takes them too far from their lines.
  static func placed(_ drawing: Drawing, beside axes: AxesLayout) -> [DirectLabel]? {
    let (plot, x, y) = (axes.plot, axes.x, axes.y)
    var labels: [DirectLabel] = []
    for case .line(let series, let points, _, _) in drawing.marks {
      guard drawing.series.indices.contains(series), !drawing.series[series].name.isEmpty else { continue }
      guard let end = points.last(where: { x($0.x) != nil && y($0.y) != nil }), let px = x(end.x), let py = y(end.y)
      else { continue }
      // Two lines of one name need a legend: neither end says more than the other.
      if labels.contains(where: { $0.series == series }) { return nil }
      guard px >= plot.maxX - plot.width * 0.12, px <= plot.maxX + 1, py >= plot.y - 1, py <= plot.maxY + 1
      else { return nil }
      labels.append(DirectLabel(series: series, text: drawing.series[series].name, anchor: Pixel(x: px, y: py), y: py))
    }
    // Every name has to appear.
    guard labels.count == drawing.series.filter({ !$0.name.isEmpty }).count else { return nil }
    labels.sort { ($0.anchor.y, $0.series) < ($1.anchor.y, $1.series) }
    let places = spread(labels.map(\.anchor.y), gap: lineHeight, from: plot.y - 4, to: plot.maxY + 2)
    for (index, place) in places.enumerated() {
      if abs(place - labels[index].anchor.y) > farthest { return nil }
      labels[index].y = place
    }
    return zip(places, places.dropFirst()).allSatisfy({ $1 - $0 >= lineHeight - 2 }) ? labels : nil
  }

  /// The places nearest to those wanted, in order, at least `gap` apart: neighbours that touch are pooled
  /// and centred on the mean of what they want.
  static func spread(_ wanted: [Double], gap: Double, from lower: Double, to upper: Double) -> [Double] {
    var pools: [(start: Double, count: Int)] = []
    var members: [[Double]] = []
    func start(_ values: [Double]) -> Double {
      let free = values.enumerated().reduce(0) { $0 + $1.element - Double($1.offset) * gap } / Double(values.count)
      return max(lower, min(free, upper - Double(values.count - 1) * gap))
    }
    for value in wanted {
      pools.append((start([value]), 1))
      members.append([value])
      while pools.count > 1 {
        let (last, before) = (pools.count - 1, pools.count - 2)
        guard pools[before].start + Double(pools[before].count) * gap > pools[last].start else { break }
        members[before] += members.removeLast()
        pools.removeLast()
        pools[before] = (start(members[before]), members[before].count)
      }
    }
    return pools.flatMap { pool in (0..<pool.count).map { pool.start + Double($0) * gap } }
  }
}
