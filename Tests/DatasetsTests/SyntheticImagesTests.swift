import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Synthetic images", .tags(.unit))
struct SyntheticImagesTests {
  @Test func hasCIFARsShape() throws {
    let data = try SyntheticImages.generate(trainCount: 25, testCount: 7, seed: 1)
    #expect(data.train.inputs.shape == [25, 32, 32, 3])
    #expect(data.test.inputs.shape == [7, 32, 32, 3])
    #expect(data.train.inputs.dtype == .uint8)
    #expect(data.train.classCount == 10)
    #expect(data.classNames.count == 10)
    #expect(data.origin == "synthetic images, generated with seed 1")
    #expect(try SyntheticImages.generate(trainCount: 0, testCount: 0).train.count == 0)
    #expect(throws: DatasetError.self) { try SyntheticImages.generate(trainCount: -1) }
    #expect(throws: DatasetError.self) { try SyntheticImages.generate(testCount: .max) }
  }

  @Test func balancesClasses() throws {
    let labels = try SyntheticImages.generate(trainCount: 100, testCount: 0).train.labels()
    for start in stride(from: 0, to: 100, by: 10) { #expect(Set(labels[start..<start + 10]) == Set(0..<10)) }
    #expect(Array(labels[..<10]) != Array(labels[10..<20]), "the order differs from ten to ten")
  }

  @Test func dependsOnSeedAndIndexAlone() throws {
    let small = try SyntheticImages.generate(trainCount: 30, testCount: 30, seed: 5)
    let large = try SyntheticImages.generate(trainCount: 130, testCount: 30, seed: 5)
    #expect(try large.train.prefix(30) == small.train)
    #expect(large.test == small.test)
    #expect(small.train.inputs != small.test.inputs)
    #expect(try SyntheticImages.generate(trainCount: 30, testCount: 30, seed: 6).train != small.train)
  }

  @Test func drawsTheSameBytesEverywhere() throws {
    let data = try SyntheticImages.generate(trainCount: 50, testCount: 10)
    #expect(
      SHA256.hex(of: data.train.inputs.bytes) == "314c36f38cfac0cca7bdcd802a4c51d4548022f211091b8c59d96705cace7af3")
    #expect(
      SHA256.hex(of: data.test.inputs.bytes) == "fbfa3bde5ceb1cdbfca3bd04432df1fee891908fbd36007b60fecc35371a6e9c")
  }

  /// Neither the mean colour nor the nearest image predicts the class: only the shape does.
  @Test func coloursTellNothing() throws {
    let data = try SyntheticImages.generate(trainCount: 500, testCount: 200)
    func colours(_ set: LabeledArrays) -> [SIMD3<Float>] {
      let bytes = set.inputs.bytes
      return (0..<set.count).map { image in
        (0..<1024).reduce(SIMD3<Float>()) { sum, pixel in
          let start = image * 3072 + 3 * pixel
          return sum + SIMD3(Float(bytes[start]), Float(bytes[start + 1]), Float(bytes[start + 2])) / 1024
        }
      }
    }
    let (known, asked) = (colours(data.train), colours(data.test))
    let (labels, truth) = (try data.train.labels(), try data.test.labels())
    let right = asked.indices.count { index in
      let nearest = known.indices.min { one, other in
        let (a, b) = (known[one] - asked[index], known[other] - asked[index])
        return (a * a).sum() < (b * b).sum()
      }
      return nearest.map { labels[$0] == truth[index] } ?? false
    }
    #expect(right < 45, "\(right) of 200 have the class of the image of the nearest colour")
    // And yet images differ from one to the next within a class.
    #expect(Set(known.map { "\($0)" }).count == 500)
  }

  /// The shapes overlap: each is distinguished by where it has ink.
  @Test func shapesDiffer() {
    let grid = stride(from: Float(-0.95), through: 0.95, by: 0.1)
    let masks = PictureShape.allCases.map { shape in grid.flatMap { y in grid.map { x in shape.depth(x, y) > 0 } } }
    for (index, mask) in masks.enumerated() {
      let inked = mask.count(where: \.self)
      #expect((60...330).contains(inked), "\(PictureShape.allCases[index]) has \(inked) of 400")
      for other in masks[(index + 1)...] { #expect(zip(mask, other).count { $0 != $1 } >= 40) }
    }
  }
}
