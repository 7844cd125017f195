import Files
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Checkpoints
@testable import Training

@Suite(.tags(.process)) struct SafetensorsTests {
  @Test func arraysOfEveryTypeAreReadAsTheReferenceWroteThem() throws {
    let file = try Safetensors(contentsOf: Bundle.module.fixture("types.safetensors"))
    #expect(file.metadata == ["format": "np \"\\\t"])
    func values<Scalar: HostScalar>(_ name: String) throws -> [Scalar] { try #require(file.tensors[name]).values() }
    #expect(try values("bool") == [true, false, true])
    #expect(try values("int8") == [Int8.min, 0, .max])
    #expect(try values("int16") == [Int16.min, .max])
    #expect(try values("int32") == [Int32.min, .max])
    #expect(try values("int64") == [Int64.min, .max])
    #expect(try values("uint8") == [UInt8(0), .max])
    #expect(try values("uint16") == [UInt16.max])
    #expect(try values("uint32") == [UInt32.max])
    #expect(try values("uint64") == [UInt64.max])
    #expect(try values("float32").map(\Float.bitPattern) == [0, 0x8000_0000, 0x7f80_0000, 1])
    #expect(try values("float64") == [0.1, .leastNonzeroMagnitude] as [Double])
    #expect(try values("scalar") == [Float(3.25)])
    #expect(try values("layer/\"quoted\"\n\u{1} π 火") == [UInt8(7)])
    #expect(file.tensors["float16"]?.bytes == [0x00, 0x3e, 0x00, 0xfc])
    #expect(file.tensors["bfloat16"]?.bytes == [0xc0, 0x3f, 0x00, 0xc0])
    #expect(file.tensors["scalar"]?.shape == [])
    #expect(file.tensors["empty"]?.shape == [2, 0, 3])
    #expect(file.tensors["float32"]?.shape == [2, 2])
    #expect(Set(file.tensors.values.map(\.dtype)) == Set(DType.allCases))
  }

  @Test func writtenFilesAreTheReferencesByteForByte() throws {
    let path = Bundle.module.fixture("types.safetensors")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var file = try Safetensors(bytes: bytes)
    #expect(try file.bytes() == bytes)
    file.tensors.reverse()
    #expect(try file.bytes() == bytes)
  }

  @Test func filesWithoutTensorsRoundTrip() throws {
    #expect(try Safetensors(bytes: Safetensors().bytes()) == Safetensors())
    let texts = Safetensors(metadata: ["a": "", "b": "\u{1f600}"])
    #expect(try Safetensors(bytes: texts.bytes()) == texts)
  }

  @Test func filesAreReplacedWhole() throws {
    let scratch = try TemporaryFolder()
    let path = scratch("weights.safetensors")
    for value in [Float(1), 2] {
      let file = Safetensors(["a": try HostArray([value])])
      try file.write(to: path)
      #expect(try Safetensors(contentsOf: path) == file)
    }
    #expect(scratch.names() == ["weights.safetensors"])
  }

  @Test func filesThatCannotBeUsedAreNamed() throws {
    let scratch = try TemporaryFolder()
    let missing = scratch("none.safetensors")
    #expect(throws: SafetensorsError(.file(FileFailure(.read, path: missing, code: ENOENT)), path: missing)) {
      try Safetensors(contentsOf: missing)
    }
    #expect(throws: SafetensorsError(.file(FileFailure(.read, path: scratch.path, code: EISDIR)), path: scratch.path)) {
      try Safetensors(contentsOf: scratch.path)
    }
    #expect(throws: SafetensorsError.self) { try Safetensors().write(to: scratch("no/folder.safetensors")) }
    let reserved = Safetensors(["__metadata__": try HostArray([Float(1)])])
    #expect(throws: SafetensorsError(.reservedName("__metadata__"))) { try reserved.bytes() }
  }

  @Test(
    .enabled(if: Python.has("safetensors", "ml_dtypes"), "the safetensors package isn't installed"))
  func theReferenceReadsWhatIsWritten() throws {
    let scratch = try TemporaryFolder()
    let fixture = Bundle.module.fixture("types.safetensors")
    // Names in another order of bytes than of the alphabet, and a header that needs padding.
    var file = try Safetensors(contentsOf: fixture)
    try file.write(to: scratch("same.safetensors"))
    let same = try Python.check("check_safetensors.py", scratch("same.safetensors"), fixture)
    #expect(same.status == 0, "\(same.output)")
    file.tensors["Z"] = try HostArray([Float](repeating: 0.5, count: 3))
    file.tensors["é"] = try HostArray([Int8(1)])
    try file.write(to: scratch("more.safetensors"))
    let more = try Python.check(
      "check_safetensors.py", scratch("more.safetensors"), scratch("more.safetensors"))
    #expect(more.output == "18 tensors agree\n")
  }
}
