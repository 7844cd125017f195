import Configuration
import Formats

/// Rendered digits in MNIST's shape, for machines without MNIST, and for tests.
///
/// Each image is a digit as a set of strokes, randomly bent, slanted, rotated, shifted and rendered at a random pen
/// width with clutter and noise. With the default 60,000 and 10,000, 20 epochs of SGD at learning rate 0.1 bring a
/// linear classifier to 87 % and the network 784-100-50-10 to 98 %, about as hard as MNIST. Scores on them can still
/// not be compared with scores on MNIST.
public enum SyntheticDigits {
  private static let trainStream: UInt64 = 0x7472_6169_6e
  private static let testStream: UInt64 = 0x7465_7374
  /// Images per set: 7.8 GB of them.
  private static let most = 10_000_000

  /// Training and test digits, uint8 [N, 28, 28] with int32 labels 0 to 9.
  ///
  /// An image depends on the seed and its index only, so a smaller set is a prefix of a larger one. Every ten images
  /// contain each digit once.
  /// - Throws: ``DatasetError`` if a count is negative or too large.
  public static func generate(
    trainCount: Int = 60_000, testCount: Int = 10_000, seed: UInt64 = 0
  ) throws(DatasetError) -> DatasetPair {
    try SyntheticSet.check(trainCount: trainCount, testCount: testCount, limit: most)
    let set = SyntheticSet(seed: seed, shape: [StrokeCanvas.side, StrokeCanvas.side], classCount: 10)
    func records(_ count: Int, _ stream: UInt64) throws(DatasetError) -> LabeledArrays {
      try set.records(count, stream: stream) {
        var renderer = StrokeRenderer()
        return { label, random, pixels in renderer.render(label, with: random, into: pixels) }
      }
    }
    return DatasetPair(
      train: try records(trainCount, trainStream), test: try records(testCount, testStream),
      name: "synthetic digits", origin: "synthetic digits, generated with seed \(seed)")
  }
}

/// Digits drawn by Tanren itself.
public struct SyntheticDigitsSource: DataSource {
  public static let declaration = Declaration(
    "syntheticDigits", "rendered digits in MNIST's shape", standard: SyntheticDigitsSource(),
    settings: [
      Setting("train", \.train, .integer(in: 1...1_000_000), "training images"),
      Setting("test", \.test, .integer(in: 1...1_000_000), "test images"),
      Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed"),
    ])

  public var train: Int
  public var test: Int
  public var seed: Int

  public init(train: Int = 60_000, test: Int = 10_000, seed: Int = 0) {
    (self.train, self.test, self.seed) = (train, test, seed)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try SyntheticDigits.generate(trainCount: train, testCount: test, seed: UInt64(seed))
  }
}

/// Renders one digit from randomly deformed strokes, with clutter and noise.
///
/// Only arithmetic and square roots are used, which IEEE 754 rounds alike everywhere: one seed gives
/// the same bytes on every platform.
private struct StrokeRenderer {
  private typealias Point = DigitGlyph.Point

  private static let piecesPerSpan = 5
  private static let clutterShare: Float = 0.3
  private static let gapShare: Float = 0.16

  private var random = SplitMix64(seed: 0, stream: 0, index: 0)
  private var canvas = StrokeCanvas()

  /// Renders `digit` with the stream `random` into 784 bytes.
  mutating func render(_ digit: Int, with random: SplitMix64, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    self.random = random
    canvas.clear()
    let glyphs = DigitGlyph.all[digit]
    let glyph = glyphs[self.random.index(below: glyphs.count)]
    draw(glyph)
    if self.random.uniform(0, 1) < Self.clutterShare { drawClutter() }
    quantize(into: pixels)
  }

  private mutating func draw(_ glyph: DigitGlyph) {
    let points = deformed(glyph.points)
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

  /// The points in pixels, randomly perturbed, bent, slanted, scaled, rotated and shifted.
  private mutating func deformed(_ points: [Point]) -> [Point] {
    let width = random.uniform(13, 21), height = random.uniform(15.5, 21.5)
    let slant = random.uniform(-0.3, 0.45)
    // A rotation by the half-angle tangent: up to about 19 degrees either way.
    let half = random.uniform(-0.17, 0.17)
    let cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half)
    let bowX = random.bell() * 0.21, bowY = random.bell() * 0.15
    let twistX = random.bell() * 0.24, twistY = random.bell() * 0.24
    let waveX = random.bell() * 0.35
    let middle = Float(StrokeCanvas.side - 1) / 2
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

  /// Short stray strokes or blots, anywhere.
  private mutating func drawClutter() {
    let last = Float(StrokeCanvas.side - 1)
    for _ in 0...random.index(below: 2) {
      let start = Point(x: random.uniform(0, last), y: random.uniform(0, last))
      let end = Point(x: start.x + random.bell() * 2.5, y: start.y + random.bell() * 2.5)
      canvas.line(from: start, to: end, radius: random.uniform(0.3, 1), strength: random.uniform(0.4, 1))
    }
  }

  /// Adds noise and rounds to bytes.
  private mutating func quantize(into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let noise = random.uniform(0, 18)
    for (index, ink) in canvas.ink.enumerated() {
      let value = ink * 255 + random.bell() * noise
      pixels[index] = UInt8(max(0, min(255, value.rounded())))
    }
  }
}

/// A small grayscale image onto which strokes of a round, soft pen are drawn.
private struct StrokeCanvas {
  static let side = 28

  /// Ink per pixel, 0 to 1, row-major.
  private(set) var ink = [Float](repeating: 0, count: side * side)

  mutating func clear() {
    for index in ink.indices { ink[index] = 0 }
  }

  /// A straight piece of pen stroke; what lies outside the picture is cut off.
  /// - Parameters:
  ///   - start, end: in pixels; pixel (0, 0) has its centre at the origin.
  ///   - radius: half the pen's width in pixels; the edge is one pixel soft.
  mutating func line(
    from start: DigitGlyph.Point, to end: DigitGlyph.Point, radius: Float, strength: Float
  ) {
    let reach = radius + 0.5
    let last = Float(Self.side - 1)
    let left = max(0, min(start.x, end.x) - reach).rounded(.up)
    let right = min(last, max(start.x, end.x) + reach).rounded(.down)
    let top = max(0, min(start.y, end.y) - reach).rounded(.up)
    let bottom = min(last, max(start.y, end.y) + reach).rounded(.down)
    guard left <= right, top <= bottom else { return }
    let dx = end.x - start.x, dy = end.y - start.y
    let lengthSquared = dx * dx + dy * dy
    let inverse = lengthSquared > 1e-12 ? 1 / lengthSquared : 0
    ink.withUnsafeMutableBufferPointer { ink in
      for row in Int(top)...Int(bottom) {
        let y = Float(row) - start.y
        for column in Int(left)...Int(right) {
          let x = Float(column) - start.x
          let along = min(1, max(0, (x * dx + y * dy) * inverse))
          let awayX = x - along * dx, awayY = y - along * dy
          let squared = awayX * awayX + awayY * awayY
          if squared >= reach * reach { continue }
          let value = strength * min(1, reach - squared.squareRoot())
          let index = row * Self.side + column
          if value > ink[index] { ink[index] = value }
        }
      }
    }
  }
}
