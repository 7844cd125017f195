import Arrays
import CPictures
import Foundation

/// PNG and JPEG pictures, read by libpng and libjpeg-turbo.
///
/// - Transparent pixels lie on white, as on a page: dropping the opacity would show colours that nobody has seen.
/// - 16 bits per channel are rounded to 8. Colour profiles and gamma are ignored.
/// - CMYK and YCCK are taken for inverted, as Adobe's programs write them.
/// - EXIF's orientation is applied.
/// - Colours become grey by the weights of ITU-R BT.601, as Pillow has them.
///
/// ```swift
/// let image = try HostArray(dtype: .uint8, shape: [2, 3], bytes: [0, 50, 100, 150, 200, 250])
/// try PNG.write(image, to: "small.png")
/// print(try Picture.read("small.png", channels: .rgb).shape)  // [2, 3, 3]
/// ```
public enum Picture {
  /// What pixels are read as.
  public enum Channels: Int, Sendable, Codable {
    case grey = 1
    case rgb = 3
  }

  /// What a file says of its picture before the pixels.
  public struct Header: Sendable, Equatable {
    /// As people see it, with EXIF's orientation applied.
    public let width: Int
    public let height: Int
    /// Whether the file has no colours; a palette counts as colours.
    public let isGrey: Bool
  }

  /// The most pixels of a picture. Larger ones are refused before memory is allocated for them.
  public static let pixelLimit = 100_000_000

  /// The endings of files that are taken for pictures.
  package static let endings: Set<String> = ["png", "jpg", "jpeg", "jpe", "jfif"]

  /// The pixels, uint8 [height, width, channels].
  /// - Throws: ``DatasetError`` with the path if the file can't be read, isn't PNG or JPEG, is damaged or truncated, or
  ///   has more than ``pixelLimit`` pixels.
  public static func read(_ path: String, channels: Channels) throws(DatasetError) -> HostArray {
    try decode(FileBytes.read(path), channels: channels, path: path)
  }

  /// As ``read(_:channels:)``, for bytes in memory.
  /// - Parameter path: what errors call the bytes.
  public static func decode(
    _ bytes: [UInt8], channels: Channels, path: String
  ) throws(DatasetError) -> HostArray {
    let picture = try DecodedPicture(bytes, channels: channels, path: path)
    var pixels = [UInt8](repeating: 0, count: picture.height * picture.width * channels.rawValue)
    let isDone = pixels.withUnsafeMutableBytes {
      picture.resize(picture.whole, channels: channels, into: $0, columns: picture.width)
    }
    guard isDone else { throw DatasetError(.unreadable(reason: "memory is lacking"), path: path) }
    return try .make(.uint8, [picture.height, picture.width, channels.rawValue], pixels, path: path)
  }

  /// - Throws: ``DatasetError`` as ``read(_:channels:)`` does.
  public static func header(of path: String) throws(DatasetError) -> Header {
    // Most headers are near the beginning, and a file is as large as its pixels.
    if let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 1 << 16),
      let header = try? header([UInt8](start), path: path)
    {
      return header
    }
    return try header(FileBytes.read(path), path: path)
  }

  private static func header(_ bytes: [UInt8], path: String) throws(DatasetError) -> Header {
    var picture = tanren_picture()
    let status = bytes.withUnsafeBufferPointer {
      tanren_picture_header($0.baseAddress, $0.count, Int64(pixelLimit), &picture)
    }
    try DecodedPicture.check(status, picture, bytes, path: path)
    return Header(width: Int(picture.width), height: Int(picture.height), isGrey: picture.is_grey != 0)
  }
}

/// Pixels in the memory of the C library that decoded them, freed when they go out of scope.
struct DecodedPicture: ~Copyable {
  private var picture = tanren_picture()

  init(_ bytes: [UInt8], channels: Picture.Channels, path: String) throws(DatasetError) {
    let status = bytes.withUnsafeBufferPointer {
      tanren_picture_decode(
        $0.baseAddress, $0.count, Int32(channels.rawValue), Int64(Picture.pixelLimit), &picture)
    }
    try Self.check(status, picture, bytes, path: path)
  }

  deinit {
    var picture = picture
    tanren_picture_free(&picture)
  }

  var width: Int { Int(picture.width) }
  var height: Int { Int(picture.height) }

  /// The picture at its own size.
  var whole: PicturePlacement { PicturePlacement(full: (width, height), window: (width, height)) }

  /// Writes a window of the resized picture where the placement puts it.
  /// - Parameters:
  ///   - output: rows of `columns` pixels.
  /// - Returns: whether memory sufficed.
  func resize(
    _ placement: PicturePlacement, channels: Picture.Channels, into output: UnsafeMutableRawBufferPointer, columns: Int
  ) -> Bool {
    let stride = columns * channels.rawValue
    let start = placement.margin.y * stride + placement.margin.x * channels.rawValue
    let target = output.bindMemory(to: UInt8.self).baseAddress?.advanced(by: start)
    return withUnsafePointer(to: picture) {
      tanren_picture_resize(
        $0, Int64(placement.full.width), Int64(placement.full.height), Int64(placement.origin.x),
        Int64(placement.origin.y), Int32(placement.window.width), Int32(placement.window.height), target, stride) != 0
    }
  }

  static func check(
    _ status: tanren_picture_status, _ picture: tanren_picture, _ bytes: [UInt8], path: String
  ) throws(DatasetError) {
    let format = picture.is_jpeg != 0 ? "JPEG" : "PNG"
    let problem: DatasetProblem
    switch status {
    case TANREN_PICTURE_READ: return
    case TANREN_PICTURE_TOO_LARGE:
      problem = .oversizedPicture(
        width: Int(picture.width), height: Int(picture.height), limit: Picture.pixelLimit)
    case TANREN_PICTURE_TRUNCATED:
      problem = .damagedPicture(format: format, reason: "the file ends before the picture does")
    case TANREN_PICTURE_DAMAGED:
      let message = withUnsafeBytes(of: picture.message) { text in
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
      problem = .damagedPicture(format: format, reason: message)
    case TANREN_PICTURE_NO_MEMORY: problem = .unreadable(reason: "memory is lacking")
    default:
      let found = bytes.isEmpty ? "nothing" : bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
      problem = .wrongMagic(
        format: "a PNG or JPEG picture", expected: "89 50 4e 47 (PNG) or ff d8 ff (JPEG)", actual: found)
    }
    throw DatasetError(problem, path: path)
  }
}
