/// Every value of every arm with its mean and interval: one row per arm, one dot per seed.
public struct DotPlot: Figure, Equatable {
  /// One row.
  public struct Arm: Sendable, Equatable {
    public var name: String
    /// One value per seed. Values that are not finite are not drawn.
    public var values: [Double]
    /// The center of the row; `nil` takes the mean of the finite values.
    public var center: Double?
    public var interval: ErrorInterval?
    /// A reference value, such as a published one.
    public var comparison: Double?
    /// The index into the palette; `nil` picks the next free one.
    public var color: Int?

    public init(
      _ name: String, values: [Double], center: Double? = nil, interval: ErrorInterval? = nil,
      comparison: Double? = nil, color: Int? = nil
    ) {
      self.name = name
      self.values = values
      self.center = center
      self.interval = interval
      self.comparison = comparison
      self.color = color
    }
  }

  public var title: String
  public var subtitle: String
  public var axis: ChartAxis
  public var arms: [Arm]
  public var references: [ReferenceLine]
  /// Whether each row ends with its center and interval as numbers.
  public var showsNumbers = true
  public var legend: LegendStyle
  /// The names in the legend of a dot, of the sign below the dots, and of the comparison.
  public var valueName = "one seed"
  public var centerName = "mean and interval"
  public var comparisonName = "published"

  public init(
    _ title: String = "", subtitle: String = "", axis: ChartAxis = .init(), arms: [Arm] = [],
    references: [ReferenceLine] = [], legend: LegendStyle = .automatic
  ) {
    self.title = title
    self.subtitle = subtitle
    self.axis = axis
    self.arms = arms
    self.references = references
    self.legend = legend
  }

  public var drawing: Drawing {
    var drawing = Drawing(title: title, subtitle: subtitle, x: axis, y: ChartAxis(), legend: legend)
    drawing.x.padding = 0.05
    drawing.y.categories = arms.map(\.name)
    for (row, arm) in arms.enumerated() {
      let series = drawing.index(of: arm.name, glyph: .row, color: arm.color)
      drawing.add(.swarm(series, row: row, arm.values))
      // Below the mean, so that neither hides the other where they agree.
      if let comparison = arm.comparison { drawing.add(.comparison(series, row: row, comparison)) }
      if let center = arm.center ?? Self.mean(arm.values) {
        drawing.add(.summary(series, row: row, center: center, arm.interval))
        if showsNumbers { drawing.y.remarks.append(remark(center, arm.interval)) }
      } else if showsNumbers {
        drawing.y.remarks.append("–")
      }
    }
    for reference in references where reference.orientation == .vertical { drawing.add(reference) }
    if !arms.isEmpty {
      drawing.index(of: valueName, glyph: .dot, color: nil)
      drawing.index(of: centerName, glyph: .summary, color: nil)
    }
    if arms.contains(where: { $0.comparison != nil }) {
      drawing.index(of: comparisonName, glyph: .comparison, color: nil)
    }
    drawing.preferredSize = FigureSize(width: 720, height: 150 + 46 * Double(arms.count))
    return drawing
  }

  private func remark(_ center: Double, _ interval: ErrorInterval?) -> String {
    guard let interval, interval.lower.isFinite, interval.upper.isFinite else { return axis.format.text(center) }
    // Two digits of the width of the interval are all that is known.
    let scale = axis.format == .percent ? 100.0 : 1
    let width = (interval.upper / 2 - interval.lower / 2) * scale
    let digits = width > 0 ? 1 - (width.decimalLogarithm.rounded(.down).integer ?? 0) : 2
    let places = min(max(digits, 0), 6)
    let format = axis.format
    return format.text(center, places: places) + " [" + format.text(interval.lower, places: places) + ", "
      + format.text(interval.upper, places: places) + "]"
  }

  private static func mean(_ values: [Double]) -> Double? {
    let finite = values.filter(\.isFinite)
    // Dividing first keeps the sum of large values finite.
    return finite.isEmpty ? nil : finite.reduce(0) { $0 + $1 / Double(finite.count) }
  }
}
