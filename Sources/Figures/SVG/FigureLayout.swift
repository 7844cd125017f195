/// Where the parts of a figure stand.
struct FigureLayout {
  private var axes: AxesLayout
  let heading: Heading
  var legend: LegendRows?
  var directLabels: [DirectLabel] = []
  /// Whether leaders join labels to their lines, which moves all labels aside.
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
