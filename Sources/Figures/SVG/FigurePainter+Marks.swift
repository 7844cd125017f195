extension Mark {
  /// Whether the mark is painted below lines and reference lines.
  var isGround: Bool {
    switch self {
    case .band, .boxes: true
    default: false
    }
  }
}

extension FigurePainter {
  /// Paints the parts that are clipped at the edges of the plot.
  func paint(_ mark: Mark, on canvas: inout SVGCanvas) {
    switch mark {
    case .line(let series, let points, let dash, _):
      for run in Polyline.runs(points, x: layout.x, y: layout.y) where run.count > 1 {
        canvas.path(
          Polyline.path(Polyline.thinned(run)), style: canvas.stroke(slot(series)) + " line",
          extra: Palette.dash(dash, slot: slot(series)).attribute, title: name(series))
      }
    case .band(let series, let points, let band):
      paintBand(series, points, band, on: &canvas)
    case .errors(let series, let bars):
      for bar in bars { paintError(series, bar, on: &canvas) }
    case .boxes(let series, let boxes, let opacity):
      for box in boxes {
        guard let rect = rectangle(box) else { continue }
        canvas.rectangle(
          rect, style: canvas.fill(slot(series)) + " rim",
          extra: opacity < 1 ? " fill-opacity=\"\(NumberText.pixels(opacity))\"" : "",
          title: name(series))
      }
    case .points, .swarm, .summary, .comparison, .note:
      break
    }
  }

  /// Paints the signs of single values, unclipped if their center is inside the plot.
  func paintMarkers(of mark: Mark, on canvas: inout SVGCanvas) {
    switch mark {
    case .line(let series, let points, _, let markers):
      let style = canvas.fill(slot(series)) + " rim"
      for run in Polyline.runs(points, x: layout.x, y: layout.y) where markers || run.count == 1 {
        for point in run where isInside(point) {
          canvas.circle(point, radius: 3.2, style: style, title: name(series))
        }
      }
    case .points(let series, let points):
      let style = canvas.fill(slot(series)) + " rim"
      for case let point? in points.map(pixel) where isInside(point) {
        canvas.path(
          Marker.path(slot: slot(series), at: point, radius: points.count > 200 ? 2.6 : 3.9), style: style,
          extra: points.count > 40 ? " fill-opacity=\"0.75\"" : "", title: name(series))
      }
    case .swarm(let series, let row, let values):
      let style = canvas.fill(slot(series)) + " rim"
      for point in swarm(values, row: row) {
        canvas.circle(
          point, radius: Self.dotRadius(values.count), style: style, extra: " fill-opacity=\"0.6\" stroke-width=\"0.7\""
        )
      }
    case .summary(let series, let row, let center, let interval):
      paintSummary(series, row: row, center: center, interval, on: &canvas)
    case .comparison(_, let row, let value):
      guard let point = pixel(DataPoint(x: value, y: Double(row))), isInside(point) else { return }
      let place = Pixel(x: point.x, y: point.y + rowHeight * Self.summaryOffset)
      canvas.path(Marker.diamond(at: place, radius: 5), style: "open inkline", extra: " stroke-width=\"1.4\"")
    case .note(let text, let place):
      guard let point = pixel(place) else { return }
      canvas.text(
        text, at: Pixel(x: min(max(point.x, layout.plot.x), layout.plot.maxX) + 6, y: point.y + 4),
        style: "soft tick halo")
    case .band, .errors, .boxes:
      break
    }
  }

  func pixel(_ point: DataPoint) -> Pixel? {
    guard let x = layout.x(point.x), let y = layout.y(point.y) else { return nil }
    return Pixel(x: x, y: y)
  }

  func isInside(_ point: Pixel) -> Bool { layout.plot.outset(by: 0.5).contains(point) }

  // MARK: Bands, boxes and error bars

  private func paintBand(_ series: Int, _ points: [DataPoint], _ band: [ErrorInterval], on canvas: inout SVGCanvas) {
    var (upper, lower): ([Pixel], [Pixel]) = ([], [])
    func finish(_ canvas: inout SVGCanvas) {
      if upper.count > 1 {
        canvas.path(
          Polyline.path(Polyline.thinned(upper)) + "L" + Polyline.path(Polyline.thinned(lower).reversed()).dropFirst()
            + "Z", style: canvas.fill(slot(series)), extra: " fill-opacity=\"0.16\"")
      }
      (upper, lower) = ([], [])
    }
    for (point, interval) in zip(points, band) {
      // A bound outside the domain of a logarithmic axis extends to the end of the axis.
      let low = interval.lower <= 0 && layout.y.scale != .linear ? layout.y.start : layout.y(interval.lower)
      guard let x = layout.x(point.x), layout.y(point.y) != nil, let low, let high = layout.y(interval.upper) else {
        finish(&canvas)
        continue
      }
      upper.append(Pixel(x: x, y: high))
      lower.append(Pixel(x: x, y: low))
    }
    finish(&canvas)
  }

