/// A figure that can be drawn as a document of its own or as a panel of a ``ChartGrid``.
public protocol Figure: Sendable {
  /// The content, independent of size.
  var drawing: Drawing { get }
}

extension Figure {
  /// A self-contained SVG document for light and dark backgrounds.
  ///
  /// - Parameter size: in pixels; `nil` picks a size that suits the content.
  public func svg(size: FigureSize? = nil) -> String {
    let drawing = self.drawing
    let size = size ?? drawing.preferredSize
    var canvas = SVGCanvas()
    let page = Rect(x: 0, y: 0, width: size.width, height: size.height)
    FigurePainter(drawing, frame: page.inset(by: 16), slots: Palette.slots(for: drawing.series)).paint(on: &canvas)
    return canvas.document(size: size, title: drawing.summary)
  }
}

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

/// Points joined in the order given. A point that is NaN, infinite or outside the domain of an axis breaks the line.
public struct LineSeries: Sendable, Equatable {
  /// The name in the legend. Series with the same name share a colour and a legend entry.
  public var name: String
  public var points: [DataPoint]
  /// One interval per point, drawn as a band. Points beyond the last interval have none.
  public var band: [ErrorInterval]
  public var dash: LineDash
  /// The index into the palette; `nil` picks the next free one.
  public var color: Int?
  /// Whether each point is marked; `nil` marks short series only.
  public var markers: Bool?

  public init(
    _ name: String, points: [DataPoint], band: [ErrorInterval] = [], dash: LineDash = .solid, color: Int? = nil,
    markers: Bool? = nil
  ) {
    self.name = name
    self.points = points
    self.band = band
    self.dash = dash
    self.color = color
    self.markers = markers
  }

  /// A line through `(first, y[0])`, `(first + 1, y[1])`, …, such as one value per epoch.
  public init(
    _ name: String, y: [Double], from first: Double = 0, band: [ErrorInterval] = [], dash: LineDash = .solid,
    color: Int? = nil
  ) {
    let points = y.enumerated().map { DataPoint(x: first + Double($0.offset), y: $0.element) }
    self.init(name, points: points, band: band, dash: dash, color: color)
  }

  /// A line through the points `(x[i], y[i])`, up to the end of the shorter array.
  public init(
    _ name: String, x: [Double], y: [Double], band: [ErrorInterval] = [], dash: LineDash = .solid, color: Int? = nil
  ) {
    self.init(name, points: zip(x, y).map { DataPoint(x: $0, y: $1) }, band: band, dash: dash, color: color)
  }
}

/// Separate points with optional error bars.
public struct PointSeries: Sendable, Equatable {
  /// The name in the legend. Series with the same name share a colour and a legend entry.
  public var name: String
  public var points: [DataPoint]
  /// Horizontal error bars, one per point. A point with `nil` or beyond the last has none.
  public var xErrors: [ErrorInterval?]
  /// Vertical error bars, one per point. A point with `nil` or beyond the last has none.
  public var yErrors: [ErrorInterval?]
  /// The index into the palette; `nil` picks the next free one.
  public var color: Int?

  public init(
    _ name: String, points: [DataPoint], xErrors: [ErrorInterval?] = [], yErrors: [ErrorInterval?] = [],
    color: Int? = nil
  ) {
    self.name = name
    self.points = points
    self.xErrors = xErrors
    self.yErrors = yErrors
    self.color = color
  }
}

/// A line across the whole chart at one value, such as a published result.
public struct ReferenceLine: Sendable, Equatable {
  /// The direction of the line.
  public enum Orientation: Sendable, Equatable {
    case horizontal, vertical
  }

  public var orientation: Orientation
  public var value: Double
  public var label: String
  /// The series whose colour the line has; `nil` draws it in the colour of text.
  public var series: String?

  public init(_ orientation: Orientation, at value: Double, label: String = "", series: String? = nil) {
    self.orientation = orientation
    self.value = value
    self.label = label
    self.series = series
  }
}

/// A pair of values. A NaN or an infinity in either is a gap.
public struct DataPoint: Sendable, Equatable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// The bounds of an interval about a value, such as a confidence interval.
public struct ErrorInterval: Sendable, Equatable {
  public var lower: Double
  public var upper: Double

  /// The bounds, in either order.
  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower > upper ? upper : lower
    self.upper = lower > upper ? lower : upper
  }
}

/// How a line is stroked.
public enum LineDash: Sendable, Equatable, CaseIterable {
  case solid, dashed, dotted, dashDotted
}

/// The position of the legend.
public enum LegendStyle: Sendable, Equatable {
  /// At the ends of the lines if the names fit there, otherwise in rows above the plot.
  case automatic
  /// In rows above the plot.
  case above
  /// No legend.
  case hidden
}

/// The size of a figure in pixels (CSS `px`).
public struct FigureSize: Sendable, Equatable {
  public var width: Double
  public var height: Double

  /// A size clamped to 160...20,000 by 100...20,000. A dimension that is not finite becomes 720 or 440.
  public init(width: Double, height: Double) {
    self.width = width.isFinite ? min(max(width, 160), 20_000) : 720
    self.height = height.isFinite ? min(max(height, 100), 20_000) : 440
  }
}
