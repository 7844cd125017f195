/// Horizontal bars from zero, one group of bars per category.
public struct BarChart: Figure, Equatable {
  /// One bar in each category.
  public struct Group: Sendable, Equatable {
    public var name: String
    /// One value per category. Values that are missing or not finite have no bar.
    public var values: [Double]
    /// Error bars, one per value. A value with `nil` or beyond the last has none.
    public var intervals: [ErrorInterval?]
    /// The index into the palette; `nil` picks the next free one.
    public var color: Int?

    public init(_ name: String = "", values: [Double], intervals: [ErrorInterval?] = [], color: Int? = nil) {
      self.name = name
      self.values = values
      self.intervals = intervals
      self.color = color
    }
  }

  public var title: String
  public var subtitle: String
  public var axis: ChartAxis
  public var categories: [String]
  public var groups: [Group]
  public var references: [ReferenceLine]
  /// Whether each bar ends with its value as a number.
  public var showsNumbers = true
  public var legend: LegendStyle

  public init(
    _ title: String = "", subtitle: String = "", axis: ChartAxis = .init(), categories: [String] = [],
    groups: [Group] = [], references: [ReferenceLine] = [], legend: LegendStyle = .automatic
  ) {
    self.title = title
    self.subtitle = subtitle
    self.axis = axis
    self.categories = categories
    self.groups = groups
    self.references = references
    self.legend = legend
  }

  public var drawing: Drawing {
    var drawing = Drawing(title: title, subtitle: subtitle, x: axis, y: ChartAxis(), legend: legend)
    drawing.x.padding = 0.03
    drawing.y.categories = categories
    let lane = 0.78 / Double(max(1, groups.count))
    for (index, group) in groups.enumerated() {
      let series = drawing.index(of: group.name, glyph: .box, color: group.color)
      var (boxes, bars, notes): ([Box], [ErrorBar], [Mark]) = ([], [], [])
      for (row, value) in group.values.prefix(categories.count).enumerated() where value.isFinite {
        let top = Double(row) - 0.39 + lane * Double(index)
        let middle = DataPoint(x: value, y: top + lane / 2)
        boxes.append(Box(from: DataPoint(x: 0, y: top), to: DataPoint(x: value, y: top + lane)))
        let interval = group.intervals.indices.contains(row) ? group.intervals[row] : nil
        if let interval { bars.append(ErrorBar(at: middle, interval: interval, isVertical: false)) }
        let text = axis.format.text(value)
        drawing.rightRoom = max(drawing.rightRoom, showsNumbers ? TextMetrics.width(text, size: 11.5) + 12 : 0)
        let end = value < 0 ? 0 : max(value, interval?.upper ?? value)
        notes.append(.note(text, DataPoint(x: end, y: middle.y)))
      }
      drawing.add(.boxes(series, boxes, opacity: 1))
      if !bars.isEmpty { drawing.add(.errors(series, bars)) }
      if showsNumbers { for note in notes { drawing.add(note) } }
    }
    for reference in references where reference.orientation == .vertical { drawing.add(reference) }
    let rows = Double(categories.count)
    drawing.preferredSize = FigureSize(width: 720, height: 140 + rows * max(26, 18 * Double(groups.count) + 8))
    return drawing
  }
}
