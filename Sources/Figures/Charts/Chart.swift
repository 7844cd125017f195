/// Lines and points over two numeric axes.
public struct Chart: Figure, Equatable {
  public var title: String
  public var subtitle: String
  public var x: ChartAxis
  public var y: ChartAxis
  public var lines: [LineSeries]
  public var points: [PointSeries]
  public var references: [ReferenceLine]
  public var legend: LegendStyle

  public init(
    _ title: String = "", subtitle: String = "", x: ChartAxis = .init(), y: ChartAxis = .init(),
    lines: [LineSeries] = [], points: [PointSeries] = [], references: [ReferenceLine] = [],
    legend: LegendStyle = .automatic
  ) {
    self.title = title
    self.subtitle = subtitle
    self.x = x
    self.y = y
    self.lines = lines
    self.points = points
    self.references = references
    self.legend = legend
  }

  public var drawing: Drawing {
    var drawing = Drawing(title: title, subtitle: subtitle, x: x, y: y, legend: legend)
    drawing.y.padding = 0.06
    drawing.x.padding = points.isEmpty ? 0 : 0.04
    for line in lines {
      let series = drawing.index(of: line.name, glyph: .line(line.dash), color: line.color)
      if !line.band.isEmpty { drawing.add(.band(series, line.points, line.band)) }
      drawing.add(.line(series, line.points, line.dash, markers: line.markers ?? (line.points.count <= 12)))
    }
    for scatter in points {
      let series = drawing.index(of: scatter.name, glyph: .marker, color: scatter.color)
      for (errors, isVertical) in [(scatter.xErrors, false), (scatter.yErrors, true)] where !errors.isEmpty {
        let bars = zip(scatter.points, errors).compactMap { point, interval in
          interval.map { ErrorBar(at: point, interval: $0, isVertical: isVertical) }
        }
        drawing.add(.errors(series, bars))
      }
      drawing.add(.points(series, scatter.points))
    }
    for line in references { drawing.add(line) }
    return drawing
  }
}
