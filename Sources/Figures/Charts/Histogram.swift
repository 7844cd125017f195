/// How often values fall into each of a row of equal intervals (equal on the axis' scale).
public struct Histogram: Figure, Equatable {
  /// Values that are counted together, with a name.
  public struct Sample: Sendable, Equatable {
    public var name: String
    /// Values that are NaN or infinite, or that the axis doesn't have, aren't counted.
    public var values: [Double]
    /// The place in the palette; nil takes the next one free.
    public var color: Int?

    public init(_ name: String = "", values: [Double], color: Int? = nil) {
      self.name = name
      self.values = values
      self.color = color
    }
  }

  public var title: String
  public var subtitle: String
  public var x: ChartAxis
  public var samples: [Sample]
  /// How many intervals; nil chooses by the rule of Freedman and Diaconis (1981).
  public var bins: Int?
  /// Whether heights are fractions of each sample instead of counts.
  public var isNormalized: Bool
  public var references: [ReferenceLine]
  public var legend: LegendStyle

  public init(
    _ title: String = "", subtitle: String = "", x: ChartAxis = .init(), samples: [Sample] = [], bins: Int? = nil,
    isNormalized: Bool = false, references: [ReferenceLine] = [], legend: LegendStyle = .automatic
  ) {
    self.title = title
    self.subtitle = subtitle
    self.x = x
    self.samples = samples
    self.bins = bins
    self.isNormalized = isNormalized
    self.references = references
    self.legend = legend
  }

  public var drawing: Drawing {
    let y = isNormalized ? ChartAxis("fraction", format: .percent) : ChartAxis("count")
    var drawing = Drawing(title: title, subtitle: subtitle, x: x, y: y, legend: legend)
    drawing.y.padding = 0.06
    let all = Bins(samples.flatMap(\.values), count: bins, axis: x)
    for sample in samples {
      let series = drawing.index(of: sample.name, glyph: .box, color: sample.color)
      guard let all else { continue }
      let counts = all.counts(sample.values)
      let total = isNormalized ? Double(max(1, counts.reduce(0, +))) : 1
      let boxes = counts.enumerated().filter { $0.element > 0 }.map { index, count in
        Box(
          from: DataPoint(x: all.edge(index), y: 0), to: DataPoint(x: all.edge(index + 1), y: Double(count) / total))
      }
      drawing.add(.boxes(series, boxes, opacity: samples.count > 1 ? 0.55 : 0.9))
    }
    // Edges between whole numbers are no reason to mark whole numbers only.
    drawing.x.extent.isIntegral = false
    for reference in references { drawing.add(reference) }
    return drawing
  }
}
