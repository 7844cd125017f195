/// One picture of a shape, with everything about it drawn at random.
struct ShapePicture {
  static let side = 32

  private let shape: PictureShape
  private let centre: (x: Float, y: Float)
  /// Pixels that the shape's unit is long.
  private let unit: Float
  private let cosine, sine: Float
  private let ink, ground, slope: SIMD3<Float>
  private let noise: Float

  init(_ shape: PictureShape, random: inout SplitMix64) {
    self.shape = shape
    unit = random.uniform(7, 14)
    let margin = Float(Self.side) / 2 - 0.75 * unit
    let middle = Float(Self.side - 1) / 2
    centre = (middle + random.uniform(-margin, margin) * 0.6, middle + random.uniform(-margin, margin) * 0.6)
    // An angle by its half's tangent: only arithmetic, so every platform draws the same bits.
    let tangent = random.uniform(-1, 1)
    let squared = tangent * tangent
    let isTurned = random.index(below: 2) == 0
    let (c, s) = ((1 - squared) / (1 + squared), 2 * tangent / (1 + squared))
    (cosine, sine) = isTurned ? (-c, -s) : (c, s)
    func colour() -> SIMD3<Float> { SIMD3(random.uniform(0, 1), random.uniform(0, 1), random.uniform(0, 1)) }
    ground = colour()
    var ink = colour()
    // Colours too close to see anything are moved apart.
    let apart = ink - ground
    if (apart * apart).sum() < 0.2 {
      for channel in 0..<3 { ink[channel] = ground[channel] < 0.5 ? ground[channel] + 0.45 : ground[channel] - 0.45 }
    }
    self.ink = ink
    slope = (colour() - 0.5) * 0.5
    noise = random.uniform(0.02, 0.12)
  }

  /// Draws 32 x 32 pixels of red, green and blue.
  func draw(into pixels: UnsafeMutableBufferPointer<UInt8>, random: inout SplitMix64) {
    let middle = Float(Self.side - 1) / 2
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let (x, y) = ((Float(column) - centre.x) / unit, (Float(row) - centre.y) / unit)
        // The edge is one pixel soft.
        let coverage = min(1, max(0, shape.depth(cosine * x + sine * y, cosine * y - sine * x) * unit + 0.5))
        let shade = slope * ((Float(column) - middle) / middle) + ground
        let colour = shade + (ink - shade) * coverage
        let start = 3 * (row * Self.side + column)
        for channel in 0..<3 {
          let value = colour[channel] + noise * random.bell()
          pixels[start + channel] = UInt8(min(255, max(0, value * 255 + 0.5)))
        }
      }
    }
  }
}
