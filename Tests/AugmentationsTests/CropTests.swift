import ArrayFixtures
import Foundation
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct CropTests {
  private func crop(_ padding: PadAndCrop.Padding, top: Int32, left: Int32) throws -> [Double] {
    let image = Tensor((1...12).map { UInt8($0) }, shape: [1, 3, 4, 1])
    let crop = PadAndCrop(pixels: 2, padding: padding)
    return try crop.crop(image, top: Tensor([top]), left: Tensor([left])).doubles()
  }

  @Test func cropsAreThoseOfThePaddedImage() throws {
    // Padded with zeros, the rows from -1 and the columns from 1 on.
    #expect(try crop(.zero, top: -1, left: 1) == [0, 0, 0, 0, 2, 3, 4, 0, 6, 7, 8, 0])
    #expect(try crop(.zero, top: 2, left: -2) == [0, 0, 9, 10, 0, 0, 0, 0, 0, 0, 0, 0])
    // NumPy: pad([[1…4], [5…8], [9…12]], 2, mode="reflect")[1:4, 3:7] and [4:7, 0:4].
    #expect(try crop(.reflect, top: -1, left: 1) == [6, 7, 8, 7, 2, 3, 4, 3, 6, 7, 8, 7])
    #expect(try crop(.reflect, top: 2, left: -2) == [11, 10, 9, 10, 7, 6, 5, 6, 3, 2, 1, 2])
    #expect(try crop(.zero, top: 0, left: 0) == (1...12).map(Double.init))
  }

  @Test func bytesStayBytesAndEveryPlaceComes() throws {
    // A single white pixel in the middle shows where the crop began.
    var pixels = [UInt8](repeating: 0, count: 2000 * 81)
    for image in 0..<2000 { pixels[image * 81 + 40] = 255 }
    let batch = Samples.batch(Tensor(pixels, shape: [2000, 9, 9, 1]))
    let cropped = batch.augmented(PadAndCrop(pixels: 2)).images
    #expect(cropped.dtype == .uint8)
    let places = try cropped.reshape(to: [2000, 81]).cast(to: .int32).argMax(axis: 1).doubles()
    let counts = Dictionary(grouping: places) { $0 }.mapValues(\.count)
    // 25 places, 80 images each.
    #expect(counts.count == 25)
    #expect(counts.values.allSatisfy { (45...120).contains($0) })
    #expect(counts.keys.allSatisfy { (2...6).contains(Int($0) / 9) && (2...6).contains(Int($0) % 9) })
  }

  private struct Crops: Decodable {
    let height: Int
    let width: Int
    let scale: [Double]
    let ratio: [Double]
    /// Top, left, height and width.
    let parts: [[Double]]
    let area: [Double]
    let ratioDraws: [Double]
    let top: [Double]
    let left: [Double]
  }

  @Test func partsAreThoseOfTorchvision() throws {
    let cases: [Crops] = try Bundle.module.decodeFixture("crops")
    #expect(cases.count == 5)
    for crops in cases {
      let crop = RandomResizedCrop(
        scale: crops.scale[0]...crops.scale[1], ratio: crops.ratio[0]...crops.ratio[1])
      func draws(_ numbers: [Double]) -> Tensor { Tensor(numbers, shape: [crops.parts.count, 10]) }
      let size = ImageShape(height: crops.height, width: crops.width, channels: 3)
      let part = crop.part(
        of: size, area: draws(crops.area), ratio: draws(crops.ratioDraws), top: draws(crops.top),
        left: draws(crops.left))
      let found = try [part.top, part.left, part.height, part.width].map { try $0.doubles() }
      #expect(found == (0..<4).map { axis in crops.parts.map { $0[axis] } }, "\(crops.height)x\(crops.width)")
    }
  }

  /// An image whose values are linear in rows and columns stays linear: each pixel shows where it was taken from.
  @Test func partsAreEnlargedToTheImage() throws {
    let (side, count) = (64, 200)
    let rows = Tensor.iota([count, side, side, 1], axis: 1, dtype: .float32)
    let columns = Tensor.iota([count, side, side, 1], axis: 2, dtype: .float32)
    let batch = Samples.batch(.concatenate([rows, columns], axis: 3)).augmented(RandomResizedCrop())
    let images = try batch.images.doubles()
    func value(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double {
      images[((image * side + y) * side + x) * 2 + channel]
    }
    var (areas, ratios): ([Double], [Double]) = ([], [])
    for image in 0..<count {
      // Away from the borders, where the image's edge repeats.
      let step = (
        y: value(image, 33, 9, 0) - value(image, 32, 9, 0), x: value(image, 9, 33, 1) - value(image, 9, 32, 1)
      )
      let (height, width) = (step.y * 64, step.x * 64)
      #expect(abs(height - height.rounded()) < 0.01 && abs(width - width.rounded()) < 0.01)
      // The part lies in the image, at a whole pixel: the first pixel's centre is half a step into it.
      let top = value(image, 32, 9, 0) - 32.5 * step.y + 0.5
      #expect(abs(top - top.rounded()) < 0.01 && top > -0.01 && top + height < 64.01)
      areas.append(height * width / 4096)
      ratios.append(width / height)
    }
    // Large areas are rarer than small ones: of other proportions than the image's they don't fit.
    #expect(areas.allSatisfy { (0.07...1).contains($0) } && areas.contains { $0 < 0.15 } && areas.contains { $0 > 0.7 })
    #expect(ratios.allSatisfy { (0.70...1.43).contains($0) })
  }

  @Test func partsBeyondTheImageAreErrors() throws {
    let size = ImageShape(height: 8, width: 8, channels: 1)
    #expect(throws: AugmentationError.self) { try RandomResizedCrop(scale: 0...1).check(size) }
    #expect(throws: AugmentationError.self) { try RandomResizedCrop(scale: 0.5...1.5).check(size) }
    #expect(throws: AugmentationError.self) { try RandomResizedCrop(ratio: 0...1).check(size) }
    try RandomResizedCrop().check(size)
  }
}
