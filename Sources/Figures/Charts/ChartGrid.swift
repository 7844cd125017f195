/// Several figures in a grid with a common legend. Series with the same name have the same colour in every panel.
public struct ChartGrid: Sendable {
  public var title: String
  public var subtitle: String
  public var panels: [any Figure]
  /// The number of panels per row; `nil` chooses it.
  public var columns: Int?
  /// Whether all panels have the same x-axis, covering the values of all of them.
  public var sharesX: Bool
  /// Whether all panels have the same y-axis, covering the values of all of them.
  public var sharesY: Bool
  public var legend: LegendStyle

  public init(
    _ title: String = "", subtitle: String = "", panels: [any Figure], columns: Int? = nil, sharesX: Bool = false,
    sharesY: Bool = false, legend: LegendStyle = .automatic
  ) {
    self.title = title
    self.subtitle = subtitle
    self.panels = panels
    self.columns = columns
    self.sharesX = sharesX
    self.sharesY = sharesY
    self.legend = legend
  }

  /// A self-contained SVG document for light and dark backgrounds.
  ///
  /// - Parameter size: in pixels; `nil` gives each panel about 360 by 260.
  public func svg(size: FigureSize? = nil) -> String {
    let wide = min(max(1, columns ?? Self.columns(for: panels.count)), max(1, panels.count))
    let rows = (panels.count + wide - 1) / wide
    let (drawings, legendSeries) = prepared()
    let legendSlots = Palette.slots(for: legendSeries)
    var canvas = SVGCanvas()
    let width = size?.width ?? Double(wide) * 360 + 32
    // If the height is free, the legend may be as high as it needs.
    let page = Rect(x: 0, y: 0, width: width, height: size?.height ?? 2000)
    let top = paintHeading(legendSeries, legendSlots, in: page.inset(by: 16), on: &canvas)
    let size = size ?? FigureSize(width: width, height: top + Double(rows) * 270)
    let frame = Rect(x: 0, y: 0, width: size.width, height: size.height).inset(by: 16)

    let gap = 26.0
    let cellWidth = max(60, (frame.width - gap * Double(wide - 1)) / Double(wide))
    let cellHeight = max(60, (frame.maxY - top - gap * Double(rows - 1)) / Double(max(1, rows)))
    let cells = drawings.indices.map { index in
      Rect(
        x: frame.x + Double(index % wide) * (cellWidth + gap), y: top + Double(index / wide) * (cellHeight + gap),
        width: cellWidth, height: cellHeight)
    }
    let slots = drawings.map { drawing in
      zip(drawing.series, Palette.slots(for: drawing.series)).map { series, own in
        legendSeries.firstIndex { !series.name.isEmpty && $0.name == series.name }.map { legendSlots[$0] } ?? own
      }
    }
    // Plots in a column share their left edge and plots in a row their upper one. Category names take more room than
    // numbers, so panels with categories are exempt.
    var lefts = Array(repeating: 0.0, count: wide)
    var tops = Array(repeating: 0.0, count: max(1, rows))
    for (index, drawing) in drawings.enumerated() {
      let plot = FigureLayout(drawing, frame: cells[index], slots: slots[index], shared: .init(isPanel: true)).plot
      if drawing.y.categories.isEmpty { lefts[index % wide] = max(lefts[index % wide], plot.x - cells[index].x) }
      tops[index / wide] = max(tops[index / wide], plot.y - cells[index].y)
    }
    for (index, drawing) in drawings.enumerated() {
      let left = drawing.y.categories.isEmpty ? lefts[index % wide] : 0
      let shared = FigurePainter.Shared(left: left, top: tops[index / wide], isPanel: true)
      FigurePainter(drawing, frame: cells[index], slots: slots[index], shared: shared).paint(on: &canvas)
    }
    let names = drawings.map(\.title).filter { !$0.isEmpty }.joined(separator: ", ")
    return canvas.document(size: size, title: [title, names].filter { !$0.isEmpty }.joined(separator: ": "))
  }

  /// The panels without their own legends, and the series of all panels.
  private func prepared() -> ([Drawing], [Drawing.Series]) {
    var drawings = panels.map(\.drawing)
    var series: [Drawing.Series] = []
    for index in drawings.indices {
      for entry in drawings[index].series
      where !entry.name.isEmpty && !series.contains(where: { $0.name == entry.name }) {
        series.append(entry)
      }
      drawings[index].legend = .hidden
    }
    let (x, y) = drawings.reduce(into: (Extent(), Extent())) { extents, drawing in
      extents.0.formUnion(drawing.x.extent)
      extents.1.formUnion(drawing.y.extent)
    }
    for index in drawings.indices {
      if sharesX { drawings[index].x.extent = x }
      if sharesY { drawings[index].y.extent = y }
    }
    return (drawings, series)
  }

  /// Paints title, subtitle and legend, and returns where the panels start.
  private func paintHeading(
    _ series: [Drawing.Series], _ slots: [Int], in frame: Rect, on canvas: inout SVGCanvas
  ) -> Double {
    let heading = Heading(title: title, subtitle: subtitle, frame: frame, isPanel: false)
    heading.paint(on: &canvas)
    guard legend != .hidden else { return heading.bottom }
    let rows = LegendRows(
      series, slots: slots, at: Pixel(x: frame.x, y: heading.bottom), width: frame.width, limit: frame.height * 0.2)
    rows.paint(on: &canvas)
    return heading.bottom + (rows.isEmpty ? 0 : rows.height + 12)
  }

  /// As square as possible, with at most four per row.
  private static func columns(for count: Int) -> Int {
    (1...4).first { $0 * $0 >= count } ?? 4
  }
}
