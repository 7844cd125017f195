/// A ``Chart`` drawn with braille characters, for a quick look in a terminal.
///
/// It shows lines, points and reference lines, but neither bands nor error bars. Without colours, letters mark the
/// lines.
public struct TerminalChart: Sendable, Equatable {
  public var chart: Chart
  /// The width in columns, at least 24.
  public var width: Int
  /// The height of the plot in lines, at least 3, without title, axis and legend.
  public var height: Int

  public init(_ chart: Chart, width: Int = 80, height: Int = 16) {
    self.chart = chart
    self.width = width
    self.height = height
  }

  /// The chart. Every line ends with a newline and has no trailing spaces.
  public func text(colors: Terminal.Colors = .none) -> String {
    let (columns, rows) = (min(max(width, 24), 1000), min(max(height, 3), 500))
    let drawing = chart.drawing
    let slots = Palette.slots(for: drawing.series)
    let (xLimits, yLimits) = (drawing.x.limits, drawing.y.limits)
    let yTicks = Ticks.marks(
      from: yLimits.lower, to: yLimits.upper, scale: chart.y.scale, format: chart.y.format,
      count: min(max(2, rows / 3), 8),
      integral: drawing.y.extent.isIntegral && !drawing.y.extent.isEmpty
    ).filter { !$0.isMinor }
    let gutter = min(yTicks.map { DisplayWidth.of($0.label) }.max() ?? 0, columns / 2)
    var canvas = BrailleCanvas(columns: columns - gutter - 2, rows: rows)
    let x = Projection(
      scale: chart.x.scale, lower: xLimits.lower, upper: xLimits.upper, start: 0, end: canvas.bounds.maxX)
    let y = Projection(
      scale: chart.y.scale, lower: yLimits.lower, upper: yLimits.upper, start: canvas.bounds.maxY, end: 0)
    let letters = colors == .none && drawing.series.count > 1
    draw(drawing, slots, letters: letters, on: &canvas, x: x, y: y)

    var lines: [String] = []
    for (text, style) in [(chart.title, TextStyle.strong), (chart.subtitle, .muted), (chart.y.label, .muted)]
    where !text.isEmpty {
      let shown = TerminalText.truncated(Markup.terminal(text), columns: columns)
      lines.append(TerminalText.styled(shown, style, colors: colors))
    }
    var labels: [Int: String] = [:]
    for tick in yTicks {
      if let row = y(tick.value).flatMap({ ($0 / 4).rounded(.down).integer }) { labels[row] = tick.label }
    }
    for row in 0..<rows {
      let label = TerminalText.filled(
        TerminalText.truncated(labels[row] ?? "", columns: gutter), columns: gutter, atEnd: false)
      let axis = TerminalText.styled(label + (labels[row] == nil ? " │" : " ┤"), .muted, colors: colors)
      lines.append(axis + Self.painted(canvas.line(row), colors: colors))
    }
    let xTicks = Self.xTicks(
      chart, limits: xLimits, integral: drawing.x.extent.isIntegral && !drawing.x.extent.isEmpty, x: x,
      columns: canvas.columns)
    lines.append(
      TerminalText.styled(Self.ruler(xTicks, gutter: gutter, columns: canvas.columns), .muted, colors: colors))
    lines.append(TerminalText.styled(Self.numbers(xTicks, gutter: gutter, columns: columns), .muted, colors: colors))
    if !chart.x.label.isEmpty {
      let label = TerminalText.truncated(Markup.terminal(chart.x.label), columns: canvas.columns)
      let indent = gutter + 2 + max(0, canvas.columns - DisplayWidth.of(label)) / 2
      lines.append(String(repeating: " ", count: indent) + TerminalText.styled(label, .muted, colors: colors))
    }
    lines += legend(drawing, slots, letters: letters, columns: columns, colors: colors)
    return lines.map { $0 + "\n" }.joined()
  }

  /// The letter that marks a line without colours.
  private static func letter(_ series: Int) -> Character {
    Character(UnicodeScalar(UInt8(97 + series % 26)))
  }

