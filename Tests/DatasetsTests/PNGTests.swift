import CZlib
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite(.tags(.unit)) struct PNGTests {
  /// The chunks of a file, each with its checksum compared with one computed bit by bit.
  private func chunks(_ bytes: [UInt8]) throws -> [(name: String, contents: [UInt8])] {
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    var (chunks, offset): ([(String, [UInt8])], Int) = ([], 8)
    while offset < bytes.count {
      let length = number(offset)
      let body = Array(bytes[offset + 4..<offset + 8 + length])
      var register = UInt32.max
      for byte in body {
        register ^= UInt32(byte)
        for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xedb8_8320 : register >> 1 }
      }
      #expect(number(offset + 8 + length) == Int(~register))
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      offset += 12 + length
    }
    return chunks
  }

  private func inflated(_ bytes: [UInt8], count: Int) -> [UInt8] {
    var size = UInt(count)
    var output = [UInt8](repeating: 0, count: count)
    #expect(uncompress(&output, &size, bytes, UInt(bytes.count)) == Z_OK && size == UInt(count))
    return output
  }

  @Test func greyImage() throws {
    let image = try HostArray(dtype: .uint8, shape: [2, 3], bytes: [1, 2, 3, 250, 251, 252])
    let parts = try chunks(PNG.encode(image))
    #expect(parts.map(\.name) == ["IHDR", "IDAT", "IEND"])
    // Width, height, 8 bits, grey, then compression, filter and interlacing, all 0.
    #expect(parts[0].contents == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
    #expect(inflated(parts[1].contents, count: 8) == [0, 1, 2, 3, 0, 250, 251, 252])
    #expect(parts[2].contents.isEmpty)
  }

  @Test func colouredImage() throws {
    let pixels = (0..<2 * 2 * 3).map { UInt8($0 * 20) }
    let parts = try chunks(PNG.encode(HostArray(dtype: .uint8, shape: [2, 2, 3], bytes: pixels)))
    #expect(parts[0].contents == [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    // A zero for each line: no filter.
    let lines: [UInt8] = [0, 0, 20, 40, 60, 80, 100, 0, 120, 140, 160, 180, 200, 220]
    #expect(inflated(parts[1].contents, count: 14) == lines)
  }

  @Test func largeImage() throws {
    let pixels = (0..<500 * 700).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let parts = try chunks(PNG.encode(HostArray(dtype: .uint8, shape: [500, 700, 1], bytes: pixels)))
    #expect(inflated(parts[1].contents, count: 500 * 701).count == 500 * 701)
  }

  @Test(arguments: [[6], [2, 3, 4], [2, 3, 1, 1], [0, 3], [1, 40_000]]) func otherShapesAreRefused(_ shape: [Int])
    throws
  {
    let bytes = [UInt8](repeating: 0, count: shape.reduce(1, *))
    let image = try HostArray(dtype: .uint8, shape: shape, bytes: bytes)
    #expect { try PNG.encode(image) } throws: { "\($0)".contains("the shape is") }
  }

  @Test func otherTypesAreRefused() throws {
    let image = try HostArray([Float(1)], shape: [1, 1])
    #expect(throws: DatasetError(.wrongElementType(found: "float32", wanted: [.uint8]))) { try PNG.encode(image) }
  }

  @Test func failureToWriteNamesTheFile() throws {
    let image = try HostArray(dtype: .uint8, shape: [1, 1], bytes: [0])
    #expect { try PNG.write(image, to: "/nowhere/at/all.png") } throws: { "\($0)".contains("/nowhere/at/all.png") }
  }
}
