/// The positions of the parts of a figure.
struct FigureLayout {
  private var axes: AxesLayout
  let heading: Heading
  var legend: LegendRows?
  var directLabels: [DirectLabel] = []
  /// Whether leaders join labels to their lines, which moves all labels to the right.
  var hasLeaders: Bool { directLabels.contains { $0.hasLeader(in: plot) } }

  var plot: Rect { axes.plot }
  var x: Projection { axes.x }
  var y: Projection { axes.y }
  var xTicks: [Tick] { axes.xTicks }
  var yTicks: [Tick] { axes.yTicks }

  init(_ drawing: Drawing, frame: Rect, slots: [Int], shared: FigurePainter.Shared) {
    heading = Heading(title: drawing.title, subtitle: drawing.subtitle, frame: frame, isPanel: shared.isPanel)
    let top = heading.bottom
    let rows = LegendRows(
      drawing.series, slots: slots, at: Pixel(x: frame.x, y: top), width: frame.width,
      limit: frame.height * (frame.height < 240 ? 0.12 : 0.3))
    let right = Self.rightMargin(drawing, frame: frame)
    axes = AxesLayout(drawing, frame: frame, top: top, right: right, shared: shared)
    guard drawing.legend != .hidden else { return }
    if drawing.legend == .automatic, let width = DirectLabel.width(drawing, frame: frame) {
      let beside = AxesLayout(drawing, frame: frame, top: top, right: max(right, width), shared: shared)
      if let labels = DirectLabel.placed(drawing, beside: beside) {
        axes = beside
        directLabels = labels
        return
      }
    }
    guard !rows.isEmpty else { return }
    legend = rows
    axes = AxesLayout(drawing, frame: frame, top: top + rows.height + 6, right: right, shared: shared)
  }

  private static func rightMargin(_ drawing: Drawing, frame: Rect) -> Double {
    let remark = drawing.y.remarks.map { TextMetrics.width($0, size: 11.5) }.max() ?? 0
    return min(max(4, remark > 0 ? remark + 14 : 0, drawing.rightRoom), frame.width * 0.4)
  }
}

/// The plot inside a frame with its axes and their ticks.
struct AxesLayout {
  let plot: Rect
  let x: Projection
  let y: Projection
  let xTicks: [Tick]
  let yTicks: [Tick]

  /// - Parameters:
  ///   - top: the lower end of the heading.
  ///   - right: the margin to the right of the plot.
  init(_ drawing: Drawing, frame: Rect, top: Double, right: Double, shared: FigurePainter.Shared) {
    let (xLimits, yLimits) = (drawing.x.limits, drawing.y.limits)
    let upper = max(top + (drawing.y.axis.label.isEmpty ? 6 : 24), frame.y + shared.top)
    let lower = frame.maxY - (drawing.x.axis.label.isEmpty ? 22 : 40)
    let height = max(8, lower - upper)
    let hasCategories = !drawing.y.categories.isEmpty
    yTicks =
      hasCategories
      ? []
      : Ticks.marks(
        from: yLimits.lower, to: yLimits.upper, scale: drawing.y.axis.scale, format: drawing.y.axis.format,
        count: min(max(Int(height / 44), 2), 8), integral: drawing.y.extent.isIntegral && !drawing.y.extent.isEmpty)
    let labels =
      hasCategories
      ? drawing.y.categories.map { TextMetrics.width($0, size: 12) + 2 }
      : yTicks.map { TextMetrics.width($0.label, size: 11.5) }
    let widest = min(labels.max() ?? 0, frame.width * (hasCategories ? 0.42 : 0.5))
    var left = max(frame.x + widest + 10, frame.x + shared.left)
    var end = max(left + 8, frame.maxX - right)

    func horizontal(_ count: Int) -> [Tick] {
      Ticks.marks(
        from: xLimits.lower, to: xLimits.upper, scale: drawing.x.axis.scale, format: drawing.x.axis.format,
        count: count, integral: drawing.x.extent.isIntegral && !drawing.x.extent.isEmpty)
    }
    func project() -> Projection {
      Projection(scale: drawing.x.axis.scale, lower: xLimits.lower, upper: xLimits.upper, start: left, end: end)
    }
    var count = min(max(Int((end - left) / 110), 4), 10)
    var xTicks = horizontal(count)
    while count > 1, Self.collide(xTicks, project()) {
      count -= 1
      xTicks = horizontal(count)
    }
    // The outermost labels are centred on their ticks and must stay inside the frame.
    if let last = xTicks.last(where: { !$0.isMinor }), let place = project()(last.value) {
      end -= min(max(0, place + TextMetrics.width(last.label, size: 11.5) / 2 - frame.maxX), (end - left) / 4)
    }
    if let first = xTicks.first(where: { !$0.isMinor }), let place = project()(first.value) {
      left += min(max(0, frame.x - place + TextMetrics.width(first.label, size: 11.5) / 2), (end - left) / 4)
    }
    y = Projection(
      scale: hasCategories ? .linear : drawing.y.axis.scale, lower: yLimits.lower, upper: yLimits.upper,
      start: hasCategories ? upper : upper + height, end: hasCategories ? upper + height : upper)
    plot = Rect(x: left, y: upper, width: end - left, height: height)
    x = project()
    self.xTicks = xTicks
  }

