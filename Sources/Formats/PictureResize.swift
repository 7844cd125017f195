import Arrays

/// How a picture of any size becomes a square one. Pixels are interpolated linearly, and averaged where a picture shrinks,
/// with the arithmetic of Pillow's `BILINEAR`.
public enum PictureResize: String, Sendable, CaseIterable, Codable {
  /// Width and height are scaled separately: everything is seen, in other proportions. Pillow's `resize`.
  case squash
  /// The longer side is scaled to the size, and the rest is black: everything is seen, in its proportions. Pillow's
  /// `ImageOps.pad`.
  case fit
  /// The shorter side is scaled to the size, and the middle is cut out. torchvision's `Resize` and `CenterCrop`.
  case centerCrop

  /// Where a picture's pixels come from and go to.
  func placement(width: Int, height: Int, size: Int) -> PicturePlacement {
    let (short, long) = (min(width, height), max(width, height))
    switch self {
    case .squash: return PicturePlacement(full: (size, size), window: (size, size))
    case .fit:
      let scaled = max(1, Int((Double(short) / Double(long) * Double(size)).rounded(.toNearestOrEven)))
      let margin = Int((Double(size - scaled) / 2).rounded(.toNearestOrEven))
      return width >= height
        ? PicturePlacement(full: (size, scaled), window: (size, scaled), margin: (0, margin))
        : PicturePlacement(full: (scaled, size), window: (scaled, size), margin: (margin, 0))
    case .centerCrop:
      let scaled = Int(Double(size * long) / Double(short))
      let cut = Int((Double(scaled - size) / 2).rounded(.toNearestOrEven))
      return width <= height
        ? PicturePlacement(full: (size, scaled), window: (size, size), origin: (0, cut))
        : PicturePlacement(full: (scaled, size), window: (size, size), origin: (cut, 0))
    }
  }
}

/// Width and height in pixels.
package struct PictureSize: Sendable, Equatable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// `500x375`
  package var description: String { "\(width)x\(height)" }
}

/// A window of a resized picture, and where it goes in the result.
struct PicturePlacement {
  /// The size that the whole picture would have.
  let full: (width: Int, height: Int)
  let window: (width: Int, height: Int)
  /// The window's place in the resized picture.
  var origin: (x: Int, y: Int) = (0, 0)
  /// The window's place in the result.
  var margin: (x: Int, y: Int) = (0, 0)
}

extension Picture {
  /// Decodes a picture and resizes it to a square.
  /// - Parameters:
  ///   - output: `size * size * channels` bytes, which are 0 where the picture doesn't reach.
  /// - Returns: the picture's size before that.
  /// - Throws: ``DatasetError`` as ``read(_:channels:)`` does.
  package static func read(
    _ path: String, channels: Channels, size: Int, _ resize: PictureResize, into output: UnsafeMutableRawBufferPointer
  ) throws(DatasetError) -> PictureSize {
    let picture = try DecodedPicture(FileBytes.read(path), channels: channels, path: path)
    let placement = resize.placement(width: picture.width, height: picture.height, size: size)
    if placement.window != (size, size) { output.initializeMemory(as: UInt8.self, repeating: 0) }
    guard picture.resize(placement, channels: channels, into: output, columns: size) else {
      throw DatasetError(.unreadable(reason: "memory is lacking"), path: path)
    }
    return PictureSize(width: picture.width, height: picture.height)
  }
}
