/// Lays out a drawing in a frame and paints it.
struct FigurePainter {
  /// The margins that a panel shares with its neighbours, so that plots line up.
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
    // One extra pixel, so that a line along the edge of the plot keeps its width.
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
          "M\(NumberText.pixels(label.anchor.x + 4)) \(NumberText.pixels(label.anchor.y))"
            + "L\(NumberText.pixels(start + 4)) \(NumberText.pixels(label.anchor.y))"
            + "L\(NumberText.pixels(start + 14)) \(NumberText.pixels(label.y))",
          style: canvas.stroke(slot(label.series)), extra: " fill=\"none\" stroke-width=\"0.9\" opacity=\"0.6\"")
      }
      canvas.text(
        label.text, at: Pixel(x: start + (layout.hasLeaders ? 18 : 8), y: label.y + 4),
        style: canvas.fill(slot(label.series)) + " name", title: name(label.series))
    }
  }
}

extension FigurePainter {
  func paintReferences(on canvas: inout SVGCanvas) {
    for reference in drawing.references {
      guard let (from, to) = ends(of: reference) else { continue }
      canvas.line(from: from, to: to, style: strokeStyle(reference, on: &canvas) + " rule")
    }
  }

  /// Places each label along its line where it covers the least data and no earlier label.
  func paintReferenceLabels(on canvas: inout SVGCanvas) {
    let plot = layout.plot
    var taken: [Rect] = []
    let lines = drawing.marks.flatMap { mark -> [[Pixel]] in
      guard case .line(_, let points, _, _) = mark else { return [] }
      return Polyline.runs(points, x: layout.x, y: layout.y).map(Polyline.thinned)
    }
    let dots = drawing.marks.flatMap { mark -> [Pixel] in
      switch mark {
      case .points(_, let points): points.compactMap(pixel)
      case .swarm(_, let row, let values): swarm(values, row: row)
      default: []
      }
    }
    let rules = drawing.references.compactMap(ends)
    for reference in drawing.references where !reference.label.isEmpty {
      guard let (from, _) = ends(of: reference) else { continue }
      let text = TextMetrics.truncated(
        reference.label, size: 11.5, width: max(plot.width * 0.6, min(plot.width - 12, 240)))
      let (width, height) = (TextMetrics.width(text, size: 11.5), 15.0)
      let candidates = places(for: reference, at: from, width: width, height: height)
      func cost(_ rect: Rect) -> Int {
        let distance = reference.orientation == .horizontal ? gap(rect, from.y) : 0
        guard plot.outset(by: 3).contains(Pixel(x: rect.x, y: rect.y)),
          plot.outset(by: 3).contains(Pixel(x: rect.maxX, y: rect.maxY))
        else { return 10_000_000 }
        let area = rect.outset(by: 2)
        let crossed = lines.reduce(0) { sum, run in
          sum + zip(run, run.dropFirst()).filter { area.meets($0, $1) }.count
        }
        let crossedRules = rules.filter { area.meets($0.0, $0.1) }.count
        return 4 * Int(max(0, distance - 4)) + 10_000 * taken.filter { $0.intersects(rect) }.count + 250
          * min(crossed, 20) + 50 * crossedRules
          + 20 * min(dots.filter(area.contains).count, 50)
      }
      let costs = candidates.map(cost)
      guard let least = costs.min(), let index = costs.firstIndex(of: least) else { continue }
      let rect = candidates[index]
      taken.append(rect)
      let color = slot(of: reference).map { canvas.fill($0) } ?? "soft"
      if reference.orientation == .horizontal, gap(rect, from.y) > 10 {
        let edge = rect.y > from.y ? rect.y + 1 : rect.maxY
        canvas.line(
          from: Pixel(x: rect.x + 12, y: from.y), to: Pixel(x: rect.x + 12, y: edge),
          style: strokeStyle(reference, on: &canvas),
          extra: " stroke-width=\"0.9\"")
      }
      canvas.text(
        text, at: Pixel(x: rect.x, y: rect.y + 11.5), style: color + " tick halo", title: reference.label)
    }
  }

  /// The distance between a label and its horizontal line.
  private func gap(_ rect: Rect, _ y: Double) -> Double { max(rect.y - y, y - rect.maxY, 0) }

  /// Candidate positions for a label: above or below a horizontal line at several distances, or beside a vertical one.
  private func places(for reference: ReferenceLine, at line: Pixel, width: Double, height: Double) -> [Rect] {
    let plot = layout.plot
    var corners: [Pixel] = []
    switch reference.orientation {
    case .horizontal:
      for y in [-3, 3, -20, 20, -38, 38, -56, 56].map({ line.y + ($0 < 0 ? $0 - height : $0) }) {
        corners.append(Pixel(x: plot.maxX - width - 4, y: y))
        corners.append(Pixel(x: plot.x + 6, y: y))
        for fraction in [0.5, 0.75, 0.25] {
          corners.append(Pixel(x: plot.x + plot.width * fraction - width / 2, y: y))
        }
      }
    case .vertical:
      for x in [line.x + 6, line.x - width - 6] {
        corners.append(Pixel(x: x, y: plot.y + 2))
        corners.append(Pixel(x: x, y: plot.maxY - height - 3))
        for fraction in [0.25, 0.5] { corners.append(Pixel(x: x, y: plot.y + plot.height * fraction)) }
      }
    }
    return corners.map { Rect(x: $0.x, y: $0.y, width: width, height: height) }
  }

  /// The ends of the line; `nil` if its value is not on the axis.
  private func ends(of reference: ReferenceLine) -> (Pixel, Pixel)? {
    let plot = layout.plot
    switch reference.orientation {
    case .horizontal:
      guard let y = layout.y(reference.value), y >= plot.y - 0.5, y <= plot.maxY + 0.5 else { return nil }
      return (Pixel(x: plot.x, y: y), Pixel(x: plot.maxX, y: y))
    case .vertical:
      guard let x = layout.x(reference.value), x >= plot.x - 0.5, x <= plot.maxX + 0.5 else { return nil }
      return (Pixel(x: x, y: plot.y), Pixel(x: x, y: plot.maxY))
    }
  }

  private func slot(of reference: ReferenceLine) -> Int? {
    guard let name = reference.series else { return nil }
    return drawing.series.firstIndex { $0.name == name }.map(slot)
  }

  private func strokeStyle(_ reference: ReferenceLine, on canvas: inout SVGCanvas) -> String {
    slot(of: reference).map { canvas.stroke($0) } ?? "inkline"
  }
}
