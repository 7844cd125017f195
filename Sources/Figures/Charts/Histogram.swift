/// The frequencies of values in bins of equal width on the scale of the axis.
public struct Histogram: Figure, Equatable {
  /// Values that are counted together.
  public struct Sample: Sendable, Equatable {
    public var name: String
    /// Values that are NaN, infinite or outside the domain of the axis are not counted.
    public var values: [Double]
    /// The index into the palette; `nil` picks the next free one.
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
  /// The number of bins; `nil` chooses it by the rule of Freedman and Diaconis (1981).
  public var bins: Int?
  /// Whether heights are fractions of each sample rather than counts.
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
    // Bin edges at whole numbers do not make the axis integral.
    drawing.x.extent.isIntegral = false
    for reference in references { drawing.add(reference) }
    return drawing
  }
}

/// Bins of equal width on the scale of an axis.
struct Bins {
  private let scale: AxisScale
  private let lower: Double
  private let upper: Double
  let count: Int

  /// Bins that cover the values on the axis; `nil` if there are none.
  init?(_ values: [Double], count: Int?, axis: ChartAxis) {
    scale = axis.scale
    let shown = values.filter { axis.scale.accepts($0) && axis.range?.contains($0) ?? true }.sorted()
    guard let first = shown.first, let last = shown.last else { return nil }
    var extent = Extent()
    extent.include(first, on: axis.scale)
    extent.include(last, on: axis.scale)
    let free = ChartAxis("", scale: axis.scale)
    (lower, upper) = extent.limits(for: free, padding: 0)
    if let count {
      self.count = min(max(count, 1), 1000)
      return
    }
    func quantile(_ fraction: Double) -> Double {
      axis.scale.position(shown[min(shown.count - 1, Int(fraction * Double(shown.count)))])
    }
    let width = 2 * (quantile(0.75) - quantile(0.25)) / .power(Double(shown.count), 1 / 3)
    let span = axis.scale.position(upper) - axis.scale.position(lower)
    // If half of the values are equal, the rule is undefined: use that of Sturges (1926).
    let wanted = width > 0 ? span / width : Double(shown.count).binaryLogarithm + 1
    self.count = min(max((wanted.rounded(.up).integer ?? 100), 1), 100)
  }

  func edge(_ index: Int) -> Double {
    if index <= 0 { return lower }
    if index >= count { return upper }
    let part = Double(index) / Double(count)
    return scale == .linear
      ? lower * (1 - part) + upper * part
      : .power(2, lower.binaryLogarithm * (1 - part) + upper.binaryLogarithm * part)
  }

  /// The number of values in each bin. The last bin includes its upper edge.
  func counts(_ values: [Double]) -> [Int] {
    var result = Array(repeating: 0, count: count)
    let (low, high) = (scale.position(lower), scale.position(upper))
    for value in values where scale.accepts(value) && value >= lower && value <= upper {
      let place = (scale.position(value) - low) / (high - low) * Double(count)
      result[min(count - 1, max(0, place.rounded(.down).integer ?? 0))] += 1
    }
    return result
  }
}
