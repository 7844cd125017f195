import ArrayFixtures
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct AffineTests {
  struct Row: Decodable {
    let name: String
    let image: FixtureArray
    let fill: String
    let value: Double
    /// Degrees, down, right, degrees of shear, vertical and horizontal factor, vertical and horizontal flip.
    let parameters: [Double]
    let expected: FixtureArray

    var mode: FillMode? {
      switch fill {
      case "nearest": .nearest
      case "reflect": .reflect
      case "wrap": .wrap
      case "constant": .constant(value)
      default: nil
      }
    }

    var map: AffineMap {
      let p = parameters.map { Tensor([Float($0)]) }
      func sign(_ flag: Double) -> Tensor { Tensor([Float(flag == 1 ? -1 : 1)]) }
      return AffineMap.rotation(degrees: p[0]).then(.shift(down: p[1], right: p[2])).then(.shear(degrees: p[3]))
        .then(.zoom(vertical: p[4], horizontal: p[5]))
        .then(.zoom(vertical: sign(parameters[6]), horizontal: sign(parameters[7])))
    }
  }

  /// Bytes and fractions, to 1e-4 of white.
  @Test func resamplingIsSciPys() throws {
    let rows: [Row] = try Bundle.module.rows("affine")
    #expect(rows.count > 50)
    let found = try Tensor.evaluate(
      rows.flatMap { row in
        let (image, mode) = (try row.image.tensor().expand(at: 0), try #require(row.mode))
        return [
          row.map.resample(image, fill: mode) / 255,
          // One image of several, each with its own map.
          row.map.repeated(3).resample(
            .concatenate([image, image, image]).cast(to: .float32) / 255, fill: mode.fraction)[2],
        ]
      })
    for (index, row) in rows.enumerated() {
      let expected = row.expected.numbers.map { $0 / 255 }
      for result in found[2 * index...2 * index + 1] {
        #expect(result.dtype == .float32)
        let error = worstError(try result.doubles(), expected)
        #expect(error <= 1e-4, "\(row.name)")
      }
    }
  }

  /// Flips alone take pixels as they are, and leave bytes bytes.
  @Test func flipsAreExact() throws {
    let batch = Samples.batch(Samples.photos(4, side: 6))
    let flipped = batch.augmented(HorizontalFlip(probability: 1)).images
    #expect(flipped.dtype == .uint8)
    #expect(try flipped.doubles() == batch.images.reverse([2]).doubles())
    #expect(try batch.augmented(VerticalFlip(probability: 1)).images.doubles() == batch.images.reverse([1]).doubles())
    #expect(try batch.augmented(HorizontalFlip(probability: 0)).images.doubles() == batch.images.doubles())
    let both = batch.augmented(HorizontalFlip(probability: 1), VerticalFlip(probability: 1)).images
    #expect(try both.doubles() == batch.images.reverse([1, 2]).doubles())
    // In a resampling they are the same, to the rounding of places.
    let folded = batch.augmented(Rotation(degrees: 0), HorizontalFlip(probability: 1)).images
    #expect(try worstError(folded.doubles(), flipped.doubles()) < 1e-3)
  }

  /// What a pipeline resamples once isn't what two resamplings blur.
  @Test func neighbouringMapsAreOneResampling() throws {
    let batch = Samples.batch(Samples.photos(2, side: 8))
    // Half a pixel one way, and back: interpolated once it is the image, but for the edge.
    let (away, back) = (Fixed(right: 0.5), Fixed(right: -0.5))
    let once = batch.augmented(away, back).images.slice(1..<7, axis: 2)
    #expect(agree(try once.doubles(), try batch.images.slice(1..<7, axis: 2).doubles(), within: 1e-4))
    let twice = batch.augmented(away, Fixed(right: -0.5, fill: .reflect)).images.slice(1..<7, axis: 2)
    #expect(worstError(try twice.doubles(), try once.doubles()) > 0.05)
  }

  @Test func drawsAreEvenOverTheirRanges() throws {
    let (count, size) = (4000, ImageShape(height: 32, width: 16, channels: 3))
    let key = Key(seed: 5)
    let shift = Shift(width: .uniform(0.25), height: .uniform(3.5)).map(count, size, key: key)
    let zoom = Zoom(0.75...1.25).map(count, size, key: key)
    let turn = Rotation(degrees: 30).map(count, size, key: key)
    let shear = Shear(degrees: 20).map(count, size, key: key)
    func check(_ tensor: Tensor, _ range: ClosedRange<Double>) throws {
      #expect(unevenness(try tensor.doubles(), over: range) < 1.95)
    }
    try check(shift.x0, -4...4)
    try check(shift.y0, -3.5...3.5)
    try check(zoom.yy, 0.75...1.25)
    try check(zoom.xx, 0.75...1.25)
    try check(Tensor.atan2(turn.yx, turn.yy) * (180 / Double.pi), -30...30)
    try check(Tensor.atan2(-shear.xy, shear.yy) * (180 / Double.pi), -20...20)
    // Keras draws the two factors independently.
    let product = (zoom.yy - 1) * (zoom.xx - 1) * (12 / 0.25)
    #expect(try (product.mean([0])).scalar().magnitude < 4 / Double(count).squareRoot())
  }

  @Test func shiftsAsKerasSaysThem() throws {
    let (count, size) = (3000, ImageShape(height: 40, width: 20, channels: 1))
    func drawn(_ range: ShiftRange, extent: Int = 20) throws -> [Double: Int] {
      let draws = try range.draw(count, extent: extent, key: Key(seed: 3)).doubles()
      return Dictionary(grouping: draws) { $0 == 0 ? 0 : $0 }.mapValues(\.count)
    }
    // A whole number n: one of 0..<n to either side, so that 0 comes twice as often as each other.
    let pixels = try drawn(ShiftRange(3))
    #expect(Set(pixels.keys) == [-2, -1, 0, 1, 2])
    #expect((800...1200).contains(pixels[0] ?? 0))
    #expect((400...600).contains(pixels[-2] ?? 0))
    #expect(Set(try drawn(.choices([0.1, 0.5])).keys.map { ($0 * 1000).rounded() }) == [-10000, -2000, 2000, 10000])
    #expect(Set(try drawn(.choices([2, 5])).keys) == [-5, -2, 2, 5])
    #expect(try drawn(ShiftRange(1)).keys.sorted() == [0])
    let map = Shift(width: .choices([0]), height: .choices([7])).map(count, size, key: Key(seed: 1))
    #expect(Set(try map.y0.doubles()) == [-7, 7])
    #expect(Set(try map.x0.doubles().map(\.magnitude)) == [0])
  }
}

/// A shift by the same way for all images.
private struct Fixed: AffineAugmentation {
  static let declaration = Declaration("fixed", "a shift by the same way for all images", standard: Fixed(right: 0))
  var right: Double
  var fill: FillMode? = .nearest

  init(right: Double, fill: FillMode = .nearest) { (self.right, self.fill) = (right, fill) }

  func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .shift(down: .zeros([count]), right: Tensor(right, like: .zeros([count])))
  }
}

extension AffineMap {
  fileprivate func repeated(_ count: Int) -> AffineMap {
    func each(_ x: Tensor) -> Tensor { x.broadcast(to: [count]) }
    var map = self
    (map.yy, map.yx, map.y0) = (each(yy), each(yx), each(y0))
    (map.xy, map.xx, map.x0) = (each(xy), each(xx), each(x0))
    return map
  }
}

extension FillMode {
  /// Of bytes as fractions of white.
  fileprivate var fraction: FillMode {
    if case .constant(let value) = self { .constant(value / 255) } else { self }
  }
}
