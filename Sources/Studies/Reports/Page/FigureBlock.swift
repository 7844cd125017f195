import Figures

/// A figure drawn twice, for wide windows and paper and for telephones: letters keep their size in both.
package struct FigureBlock: Sendable {
  package static let wide = 920.0
  package static let narrow = 390.0

  private let wide: String
  private let narrow: [String]
  private let caption: HTML

  /// - Parameters:
  ///   - height: of the wide drawing, in pixels.
  ///   - narrowHeight: nil takes that of the wide one.
  package init(_ figure: some Figure, height: Double, narrowHeight: Double? = nil, caption: HTML = .empty) {
    wide = figure.svg(size: FigureSize(width: Self.wide, height: height))
    narrow = [figure.svg(size: FigureSize(width: Self.narrow, height: narrowHeight ?? height))]
    self.caption = caption
  }

  /// Figures side by side with one legend; on a telephone one below the other, each with its own.
  package init(
    _ panels: [any Figure], columns: Int, rowHeight: Double = 300, legend: LegendStyle = .automatic,
    caption: HTML = .empty
  ) {
    let grid = ChartGrid(panels: panels, columns: columns, legend: legend)
    let rows = (panels.count + columns - 1) / max(1, columns)
    wide = grid.svg(
      size: FigureSize(width: Self.wide, height: Double(rows) * rowHeight + (legend == .hidden ? 32 : 60)))
    narrow = panels.map { $0.svg(size: FigureSize(width: Self.narrow, height: 330)) }
    self.caption = caption
  }

  package var html: HTML {
    let small = narrow.map { HTML(markup: $0) }
    let note: HTML = caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>\n"
    return """
      <figure>
      <div class="wide">\(HTML(markup: wide))</div>
      <div class="narrow">\(small)</div>
      \(note)</figure>

      """
  }
}
