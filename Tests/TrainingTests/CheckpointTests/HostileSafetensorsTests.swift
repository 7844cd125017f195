import Foundation
import TestSupport
import Testing

@testable import Checkpoints
@testable import Training

/// A file of that header and so many bytes of data, all 2.
private func file(_ header: String, data: Int = 0) -> [UInt8] {
  let text = Array(header.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + [UInt8](repeating: 2, count: data)
}

private func member(_ name: String, _ shape: String, _ offsets: String, _ type: String = "U8") -> String {
  "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

@Suite(.tags(.engine, .slow)) struct HostileSafetensorsTests {
  static func problem(_ bytes: [UInt8]) -> SafetensorsProblem? {
    do throws(SafetensorsError) {
      _ = try Safetensors(bytes: bytes)
      return nil
    } catch {
      return error.problem
    }
  }

  static let rows: [(String, [UInt8], SafetensorsProblem)] = [
    ("nothing", [], .truncated(part: "the header's length", expected: 8, actual: 0)),
    ("seven bytes", [1, 0, 0, 0, 0, 0, 0], .truncated(part: "the header's length", expected: 8, actual: 7)),
    ("length beyond the file", [9, 0, 0, 0, 0, 0, 0, 0, 123], .truncated(part: "the header", expected: 17, actual: 9)),
    (
      "length beyond Int", [UInt8](repeating: 255, count: 16), .headerTooLong(length: .max, limit: 100_000_000)
    ),
    ("no header", file(""), .malformedHeader(reason: "it does not begin with '{'")),
    ("a list", file("[]"), .malformedHeader(reason: "it does not begin with '{'")),
    ("open object", file("{"), .malformedHeader(reason: "expected a name in quotes at its byte 1")),
    ("not UTF-8", [3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d], .notUTF8),
    ("more behind it", file("{}x"), .malformedHeader(reason: "expected the end at its byte 2")),
    (
      "deep nesting", file("{\"a\":" + String(repeating: "[", count: 100_000)),
      .malformedHeader(reason: "more than 64 levels of arrays and objects at its byte 68")
    ),
    (
      "a name twice", file("{\(member("a", "[1]", "[0,1]")),\(member("a", "[1]", "[1,2]"))}", data: 2),
      .duplicateName("a")
    ),
    ("a key twice", file("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}"), .duplicateName("dtype")),
    ("no object", file("{\"a\":1}"), .malformedTensor(name: "a", reason: "it is not an object")),
    ("no type", file("{\"a\":{\"shape\":[]}}"), .malformedTensor(name: "a", reason: "'dtype' is not a string")),
    (
      "negative extent", file("{\(member("a", "[-1]", "[0,1]"))}", data: 1),
      .malformedTensor(name: "a", reason: "'shape' is not a list of whole numbers")
    ),
    (
      "extent with a fraction", file("{\(member("a", "[1.0]", "[0,1]"))}", data: 1),
      .malformedTensor(name: "a", reason: "'shape' is not a list of whole numbers")
    ),
    (
      "extent beyond Int", file("{\(member("a", "[99999999999999999999]", "[0,1]"))}", data: 1),
      .malformedTensor(name: "a", reason: "'shape' is not a list of whole numbers")
    ),
    (
      "offsets the wrong way round", file("{\(member("a", "[1]", "[1,0]"))}", data: 1),
      .malformedTensor(name: "a", reason: "'data_offsets' is not a pair of whole numbers in ascending order")
    ),
    (
      "three offsets", file("{\(member("a", "[1]", "[0,1,1]"))}", data: 1),
      .malformedTensor(name: "a", reason: "'data_offsets' is not a pair of whole numbers in ascending order")
    ),
    (
      "unknown type", file("{\(member("a", "[1]", "[0,1]", "F8_E4M3"))}", data: 1),
      .unknownType(tensor: "a", type: "F8_E4M3")
    ),
    (
      "extents whose product is beyond Int", file("{\(member("a", "[4611686018427387904,4]", "[0,0]"))}"),
      .tooLarge(tensor: "a", shape: [4_611_686_018_427_387_904, 4])
    ),
    (
      "bytes beyond Int", file("{\(member("a", "[2305843009213693952]", "[0,0]", "F64"))}"),
      .tooLarge(tensor: "a", shape: [2_305_843_009_213_693_952])
    ),
    (
      "fewer bytes than the shape asks", file("{\(member("a", "[2]", "[0,4]", "F32"))}", data: 4),
      .wrongSize(tensor: "a", shape: [2], dtype: .float32, expected: 8, actual: 4)
    ),
    (
      "a scalar without bytes", file("{\(member("a", "[]", "[0,0]", "F32"))}"),
      .wrongSize(tensor: "a", shape: [], dtype: .float32, expected: 4, actual: 0)
    ),
    (
      "the same bytes twice", file("{\(member("a", "[2]", "[0,2]")),\(member("b", "[2]", "[0,2]"))}", data: 4),
      .overlapping(tensor: "b", with: "a")
    ),
    (
      "overlapping ends", file("{\(member("b", "[2]", "[1,3]")),\(member("a", "[2]", "[0,2]"))}", data: 3),
      .overlapping(tensor: "b", with: "a")
    ),
    ("a gap at first", file("{\(member("a", "[1]", "[1,2]"))}", data: 2), .gap(before: "a", bytes: 1)),
    ("bytes behind", file("{\(member("a", "[1]", "[0,1]"))}", data: 3), .gap(before: nil, bytes: 2)),
    ("bytes of no tensor", file("{}", data: 3), .gap(before: nil, bytes: 3)),
    (
      "too little data", file("{\(member("a", "[3]", "[0,3]"))}", data: 2),
      .outOfRange(tensor: "a", end: 3, available: 2)
    ),
    (
      "offsets near the end of Int",
      file("{\(member("a", "[1]", "[9223372036854775806,9223372036854775807]"))}"),
      .outOfRange(tensor: "a", end: .max, available: 0)
    ),
    ("truth of 2", file("{\(member("a", "[1]", "[0,1]", "BOOL"))}", data: 1), .notBoolean(tensor: "a")),
    (
      "metadata that is a number", file("{\"__metadata__\":1}"),
      .malformedHeader(reason: "'__metadata__' is not an object")
    ),
    (
      "metadata with a number", file("{\"__metadata__\":{\"a\":1}}"),
      .malformedHeader(reason: "'a' in '__metadata__' is not a string")
    ),
  ]

  @Test(arguments: rows.map(\.0)) func isAnError(_ name: String) throws {
    let row = try #require(Self.rows.first { $0.0 == name })
    #expect(Self.problem(row.1) == row.2)
    #expect(!row.2.description.isEmpty)
  }

  @Test func theRowsNameEachProblemOnce() {
    #expect(Set(Self.rows.map(\.0)).count == Self.rows.count)
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Bundle.module.fixture("types.safetensors"))))
    for count in 0..<bytes.count {
      #expect(Self.problem(Array(bytes.prefix(count))) != nil, "\(count) bytes")
    }
  }

  @Test func noChangedByteIsReadBeyondTheFile() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Bundle.module.fixture("types.safetensors"))))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      guard let file = try? Safetensors(bytes: changed) else { continue }
      // Whatever was read is whole in itself: writing and reading it gives it again.
      let again = try Safetensors(bytes: file.bytes()).tensors
      #expect(again.count == file.tensors.count)
      for (name, array) in file.tensors { #expect(again[name] == array, "byte \(index)") }
    }
  }
}
