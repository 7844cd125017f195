/// The extents of a data set's images.
public struct ImageShape: Sendable, Hashable {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// - Parameter dimensions: of an array of images, `[count, height, width]` or with channels at the end.
  /// - Throws: ``AugmentationError/notImages(shape:)``
  public init(of dimensions: [Int]) throws(AugmentationError) {
    guard (3...4).contains(dimensions.count), dimensions.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw .notImages(shape: dimensions)
    }
    self.init(
      height: dimensions[1], width: dimensions[2], channels: dimensions.count == 4 ? dimensions[3] : 1)
  }

  var pixels: Int { height * width }
}