  private static func collide(_ ticks: [Tick], _ x: Projection) -> Bool {
    let spans = ticks.filter { !$0.isMinor }.compactMap { tick in
      x(tick.value).map { ($0, TextMetrics.width(tick.label, size: 11.5) / 2) }
    }
    return zip(spans, spans.dropFirst()).contains { $0.0 + $0.1 + 8 > $1.0 - $1.1 }
  }
}

/// Title and subtitle at the top of a frame.
struct Heading {
  private var lines: [(text: String, place: Pixel, style: String)] = []
  /// The upper end of the content below.
  private(set) var bottom: Double

  init(title: String, subtitle: String, frame: Rect, isPanel: Bool) {
    bottom = frame.y
    let (size, style) = isPanel ? (13.0, "ink panel") : (16.0, "ink title")
    // A low figure needs its height for the plot.
    let allowed = frame.height < 240 ? 1 : 2
    for line in TextMetrics.wrapped(title, size: size * 1.05, width: frame.width, lines: allowed) {
      lines.append((line, Pixel(x: frame.x, y: bottom + size * 0.85), style))
      bottom += size * 1.3
    }
    for line in TextMetrics.wrapped(subtitle, size: 12, width: frame.width, lines: allowed) {
      lines.append((line, Pixel(x: frame.x, y: bottom + 12), "soft"))
      bottom += 16
    }
    if !lines.isEmpty { bottom += 8 }
  }

  func paint(on canvas: inout SVGCanvas) {
    for line in lines { canvas.text(line.text, at: line.place, style: line.style) }
  }
}

/// The legend above a plot, in rows of signs and names.
struct LegendRows {
  private struct Item {
    var series: Drawing.Series
    var slot: Int
    var text: String
    var place: Pixel
  }

  private var items: [Item] = []
  /// A note in place of names that do not fit.
  private var rest: (text: String, place: Pixel)?
  private(set) var height = 0.0

  var isEmpty: Bool { items.isEmpty }

  /// Rows from `origin` on, at most `width` wide and about `limit` high.
  init(_ series: [Drawing.Series], slots: [Int], at origin: Pixel, width: Double, limit: Double) {
    let named = zip(series, slots).filter { !$0.0.name.isEmpty && $0.0.glyph != .row }
    let (swatch, gap, rowHeight) = (24.0, 18.0, 19.0)
    let rows = max(1, Int(limit / rowHeight))
    var (x, row) = (0.0, 0)
    for (index, (entry, slot)) in named.enumerated() {
      let text = TextMetrics.truncated(entry.name, size: 12, width: min(width - swatch, max(160, width * 0.4)))
      let needed = swatch + TextMetrics.width(text, size: 12)
      let isLast = index == named.count - 1
      let reserve = row == rows - 1 && !isLast ? 80.0 : 0
      if x > 0, x + needed + reserve > width {
        guard row < rows - 1 else {
          rest = ("and \(named.count - index) more", Pixel(x: origin.x + x, y: origin.y + Double(row) * rowHeight + 12))
          break
        }
        (x, row) = (0, row + 1)
      }
      let place = Pixel(x: origin.x + x, y: origin.y + Double(row) * rowHeight + 8)
      items.append(Item(series: entry, slot: slot, text: text, place: place))
      x += needed + gap
    }
    height = items.isEmpty ? 0 : Double(row + 1) * rowHeight
  }

