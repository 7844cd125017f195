/// The content of a figure, independent of size. Only the figures of this module create drawings.
public struct Drawing: Sendable {
  /// An axis with the values it has to show.
  struct Side: Sendable {
    var axis: ChartAxis
    var extent = Extent()
    /// How far the axis reaches beyond the data, as a fraction of its length.
    var padding = 0.0
    /// Names instead of numbers. Category `i` is at position `i`, and the first is at the top of a y-axis.
    var categories: [String] = []
    /// Text to the right of each category.
    var remarks: [String] = []

    /// The ends of the axis.
    var limits: (lower: Double, upper: Double) {
      categories.isEmpty
        ? extent.limits(for: axis, padding: padding) : (-0.5, Double(categories.count) - 0.5)
    }
  }

  enum Glyph: Sendable, Equatable {
    case line(LineDash)
    case marker, box
    /// Named beside its row rather than in the legend.
    case row
    /// The signs of a dot plot, in the colour of text.
    case dot, summary, comparison
  }

  struct Series: Sendable {
    var name: String
    var glyph: Glyph
    var color: Int?
  }

  var title: String
  var subtitle: String
  var x: Side
  var y: Side
  var series: [Series] = []
  var marks: [Mark] = []
  var references: [ReferenceLine] = []
  var legend: LegendStyle
  /// Pixels kept free to the right of the plot.
  var rightRoom = 0.0
  var preferredSize = FigureSize(width: 720, height: 440)

  init(title: String, subtitle: String, x: ChartAxis, y: ChartAxis, legend: LegendStyle = .automatic) {
    self.title = title
    self.subtitle = subtitle
    self.x = Side(axis: x)
    self.y = Side(axis: y)
    self.legend = legend
  }

  /// A one-line description for screen readers.
  var summary: String {
    let heading = [title, subtitle].filter { !$0.isEmpty }.joined(separator: ". ")
    let names = series.map(\.name).filter { !$0.isEmpty }.joined(separator: ", ")
    let subject =
      heading.isEmpty ? [y.axis.label, x.axis.label].filter { !$0.isEmpty }.joined(separator: " by ") : heading
    return [subject.isEmpty ? "Chart" : subject, names].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The index of the series named `name`, which is added if needed. Every unnamed series is a series of its own.
  @discardableResult
  mutating func index(of name: String, glyph: Glyph, color: Int?) -> Int {
    if !name.isEmpty, let known = series.firstIndex(where: { $0.name == name }) { return known }
    series.append(Series(name: name, glyph: glyph, color: color))
    return series.count - 1
  }

  mutating func add(_ mark: Mark) {
    marks.append(mark)
    switch mark {
    case .line(_, let points, _, _), .points(_, let points):
      for point in points { include(x: point.x, y: point.y) }
    case .band(_, let points, let band):
      for (point, interval) in zip(points, band) {
        include(x: point.x, y: interval.lower)
        include(x: point.x, y: interval.upper)
      }
    case .errors(_, let bars):
      for bar in bars {
        for bound in [bar.interval.lower, bar.interval.upper] {
          include(x: bar.isVertical ? bar.at.x : bound, y: bar.isVertical ? bound : bar.at.y)
        }
      }
    case .boxes(_, let boxes, _):
      for box in boxes {
        include(x: box.from.x, y: box.from.y)
        include(x: box.to.x, y: box.to.y)
      }
    case .swarm(_, let row, let values):
      for value in values { include(x: value, y: Double(row)) }
    case .summary(_, let row, let center, let interval):
      for value in [center, interval?.lower ?? center, interval?.upper ?? center] { include(x: value, y: Double(row)) }
    case .comparison(_, let row, let value):
      include(x: value, y: Double(row))
    case .note:
      break
    }
  }

  mutating func add(_ reference: ReferenceLine) {
    references.append(reference)
    switch reference.orientation {
    case .horizontal: y.extent.include(reference.value, on: y.axis.scale)
    case .vertical: x.extent.include(reference.value, on: x.axis.scale)
    }
  }

  /// Extends the axes by a point, unless one of its values is outside the domain of its axis.
  private mutating func include(x horizontal: Double, y vertical: Double) {
    guard x.axis.scale.accepts(horizontal), y.axis.scale.accepts(vertical) else { return }
    x.extent.include(horizontal, on: x.axis.scale)
    y.extent.include(vertical, on: y.axis.scale)
  }
}

/// A layer of a drawing, in data coordinates. The first value is an index into `Drawing.series`.
enum Mark: Sendable {
  case line(Int, [DataPoint], LineDash, markers: Bool)
  case band(Int, [DataPoint], [ErrorInterval])
  case points(Int, [DataPoint])
  case errors(Int, [ErrorBar])
  case boxes(Int, [Box], opacity: Double)
  /// The values of an arm of a dot plot, spread out so that none hides another.
  case swarm(Int, row: Int, [Double])
  case summary(Int, row: Int, center: Double, ErrorInterval?)
  /// The reference value of a row, as an open diamond.
  case comparison(Int, row: Int, Double)
  /// Text that starts a few pixels to the right of a point.
  case note(String, DataPoint)
}

struct ErrorBar: Sendable {
  var at: DataPoint
  var interval: ErrorInterval
  var isVertical: Bool
}

/// A rectangle between two corners.
struct Box: Sendable {
  var from: DataPoint
  var to: DataPoint
}
