/// Where the parts of a figure stand.
struct FigureLayout {
  struct Line {
    var text: String
    var place: Pixel
    var style: String
  }

  private var axes: AxesLayout
  var heading: [Line] = []
  var legend: LegendRows?
  var directLabels: [DirectLabel] = []
  /// Whether any label had to give way to another, so that leaders join all of them to their lines.
  var labelsAreMoved: Bool { directLabels.contains { abs($0.y - $0.anchor.y) > 3 } }

  var plot: Rect { axes.plot }
  var x: Projection { axes.x }
  var y: Projection { axes.y }
  var xTicks: [Tick] { axes.xTicks }
  var yTicks: [Tick] { axes.yTicks }

  init(_ drawing: Drawing, frame: Rect, slots: [Int], shared: FigurePainter.Shared) {
    var top = frame.y
    let (titleSize, titleStyle) = shared.isPanel ? (13.0, "ink panel") : (16.0, "ink title")
    for line in TextMetrics.wrapped(drawing.title, size: titleSize * 1.05, width: frame.width, lines: 2) {
      heading.append(Line(text: line, place: Pixel(x: frame.x, y: top + titleSize * 0.85), style: titleStyle))
      top += titleSize * 1.3
    }
    for line in TextMetrics.wrapped(drawing.subtitle, size: 12, width: frame.width, lines: 2) {
      heading.append(Line(text: line, place: Pixel(x: frame.x, y: top + 12), style: "soft"))
      top += 16
    }
    if !heading.isEmpty { top += 8 }

    let rows = LegendRows(drawing.series, slots: slots, at: Pixel(x: frame.x, y: top), width: frame.width, limit: frame.height * 0.3)
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
    return remark > 0 ? min(remark + 14, frame.width * 0.4) : 4
  }
}