  func paint(on canvas: inout SVGCanvas) {
    for item in items {
      let (x, y) = (item.place.x, item.place.y)
      switch item.series.glyph {
      case .line(let dash):
        canvas.line(
          from: Pixel(x: x, y: y), to: Pixel(x: x + 17, y: y), style: canvas.stroke(item.slot) + " line",
          extra: Palette.dash(dash, slot: item.slot).attribute)
      case .marker:
        canvas.path(
          Marker.path(slot: item.slot, at: Pixel(x: x + 9, y: y), radius: 4), style: canvas.fill(item.slot))
      case .box:
        canvas.rectangle(
          Rect(x: x + 3, y: y - 6, width: 12, height: 12), style: canvas.fill(item.slot), radius: 2)
      case .row:
        break
      case .dot:
        canvas.circle(Pixel(x: x + 9, y: y), radius: 3.3, style: "soft", extra: " fill-opacity=\"0.6\"")
      case .summary:
        canvas.line(
          from: Pixel(x: x, y: y), to: Pixel(x: x + 18, y: y), style: "inkline",
          extra: " stroke-width=\"3\" stroke-linecap=\"round\" opacity=\"0.55\"")
        canvas.path(Marker.diamond(at: Pixel(x: x + 9, y: y), radius: 3.3), style: "soft rim")
      case .comparison:
        canvas.path(
          Marker.diamond(at: Pixel(x: x + 9, y: y), radius: 5), style: "open inkline", extra: " stroke-width=\"1.4\"")
      }
      canvas.text(item.text, at: Pixel(x: x + 24, y: y + 4), style: "ink", title: item.series.name)
    }
    if let rest { canvas.text(rest.text, at: rest.place, style: "soft") }
  }
}

extension LineDash {
  /// The attribute of a stroke drawn this way.
  var attribute: String {
    switch self {
    case .solid: ""
    case .dashed: " stroke-dasharray=\"7 4.5\""
    case .dotted: " stroke-dasharray=\"0.1 4.2\""
    case .dashDotted: " stroke-dasharray=\"8 4.5 0.1 4.5\""
    }
  }
}

/// The name of a line beside its end.
struct DirectLabel {
  var series: Int
  var text: String
  /// The end of the line.
  var anchor: Pixel
  /// The middle of the text.
  var y: Double

  private static let lineHeight = 15.0
  /// The largest distance between a label and the end of its line.
  private static let farthest = 44.0

  /// Whether the label is too far from the end of its line to need no leader.
  func hasLeader(in plot: Rect) -> Bool { abs(y - anchor.y) > 3 || plot.maxX - anchor.x > 6 }

  /// The right margin for names at the ends of lines; `nil` if the figure needs a legend.
  static func width(_ drawing: Drawing, frame: Rect) -> Double? {
    let named = drawing.series.filter { !$0.name.isEmpty }
    guard !named.isEmpty, frame.width >= 320, named.allSatisfy({ if case .line = $0.glyph { true } else { false } })
    else { return nil }
    let widest = named.map { TextMetrics.width($0.name, size: 12) }.max() ?? 0
    return widest <= frame.width * 0.28 ? widest + 22 : nil
  }

  /// Labels that overlap neither each other nor the edges; `nil` if they would be too far from their lines.
  static func placed(_ drawing: Drawing, beside axes: AxesLayout) -> [DirectLabel]? {
    let (plot, x, y) = (axes.plot, axes.x, axes.y)
    var labels: [DirectLabel] = []
    for case .line(let series, let points, _, _) in drawing.marks {
      guard drawing.series.indices.contains(series), !drawing.series[series].name.isEmpty else { continue }
      guard let end = points.last(where: { x($0.x) != nil && y($0.y) != nil }), let px = x(end.x), let py = y(end.y)
      else { continue }
      // Two lines with the same name need a legend.
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

  /// The positions closest to `wanted`, in order and at least `gap` apart. Neighbours that touch are pooled and centred
  /// on the mean of their wanted positions.
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