  // MARK: Data

  private func draw(
    _ drawing: Drawing, _ slots: [Int], letters: Bool, on canvas: inout BrailleCanvas, x: Projection, y: Projection
  ) {
    for case .line(let series, let points, _, _) in drawing.marks {
      for run in Polyline.runs(points, x: x, y: y) {
        for (from, to) in zip(run, run.dropFirst()) { canvas.draw(from: from, to: to, slot: slots[series]) }
        if run.count == 1 { canvas.set(run[0], slot: slots[series]) }
      }
    }
    for case .points(let series, let points) in drawing.marks {
      for point in points {
        guard let px = x(point.x), let py = y(point.y) else { continue }
        canvas.put(letters ? Self.letter(series) : "•", at: Pixel(x: px, y: py), slot: slots[series])
      }
    }
    if letters {
      for case .line(let series, let points, _, _) in drawing.marks {
        // Letters of different lines are at different positions, so that they rarely collide.
        let spots = Double(drawing.series.count * 5)
        var due = Double(series) * 10
        for point in Polyline.runs(points, x: x, y: y).joined() where point.x >= due {
          canvas.put(Self.letter(series), at: point, slot: slots[series])
          due = point.x + spots * 2
        }
      }
    }
    for reference in chart.references {
      let isHorizontal = reference.orientation == .horizontal
      guard let place = isHorizontal ? y(reference.value) : x(reference.value) else { continue }
      let length = isHorizontal ? canvas.columns : canvas.rows
      for step in 0..<length {
        let point = isHorizontal ? Pixel(x: Double(step * 2), y: place) : Pixel(x: place, y: Double(step * 4))
        if canvas.isEmpty(at: point) { canvas.put(isHorizontal ? "╌" : "┆", at: point, slot: nil) }
      }
    }
  }

  private static func painted(_ cells: ArraySlice<BrailleCanvas.Cell>, colors: Terminal.Colors) -> String {
    var result = ""
    var rest = cells[...]
    while let last = rest.last, last.isBlank { rest.removeLast() }
    while let first = rest.first {
      let run = rest.prefix { $0.slot == first.slot && $0.isBlank == first.isBlank }
      let text = String(run.map(\.character))
      result +=
        first.isBlank
        ? text
        : first.slot.map { TerminalText.colored(text, slot: $0, colors: colors) }
          ?? TerminalText.styled(text, .muted, colors: colors)
      rest = rest.dropFirst(run.count)
    }
    return result
  }

  // MARK: Horizontal axis and legend

  /// Ticks with their columns, few enough that no label touches the next.
  private static func xTicks(
    _ chart: Chart, limits: (lower: Double, upper: Double), integral: Bool, x: Projection, columns: Int
  ) -> [(label: String, column: Int)] {
    for count in stride(from: max(2, columns / 8), through: 1, by: -1) {
      let ticks = Ticks.marks(
        from: limits.lower, to: limits.upper, scale: chart.x.scale, format: chart.x.format, count: count,
        integral: integral
      ).filter { !$0.isMinor }.compactMap { tick in
        x(tick.value).flatMap { ($0 / 2).rounded(.down).integer }.map { (tick.label, $0) }
      }
      let fits = zip(ticks, ticks.dropFirst()).allSatisfy {
        $1.1 - $0.1 > (DisplayWidth.of($0.0) + DisplayWidth.of($1.0)) / 2 + 1
      }
      if fits { return ticks }
    }
    return []
  }

  private static func ruler(_ ticks: [(label: String, column: Int)], gutter: Int, columns: Int) -> String {
    var line = Array(repeating: Character("─"), count: columns)
    for tick in ticks where line.indices.contains(tick.column) { line[tick.column] = "┬" }
    return String(repeating: " ", count: gutter + 1) + "└" + String(line)
  }

  private static func numbers(_ ticks: [(label: String, column: Int)], gutter: Int, columns: Int) -> String {
    var line = ""
    for tick in ticks {
      let width = DisplayWidth.of(tick.label)
      let start = max(0, min(gutter + 2 + tick.column - width / 2, columns - width))
      let gap = start - DisplayWidth.of(line)
      guard gap > 0 || line.isEmpty else { continue }
      line += String(repeating: " ", count: max(0, gap)) + tick.label
    }
    return line
  }

