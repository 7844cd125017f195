/// The legend above a plot: signs and names in rows.
struct LegendRows {
  private struct Item {
    var series: Drawing.Series
    var slot: Int
    var text: String
    var place: Pixel
  }

  private var items: [Item] = []
  /// The note that stands for the names there is no room for.
  private var rest: (text: String, place: Pixel)?
  private(set) var height = 0.0

  var isEmpty: Bool { items.isEmpty }

  /// Rows from `origin` on, no wider than `width` and about as high as `limit` at most.
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
