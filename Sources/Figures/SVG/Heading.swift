/// Title and subtitle at the top of a frame.
struct Heading {
  private var lines: [(text: String, place: Pixel, style: String)] = []
  /// Where what follows may start.
  private(set) var bottom: Double

  init(title: String, subtitle: String, frame: Rect, isPanel: Bool) {
    bottom = frame.y
    let (size, style) = isPanel ? (13.0, "ink panel") : (16.0, "ink title")
    // A low figure keeps its room for the plot.
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
