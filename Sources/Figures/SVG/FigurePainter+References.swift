extension FigurePainter {
  func paintReferences(on canvas: inout SVGCanvas) {
    for reference in drawing.references {
      guard let (from, to) = ends(of: reference) else { continue }
      canvas.line(from: from, to: to, style: strokeStyle(reference, on: &canvas) + " rule")
    }
  }

  /// Writes each label along its line where it covers the least of the data and of the labels before it.
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

  /// How far a label is from its horizontal line.
  private func gap(_ rect: Rect, _ y: Double) -> Double { max(rect.y - y, y - rect.maxY, 0) }

  /// Where a label may stand: above or below a horizontal line, further away where it is crowded,
  /// right or left of a vertical one.
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

  /// The ends of the line; nil where its value isn't on the axis.
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