  private func legend(
    _ drawing: Drawing, _ slots: [Int], letters: Bool, columns: Int, colors: Terminal.Colors
  ) -> [String] {
    var entries: [(plain: String, shown: String)] = []
    for (index, series) in drawing.series.enumerated() where !series.name.isEmpty {
      let sign = letters ? String(Self.letter(index)) : series.glyph == .marker ? "•" : "━━"
      let name = TerminalText.truncated(Markup.terminal(series.name), columns: columns - 4)
      entries.append((sign + " " + name, TerminalText.colored(sign, slot: slots[index], colors: colors) + " " + name))
    }
    for reference in chart.references where !reference.label.isEmpty {
      let sign = reference.orientation == .horizontal ? "╌╌" : "┆"
      let name = TerminalText.truncated(Markup.terminal(reference.label), columns: columns - 4)
      entries.append((sign + " " + name, TerminalText.styled(sign, .muted, colors: colors) + " " + name))
    }
    var lines: [String] = []
    var used = 0
    for entry in entries {
      let width = DisplayWidth.of(entry.plain)
      if let last = lines.indices.last, used + 3 + width <= columns {
        lines[last] += "   " + entry.shown
        used += 3 + width
      } else {
        lines.append(entry.shown)
        used = width
      }
    }
    return lines
  }
}

/// A canvas of dots, two by four per character (Unicode braille patterns, from U+2800).
struct BrailleCanvas {
  struct Cell: Equatable {
    var dots: UInt8 = 0
    /// A character shown instead of the dots.
    var sign: Character?
    /// The slot of the last mark.
    var slot: Int?

    var isBlank: Bool { dots == 0 && sign == nil }

    var character: Character {
      sign ?? (dots == 0 ? " " : Character(Unicode.Scalar(UInt32(0x2800) + UInt32(dots)) ?? " "))
    }
  }

  let columns: Int
  let rows: Int
  private(set) var cells: [Cell]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Cell(), count: columns * rows)
  }

  /// The canvas in dots, which are one unit apart.
  var bounds: Rect { Rect(x: 0, y: 0, width: Double(columns * 2 - 1), height: Double(rows * 4 - 1)) }

  func line(_ row: Int) -> ArraySlice<Cell> { cells[row * columns..<(row + 1) * columns] }

  mutating func set(_ point: Pixel, slot: Int) {
    guard let (x, y) = dot(point) else { return }
    // Bits are in the order of braille dots 1 to 6, followed by dots 7 and 8 below.
    let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    let index = y / 4 * columns + x / 2
    cells[index].dots |= bits[y % 4][x % 2]
    cells[index].slot = slot
  }

  mutating func draw(from: Pixel, to: Pixel, slot: Int) {
    guard let (start, end) = bounds.clipped(from, to) else { return }
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let steps = max(1, Int(max(abs(dx), abs(dy)).rounded(.up)))
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      set(Pixel(x: start.x + dx * part, y: start.y + dy * part), slot: slot)
    }
  }

  /// Puts `sign` in the cell of `point`. Without a `slot` it has the colour of text.
  mutating func put(_ sign: Character, at point: Pixel, slot: Int?) {
    guard let (x, y) = dot(point) else { return }
    cells[y / 4 * columns + x / 2].sign = sign
    cells[y / 4 * columns + x / 2].slot = slot
  }

  /// Whether the cell of `point` is blank.
  func isEmpty(at point: Pixel) -> Bool {
    dot(point).map { cells[$0.y / 4 * columns + $0.x / 2].isBlank } ?? false
  }

  private func dot(_ point: Pixel) -> (x: Int, y: Int)? {
    guard let x = point.x.integer, let y = point.y.integer, x >= 0, y >= 0, x < columns * 2, y < rows * 4 else {
      return nil
    }
    return (x, y)
  }
}
