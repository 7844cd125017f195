/// Lays a drawing out in a frame and paints it.
struct FigurePainter {
  /// The room a panel shares with its neighbours, so that plots stand in line.
  struct Shared {
    /// Least distance from the left of the frame to the plot.
    var left = 0.0
    /// Least distance from the top of the frame to the plot.
    var top = 0.0
    var isPanel = false
  }

  let drawing: Drawing
  let frame: Rect
  let slots: [Int]
  let shared: Shared
  let layout: FigureLayout

  init(_ drawing: Drawing, frame: Rect, slots: [Int], shared: Shared = Shared()) {
    self.drawing = drawing
    self.frame = frame
    self.slots = slots
    self.shared = shared
    layout = FigureLayout(drawing, frame: frame, slots: slots, shared: shared)
  }

  func slot(_ series: Int) -> Int { slots.indices.contains(series) ? slots[series] : 0 }
  func name(_ series: Int) -> String { drawing.series.indices.contains(series) ? drawing.series[series].name : "" }

  func paint(on canvas: inout SVGCanvas) {
    paintHeading(on: &canvas)
    paintGrid(on: &canvas)
    // One pixel more than the plot, so that a line along its edge keeps its width.
    let area = layout.plot.outset(by: 1)
    canvas.clipped(to: area) { canvas in
      for mark in drawing.marks where mark.isGround { paint(mark, on: &canvas) }
      paintReferences(on: &canvas)
      for mark in drawing.marks where !mark.isGround { paint(mark, on: &canvas) }
    }
    for mark in drawing.marks { paintMarkers(of: mark, on: &canvas) }
    paintReferenceLabels(on: &canvas)
    paintDirectLabels(on: &canvas)
  }

  private func paintHeading(on canvas: inout SVGCanvas) {
    layout.heading.paint(on: &canvas)
    if let legend = layout.legend { legend.paint(on: &canvas) }
    let plot = layout.plot
    if !drawing.y.axis.label.isEmpty {
      canvas.text(
        TextMetrics.truncated(drawing.y.axis.label, size: 12, width: frame.width),
        at: Pixel(x: frame.x, y: plot.y - 11), style: "soft", title: drawing.y.axis.label)
    }
    if !drawing.x.axis.label.isEmpty {
      canvas.text(
        TextMetrics.truncated(drawing.x.axis.label, size: 12, width: frame.width),
        at: Pixel(x: plot.x + plot.width / 2, y: plot.maxY + 36), style: "soft", anchor: .middle,
        title: drawing.x.axis.label)
    }
  }

  private func paintGrid(on canvas: inout SVGCanvas) {
    let plot = layout.plot
    for tick in layout.xTicks {
      guard let x = layout.x(tick.value) else { continue }
      canvas.line(
        from: Pixel(x: x, y: plot.y), to: Pixel(x: x, y: plot.maxY), style: "grid",
        extra: tick.isMinor ? " opacity=\"0.45\"" : "")
      canvas.number(tick.label, at: Pixel(x: x, y: plot.maxY + 17), style: "soft tick", anchor: .middle)
    }
    for tick in layout.yTicks {
      guard let y = layout.y(tick.value) else { continue }
      canvas.line(
        from: Pixel(x: plot.x, y: y), to: Pixel(x: plot.maxX, y: y), style: "grid",
        extra: tick.isMinor ? " opacity=\"0.45\"" : "")
      canvas.number(tick.label, at: Pixel(x: plot.x - 8, y: y + 4), style: "soft tick", anchor: .end)
    }
    for (row, category) in drawing.y.categories.enumerated() {
      guard let y = layout.y(Double(row)) else { continue }
      let text = TextMetrics.truncated(category, size: 12, width: plot.x - frame.x - 10)
      canvas.text(text, at: Pixel(x: plot.x - 10, y: y + 4), style: "ink", anchor: .end, title: category)
      if drawing.y.remarks.indices.contains(row) {
        canvas.text(drawing.y.remarks[row], at: Pixel(x: plot.maxX + 12, y: y + 4), style: "soft tick")
      }
    }
    if drawing.y.categories.isEmpty {
      canvas.line(from: Pixel(x: plot.x, y: plot.maxY), to: Pixel(x: plot.maxX, y: plot.maxY), style: "axis")
    } else if let zero = layout.x(0), zero >= plot.x, zero <= plot.maxX {
      canvas.line(from: Pixel(x: zero, y: plot.y), to: Pixel(x: zero, y: plot.maxY), style: "axis")
    }
  }

  private func paintDirectLabels(on canvas: inout SVGCanvas) {
    for label in layout.directLabels {
      let start = layout.plot.maxX
      if label.hasLeader(in: layout.plot) {
        canvas.path(
          "M\(Markup.number(label.anchor.x + 4)) \(Markup.number(label.anchor.y))"
            + "L\(Markup.number(start + 4)) \(Markup.number(label.anchor.y))"
            + "L\(Markup.number(start + 14)) \(Markup.number(label.y))",
          style: canvas.stroke(slot(label.series)), extra: " fill=\"none\" stroke-width=\"0.9\" opacity=\"0.6\"")
      }
      canvas.text(
        label.text, at: Pixel(x: start + (layout.hasLeaders ? 18 : 8), y: label.y + 4),
        style: canvas.fill(slot(label.series)) + " name", title: name(label.series))
    }
  }
}
