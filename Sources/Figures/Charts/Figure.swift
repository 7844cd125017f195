/// Something that can be drawn as a page of its own or as one panel of a ``ChartGrid``.
public protocol Figure: Sendable {
  /// What is drawn, free of any size.
  var drawing: Drawing { get }
}

extension Figure {
  /// A self-contained SVG document for light and dark backgrounds.
  ///
  /// - Parameter size: in pixels; nil takes a size that suits the content.
  public func svg(size: FigureSize? = nil) -> String {
    let drawing = self.drawing
    let size = size ?? drawing.preferredSize
    var canvas = SVGCanvas()
    let page = Rect(x: 0, y: 0, width: size.width, height: size.height)
    FigurePainter(drawing, frame: page.inset(by: 16), slots: Palette.slots(for: drawing.series)).paint(on: &canvas)
    return canvas.document(size: size, title: drawing.summary)
  }
}
