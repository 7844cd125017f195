import ArrayFixtures
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
}
