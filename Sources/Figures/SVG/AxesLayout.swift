/// The plot inside a frame with its axes and their ticks.
struct AxesLayout {
  let plot: Rect
  let x: Projection
  let y: Projection
  let xTicks: [Tick]
  let yTicks: [Tick]

  /// - Parameters:
  ///   - top: where the heading ends.
  ///   - right: the room kept to the right of the plot.
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
    // The outermost labels are centred on their ticks and may not leave the frame.
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
