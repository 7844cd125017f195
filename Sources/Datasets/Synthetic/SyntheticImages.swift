import Configuration
import Formats

/// Coloured shapes in CIFAR-10's format, for tests and for machines without CIFAR-10.
///
/// Each image shows one of ten shapes of random size, position, rotation and colour on a background of another colour
/// that varies across the image, with noise: only the shape carries information about the class.
public enum SyntheticImages {
  /// The names of classes 0 to 9.
  public static let classNames = PictureShape.allCases.map(\.rawValue)

  private static let trainStream: UInt64 = 0x7069_6374_7572_6501
  private static let testStream: UInt64 = 0x7069_6374_7572_6502
  /// Images per set: 3 GB of them.
  private static let most = 1_000_000

  /// Training and test images, uint8 [N, 32, 32, 3] with int32 labels 0 to 9.
  ///
  /// An image depends on the seed and its index only, so a smaller set is a prefix of a larger one. Every ten images
  /// contain each shape once.
  /// - Throws: ``DatasetError`` if a count is negative or too large.
  public static func generate(
    trainCount: Int = 10_000, testCount: Int = 2_000, seed: UInt64 = 0
  ) throws(DatasetError) -> DatasetPair {
    try SyntheticSet.check(trainCount: trainCount, testCount: testCount, limit: most)
    let set = SyntheticSet(seed: seed, shape: [ShapeImage.side, ShapeImage.side, 3], classCount: classNames.count)
    func records(_ count: Int, _ stream: UInt64) throws(DatasetError) -> LabeledArrays {
      try set.records(count, stream: stream) {
        { label, random, pixels in
          var random = random
          ShapeImage(PictureShape.allCases[label], random: &random).draw(into: pixels, random: &random)
        }
      }
    }
    return DatasetPair(
      train: try records(trainCount, trainStream), test: try records(testCount, testStream),
      name: "synthetic images", origin: "synthetic images, generated with seed \(seed)", classNames: classNames)
  }
}

/// Coloured shapes drawn by Tanren itself.
public struct SyntheticImagesSource: DataSource {
  public static let declaration = Declaration(
    "syntheticImages", "generated coloured shapes in CIFAR-10's format", standard: SyntheticImagesSource(),
    settings: [
      Setting("train", \.train, .integer(in: 1...1_000_000), "training images"),
      Setting("test", \.test, .integer(in: 1...1_000_000), "test images"),
      Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed"),
    ])

  public var train: Int
  public var test: Int
  public var seed: Int

  public init(train: Int = 10_000, test: Int = 2_000, seed: Int = 0) {
    (self.train, self.test, self.seed) = (train, test, seed)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try SyntheticImages.generate(trainCount: train, testCount: test, seed: UInt64(seed))
  }
}

/// One image of a shape with random size, position, rotation, colours and noise.
private struct ShapeImage {
  static let side = 32

  private let shape: PictureShape
  private let centre: (x: Float, y: Float)
  /// Pixels per unit of the shape.
  private let unit: Float
  private let cosine, sine: Float
  private let ink, background, slope: SIMD3<Float>
  private let noise: Float

  init(_ shape: PictureShape, random: inout SplitMix64) {
    self.shape = shape
    unit = random.uniform(7, 14)
    let margin = Float(Self.side) / 2 - 0.75 * unit
    let middle = Float(Self.side - 1) / 2
    centre = (middle + random.uniform(-margin, margin) * 0.6, middle + random.uniform(-margin, margin) * 0.6)
    // A rotation by its half-angle tangent: only arithmetic, so every platform draws the same bits.
    let tangent = random.uniform(-1, 1)
    let squared = tangent * tangent
    let isReversed = random.index(below: 2) == 0
    let (c, s) = ((1 - squared) / (1 + squared), 2 * tangent / (1 + squared))
    (cosine, sine) = isReversed ? (-c, -s) : (c, s)
    func colour() -> SIMD3<Float> { SIMD3(random.uniform(0, 1), random.uniform(0, 1), random.uniform(0, 1)) }
    background = colour()
    var ink = colour()
    // Colours too close to distinguish are moved apart.
    let apart = ink - background
    if (apart * apart).sum() < 0.2 {
      for channel in 0..<3 {
        ink[channel] = background[channel] < 0.5 ? background[channel] + 0.45 : background[channel] - 0.45
      }
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
        let shade = slope * ((Float(column) - middle) / middle) + background
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

/// A shape around the origin, within the square from -1 to 1.
enum PictureShape: String, CaseIterable {
  case disc, ring, square, frame, triangle, cross, bar, dots, crescent, checkers

  /// How far a point lies inside, negative outside; near the edge about the distance to it.
  func depth(_ x: Float, _ y: Float) -> Float {
    let radius = (x * x + y * y).squareRoot()
    let reach = max(x.magnitude, y.magnitude)
    switch self {
    case .disc: return 0.85 - radius
    case .ring: return 0.2 - (radius - 0.7).magnitude
    case .square: return 0.78 - reach
    case .frame: return 0.17 - (reach - 0.65).magnitude
    // The half-planes below and beside two slopes of 60 degrees.
    case .triangle: return min(0.55 - y, 0.45 + y * 0.5 - x.magnitude * 0.866)
    case .cross: return max(min(0.25 - x.magnitude, 0.9 - y.magnitude), min(0.25 - y.magnitude, 0.9 - x.magnitude))
    case .bar: return min(0.28 - x.magnitude, 0.9 - y.magnitude)
    case .dots: return 0.4 - ((x.magnitude - 0.5) * (x.magnitude - 0.5) + y * y).squareRoot()
    case .crescent: return min(0.85 - radius, ((x - 0.45) * (x - 0.45) + y * y).squareRoot() - 0.65)
    case .checkers: return min(0.85 - reach, x * y > 0 ? min(x.magnitude, y.magnitude) : -min(x.magnitude, y.magnitude))
    }
  }
}
