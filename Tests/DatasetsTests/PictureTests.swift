import Foundation
import PJRT
import TestSupport
import Testing

@testable import Formats

/// Pictures of every kind, against Pillow and torchvision.
@Suite(.tags(.unit)) struct PictureTests {
  private struct Expected: Decodable {
    struct Read: Decodable {
      let file: String
      let width: Int
      let height: Int
      let isGrey: Bool
      let rgb: Data
      let grey: Data?
    }

    struct Resized: Decodable {
      let file: String
      let size: Int
      let resize: PictureResize
      let pixels: Data
    }

    let read: [Read]
    let resized: [Resized]
  }

  private let expected: Expected
  private let folder: TemporaryFolder

  init() throws {
    expected = try Bundle.module.decodeFixture("pictures")
    folder = try TemporaryFolder()
  }

  private func path(_ name: String) -> String { Bundle.module.fixture("pictures/" + name) }

  /// The greatest difference of two pictures, in levels.
  private func difference(_ found: [UInt8], _ expected: Data) -> Int {
    guard found.count == expected.count else { return .max }
    return zip(found, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  @Test func picturesOfEveryKindAreReadAsByPillow() throws {
    #expect(expected.read.count == 24)
    for picture in expected.read {
      let read = try Picture.read(path(picture.file), channels: .rgb)
      #expect(read.shape == [picture.height, picture.width, 3], "\(picture.file)")
      #expect(difference(read.bytes, picture.rgb) <= 1, "\(picture.file)")
      let header = try Picture.header(of: path(picture.file))
      #expect(
        header == Picture.Header(width: picture.width, height: picture.height, isGrey: picture.isGrey),
        "\(picture.file)")
      guard let grey = picture.grey else { continue }
      let single = try Picture.read(path(picture.file), channels: .grey)
      #expect(single.shape == [picture.height, picture.width, 1], "\(picture.file)")
      #expect(difference(single.bytes, grey) <= 1, "\(picture.file)")
    }
  }

  @Test func picturesAreResizedAsByPillowAndTorchvision() throws {
    #expect(expected.resized.count == 8)
    for picture in expected.resized {
      var pixels = [UInt8](repeating: 77, count: picture.size * picture.size * 3)
      _ = try pixels.withUnsafeMutableBytes { (output) throws(DatasetError) in
        try Picture.read(path(picture.file), channels: .rgb, size: picture.size, picture.resize, into: output)
      }
      #expect(
        difference(pixels, picture.pixels) <= 1, "\(picture.file), \(picture.resize.rawValue) to \(picture.size)")
    }
  }

  @Test func ourPNGFilesAreReadUnchanged() throws {
    let pixels = (0..<31 * 17 * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let image = try HostArray(dtype: .uint8, shape: [31, 17, 3], bytes: pixels)
    try PNG.write(image, to: folder("a.png"))
    #expect(try Picture.read(folder("a.png"), channels: .rgb) == image)
    let grey = try HostArray(dtype: .uint8, shape: [31, 51, 1], bytes: pixels)
    try PNG.write(grey, to: folder("b.png"))
    #expect(try Picture.read(folder("b.png"), channels: .grey) == grey)
  }

  private func message(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = try folder.write(bytes, to: name)
    do throws(DatasetError) {
      return "read: \(try Picture.read(path, channels: .rgb).shape)"
    } catch {
      #expect(error.path == path)
      return error.description
    }
  }

  @Test func damagedPicturesAreErrorsWithTheirPath() throws {
    for name in ["across.jpg", "progressive.jpg", "rgb.png", "interlaced.png"] {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
      for length in [bytes.count / 2, bytes.count - 40, 20] {
        let found = try message(Array(bytes[..<length]), name)
        #expect(
          found.contains("the file ends before the picture does") && found.contains("unreadable: skip"), "\(name)")
      }
    }
    var flipped = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("rgb.png"))))
    flipped[flipped.count / 2] ^= 255
    #expect(try message(flipped, "flipped.png").contains("this PNG picture can't be decoded: "))
    let text = try message(Array("hello, I am text".utf8), "text.png")
    #expect(text.contains("this isn't a PNG or JPEG picture") && text.contains("68 65 6c 6c 6f"))
    #expect(try message([], "empty.png").contains("begins with nothing"))
  }

  /// A header of 10^9 pixels with next to no data: neither time nor memory is spent on it.
  @Test func enormousPicturesAreRefusedBeforeMemoryIsAllocated() throws {
    func bigEndian(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let small = try PNG.encode(HostArray(dtype: .uint8, shape: [1, 1], bytes: [0]))
    func png(_ width: Int, _ height: Int) -> [UInt8] {
      var bytes = small
      bytes.replaceSubrange(16..<24, with: bigEndian(width) + bigEndian(height))
      var register = UInt32.max
      for byte in bytes[12..<29] {
        register ^= UInt32(byte)
        for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xedb8_8320 : register >> 1 }
      }
      bytes.replaceSubrange(29..<33, with: bigEndian(Int(~register)))
      return bytes
    }
    #expect(try message(png(1, 1), "one.png") == "read: [1, 1, 3]")
    #expect(
      try message(png(40_000, 25_000), "large.png").contains("40000x25000 pixels large, more than the 100 million"))
    #expect(try message(png(0x7fff_ffff, 0x7fff_ffff), "huge.png").contains("2147483647x2147483647"))
    // A JPEG says its height and width in the frame's header.
    var jpeg = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("rgb.jpg"))))
    let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x9c, 0x40, 0x61, 0xa8])
    #expect(try message(jpeg, "large.jpg").contains("25000x40000 pixels large"))
  }
}
