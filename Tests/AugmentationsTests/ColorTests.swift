import ArrayFixtures
import Foundation
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct ColorTests {
  struct Row: Decodable {
    let name: String
    let image: FixtureArray
    let parameters: [Double]
    let expected: FixtureArray
  }

  @Test func agreeWithTheirFormulas() throws {
    let rows: [Row] = try Bundle.module.rows("colors")
    #expect(rows.count == 12)
    for row in rows {
      let image = try row.image.tensor().expand(at: 0).cast(to: .float32)
      let p = row.parameters.map { Tensor([Float($0)]) }
      let found: Tensor
      if row.name.hasPrefix("channel") {
        found = ChannelShift.shifted(image, by: p[0])
      } else if row.name.hasPrefix("brightness") {
        found = Brightness.scaled(image, by: p[0], white: 255)
        let fractions = Brightness.scaled(image / 255, by: p[0], white: 1) * 255
        #expect(agree(try fractions.doubles(), row.expected.numbers, within: 1e-4), "\(row.name) of fractions")
      } else {
        found = ColorJitter.jittered(image / 255, brightness: p[0], contrast: p[1], saturation: p[2], hue: p[3]) * 255
      }
      #expect(agree(try found.doubles(), row.expected.numbers, within: 1e-4), "\(row.name)")
    }
  }

  /// Channels of an image shift together, uniformly over the range, for bytes and fractions alike.
  @Test func channelShiftsAreEvenAndShared() throws {
    // 0 and 1 widen each image's own range, so that nothing is cut off in the middle.
    let rows = [Float](repeating: 0, count: 3) + [0.5, 0.5, 0.5] + [1, 1, 1]
    let images = Tensor(rows, shape: [1, 3, 1, 3]).broadcast(to: [3000, 3, 1, 3])
    let shifted = Samples.batch(images).augmented(ChannelShift(51)).images
    let middles = try shifted.slice(1..<2, axis: 1).doubles()
    let draws = stride(from: 0, to: middles.count, by: 3).map { middles[$0] - 0.5 }
    #expect(unevenness(draws, over: -0.2...0.2) < 1.95)
    #expect(stride(from: 0, to: middles.count, by: 3).allSatisfy { middles[$0] == middles[$0 + 2] })
    let bytes = Samples.batch((images * 255).rounded().cast(to: .uint8)).augmented(ChannelShift(51)).images
    let other = try bytes.slice(1..<2, axis: 1).doubles()
    #expect(zip(other, middles).allSatisfy { ($0 / 255 - $1).magnitude < 0.003 })
  }
}