  private func paintError(_ series: Int, _ bar: ErrorBar, on canvas: inout SVGCanvas) {
    let axis = bar.isVertical ? layout.y : layout.x
    guard let center = pixel(bar.at), let low = axis(bar.interval.lower) ?? bar.edge(axis),
      let high = axis(bar.interval.upper)
    else { return }
    func place(_ along: Double, _ across: Double) -> Pixel {
      bar.isVertical ? Pixel(x: center.x + across, y: along) : Pixel(x: along, y: center.y + across)
    }
    let style = canvas.stroke(slot(series))
    for (from, to) in [
      (place(low, 0), place(high, 0)), (place(low, -3.5), place(low, 3.5)), (place(high, -3.5), place(high, 3.5)),
    ] {
      canvas.line(from: from, to: to, style: style, extra: " stroke-width=\"1.3\"")
    }
  }

  private func rectangle(_ box: Box) -> Rect? {
    // A value outside the domain of a logarithmic axis, such as the foot of a bar at zero, is at its lower end.
    let x = [box.from.x, box.to.x].map { layout.x($0) ?? layout.x.start }
    let y = [box.from.y, box.to.y].map { layout.y($0) ?? layout.y.start }
    guard box.to.x.isFinite, box.to.y.isFinite else { return nil }
    return Rect(x: min(x[0], x[1]), y: min(y[0], y[1]), width: abs(x[1] - x[0]), height: abs(y[1] - y[0]))
  }

  // MARK: Rows of a dot plot

  /// The distance of the summary from the middle of a row, as a fraction of the height of the row.
  static var summaryOffset: Double { 0.26 }

  var rowHeight: Double { layout.plot.height / Double(max(1, drawing.y.categories.count)) }

  /// Smaller if there are many dots.
  private static func dotRadius(_ count: Int) -> Double { count > 60 ? 2.3 : 3.3 }

  /// Positions of the values, spread across the row where values are too close along it.
  func swarm(_ values: [Double], row: Int) -> [Pixel] {
    guard let middle = layout.y(Double(row)) else { return [] }
    let (diameter, base) = (2 * Self.dotRadius(values.count) + 0.2, middle - rowHeight * 0.1)
    let reach = max(0, rowHeight * 0.3 - diameter / 2)
    var placed: [Pixel] = []
    for x in values.compactMap({ layout.x($0) }).sorted() where x >= layout.plot.x - 0.5 && x <= layout.plot.maxX + 0.5
    {
      let near = placed.suffix(64).filter { x - $0.x < diameter }
      // The free position closest to the middle, otherwise the one furthest from its neighbours.
      var (choice, room) = (base, -1.0)
      for step in 0..<64 {
        let offset = Double((step + 1) / 2) * 1.7 * (step % 2 == 0 ? 1 : -1)
        if abs(offset) > reach { break }
        let nearest =
          near.map { other in
            let (dx, dy) = (x - other.x, base + offset - other.y)
            return dx * dx + dy * dy
          }.min() ?? .infinity
        if nearest > room { (choice, room) = (base + offset, nearest) }
        if room >= diameter * diameter { break }
      }
      placed.append(Pixel(x: x, y: choice))
    }
    return placed
  }

  private func paintSummary(
    _ series: Int, row: Int, center: Double, _ interval: ErrorInterval?, on canvas: inout SVGCanvas
  ) {
    guard let middle = layout.y(Double(row)) else { return }
    let y = middle + rowHeight * Self.summaryOffset
    let (low, high) = (layout.plot.x, layout.plot.maxX)
    if let interval, let from = layout.x(interval.lower), let to = layout.x(interval.upper) {
      canvas.line(
        from: Pixel(x: min(max(from, low), high), y: y), to: Pixel(x: min(max(to, low), high), y: y),
        style: canvas.stroke(slot(series)), extra: " stroke-width=\"3\" stroke-linecap=\"round\" opacity=\"0.55\"")
    }
    if let x = layout.x(center), isInside(Pixel(x: x, y: y)) {
      canvas.path(
        Marker.diamond(at: Pixel(x: x, y: y), radius: 3.3), style: canvas.fill(slot(series)) + " rim",
        title: name(series))
    }
  }
}

extension ErrorBar {
  /// The position of a bound outside the domain of a logarithmic axis.
  fileprivate func edge(_ axis: Projection) -> Double? {
    axis.scale != .linear && interval.lower <= 0 ? axis.start : nil
  }
}
