/// A field of dots, two by four in each character of a terminal (Unicode braille patterns, U+2800 and following).
struct BrailleCanvas {
  struct Cell: Equatable {
    var dots: UInt8 = 0
    /// A character shown in place of the dots.
    var sign: Character?
    /// The slot of what was drawn last.
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

  /// The field in dots, which are one unit apart.
  var bounds: Rect { Rect(x: 0, y: 0, width: Double(columns * 2 - 1), height: Double(rows * 4 - 1)) }

  func line(_ row: Int) -> ArraySlice<Cell> { cells[row * columns..<(row + 1) * columns] }

  mutating func set(_ point: Pixel, slot: Int) {
    guard let (x, y) = dot(point) else { return }
    // The order of the bits is that of Braille's dots 1 to 6, with 7 and 8 added below.
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

  /// Puts `sign` on the character that holds `point`; `slot` nil leaves it in the colour of text.
  mutating func put(_ sign: Character, at point: Pixel, slot: Int?) {
    guard let (x, y) = dot(point) else { return }
    cells[y / 4 * columns + x / 2].sign = sign
    cells[y / 4 * columns + x / 2].slot = slot
  }

  /// Whether nothing was drawn on the character that holds `point`.
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
