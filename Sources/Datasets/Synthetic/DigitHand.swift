/// Draws one digit as some hand might: a way of writing it, bent, slanted, turned and moved, with a pen
/// of some width, on paper that is now and then dirty.
///
/// Only arithmetic and square roots are used, which IEEE 754 rounds alike everywhere: one seed gives
/// the same bytes on every platform.
struct DigitHand {
  private typealias Point = DigitGlyph.Point

  private static let piecesPerSpan = 5
  private static let clutterShare: Float = 0.3
  private static let gapShare: Float = 0.16

  private var random = SplitMix64(seed: 0, stream: 0, index: 0)
  private var canvas = DigitCanvas()

  /// Writes `digit` with the stream `random` into 784 bytes.
  mutating func write(_ digit: Int, with random: SplitMix64, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    self.random = random
    canvas.clear()
    let ways = DigitGlyph.all[digit]
    let glyph = ways[self.random.index(below: ways.count)]
    draw(glyph)
    if self.random.uniform(0, 1) < Self.clutterShare { scribble() }
    develop(into: pixels)
  }

  private mutating func draw(_ glyph: DigitGlyph) {
    let points = placed(glyph.points)
    let radius = random.uniform(0.55, 1.5)
    let taper = random.uniform(-0.3, 0.3)
    let strength = random.uniform(0.75, 1)
    // A pen that skips leaves a gap somewhere on the first stroke.
    let gap = random.uniform(0, 1) < Self.gapShare ? random.uniform(0.15, 0.85) : 2
    for (number, stroke) in glyph.strokes.enumerated() {
      let spans = stroke.count - 1
      for span in 0..<spans {
        let p0 = points[stroke[max(0, span - 1)]], p1 = points[stroke[span]]
        let p2 = points[stroke[span + 1]], p3 = points[stroke[min(spans, span + 2)]]
        var previous = p1
        for piece in 1...Self.piecesPerSpan {
          let t = Float(piece) / Float(Self.piecesPerSpan)
          let point = Self.curve(p0, p1, p2, p3, t)
          let along = (Float(span) + t) / Float(spans)
          if number > 0 || (along - gap).magnitude > 0.06 {
            canvas.line(
              from: previous, to: point, radius: radius * (1 + taper * (along - 0.5)), strength: strength)
          }
          previous = point
        }
      }
    }
  }

  /// The points in pixels, after the hand's wobble, bending, slant, turn, size and place.
  private mutating func placed(_ points: [Point]) -> [Point] {
    let width = random.uniform(13, 21), height = random.uniform(15.5, 21.5)
    let slant = random.uniform(-0.3, 0.45)
    // A turn by the half-angle tangent: up to about 19 degrees either way.
    let half = random.uniform(-0.17, 0.17)
    let cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half)
    let bowX = random.bell() * 0.21, bowY = random.bell() * 0.15
    let twistX = random.bell() * 0.24, twistY = random.bell() * 0.24
    let waveX = random.bell() * 0.35
    let middle = Float(DigitCanvas.side - 1) / 2
    let left = middle + random.uniform(-2, 2), top = middle + random.uniform(-2, 2)
    return points.map { point in
      let x = point.x - 0.5 + random.bell() * 0.032
      let y = point.y - 0.5 + random.bell() * 0.032
      let bentX = x + bowX * (y * y - 0.08) * 2 + twistX * x * y * 2 + waveX * y * (y * y - 0.15)
      let bentY = y + bowY * (x * x - 0.04) * 2 + twistY * x * y
      let wide = (bentX - slant * bentY) * width, high = bentY * height
      return Point(x: left + wide * cosine - high * sine, y: top + wide * sine + high * cosine)
    }
  }

  /// Catmull and Rom's curve between `p1` and `p2`.
  private static func curve(_ p0: Point, _ p1: Point, _ p2: Point, _ p3: Point, _ t: Float) -> Point {
    func blend(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
      let linear = c - a, square = 2 * a - 5 * b + 4 * c - d, cube = 3 * (b - c) + d - a
      return b + 0.5 * t * (linear + t * (square + t * cube))
    }
    return Point(x: blend(p0.x, p1.x, p2.x, p3.x), y: blend(p0.y, p1.y, p2.y, p3.y))
  }

  /// A short stray stroke or a blot, anywhere.
  private mutating func scribble() {
    let last = Float(DigitCanvas.side - 1)
    for _ in 0...random.index(below: 2) {
      let start = Point(x: random.uniform(0, last), y: random.uniform(0, last))
      let end = Point(x: start.x + random.bell() * 2.5, y: start.y + random.bell() * 2.5)
      canvas.line(from: start, to: end, radius: random.uniform(0.3, 1), strength: random.uniform(0.4, 1))
    }
  }

  /// Ink and grain to bytes.
  private mutating func develop(into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let grain = random.uniform(0, 18)
    for (index, ink) in canvas.ink.enumerated() {
      let value = ink * 255 + random.bell() * grain
      pixels[index] = UInt8(max(0, min(255, value.rounded())))
    }
  }
}
