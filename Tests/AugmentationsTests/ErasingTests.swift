import ArrayFixtures
import TestSupport
import Testing

@testable import Augmentations

@Suite(.tags(.engine)) struct ErasingTests {
  /// Height, width, top and left of what differs from white, for images where something does.
  private func boxes(_ images: Tensor) throws -> [(height: Int, width: Int, pixels: Int)] {
    let (count, side) = (images.shape[0], images.shape[1])
    let values = try images.doubles()
    return (0..<count).compactMap { image in
      let erased = (0..<side * side).filter { values[image * side * side + $0] != 1 }
      guard let first = erased.first, let last = erased.last else { return nil }
      let columns = erased.map { $0 % side }
      let width = (columns.max() ?? 0) - (columns.min() ?? 0) + 1
      return (last / side - first / side + 1, width, erased.count)
    }
  }

  /// The landscape rule: 36.4 % of its draws fit; rectangles are landscape, 3 to 13 pixels high and 8 to 31 wide, 117
  /// pixels in the mean.
  @Test func landscapeRectangles() throws {
    let erased = Samples.batch(Samples.white(4000)).augmented(RandomErasing()).images
    let boxes = try boxes(erased)
    #expect((1880...2120).contains(boxes.count))
    #expect(boxes.allSatisfy { $0.pixels == $0.height * $0.width && $0.height <= $0.width })
    #expect(boxes.map(\.height).min() ?? 0 >= 3 && boxes.map(\.height).max() ?? 99 <= 13)
    #expect(boxes.map(\.width).min() ?? 0 >= 7 && boxes.map(\.width).max() ?? 99 <= 32)
    let mean = Double(boxes.map(\.pixels).reduce(0, +)) / Double(boxes.count)
    #expect((112...122).contains(mean))
    // One number for a rectangle.
    let images = try erased.reshape(to: [4000, 1024]).doubles()
    let fills = (0..<4000).map { Set(images[$0 * 1024..<($0 + 1) * 1024].filter { $0 != 1 }) }
    #expect(fills.allSatisfy { $0.count <= 1 })
    #expect(unevenness(fills.compactMap(\.first), over: 0...1) < 1.95)
  }

  @Test func papersRectangles() throws {
    let erased = Samples.batch(Samples.white(2000)).augmented(RandomErasing(.original, probability: 1)).images
    let boxes = try boxes(erased)
    #expect(boxes.count >= 1995)
    #expect(boxes.contains { $0.height > $0.width } && boxes.contains { $0.height < $0.width })
    #expect(boxes.allSatisfy { $0.pixels <= 410 + 64 })
    let first = try erased[0].doubles().filter { $0 != 1 }
    #expect(Set(first).count == first.count)
  }

  /// Of rectangles that never fit, an image has none.
  @Test func whatDoesntFitIsLeftOut() throws {
    let erasing = RandomErasing(probability: 1, area: 0.9...1, ratio: 0.1...0.2)
    let white = Samples.white(8)
    #expect(try Samples.batch(white).augmented(erasing).images.doubles() == white.doubles())
  }

  @Test func cutoutsAreSquaresCutOffAtEdges() throws {
    let images = Samples.batch(Samples.white(3000)).augmented(Cutout(size: 16)).images
    let boxes = try boxes(images)
    #expect(boxes.count == 3000)
    #expect(boxes.allSatisfy { (8...16).contains($0.height) && (8...16).contains($0.width) })
    #expect(boxes.contains { $0.pixels == 256 } && boxes.contains { $0.pixels < 100 })
    // 17 of 32 places in each direction show the whole square.
    let whole = Double(boxes.count { $0.pixels == 256 }) / 3000
    #expect((whole - 17.0 * 17 / 1024).magnitude < 0.04)
    let shared = try Samples.batch(Samples.white(50)).augmented(Cutout(size: 9, each: .batch)).images.doubles()
    #expect((0..<50).allSatisfy { shared[$0 * 1024..<($0 + 1) * 1024].elementsEqual(shared[..<1024]) })
    #expect(shared.contains(0))
  }
}
