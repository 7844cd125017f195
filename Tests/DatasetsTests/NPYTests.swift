import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("NPY files", .tags(.engine))
struct NPYTests {
  static let types = DType.allCases.filter { $0 != .bfloat16 }
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func cube(_ transform: (Float) -> Float = { $0 }) throws -> HostArray {
    try HostArray((0..<24).map { transform(Float($0) / 8) }, shape: [2, 3, 4])
  }

  private func file(_ header: String, data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let count = header.utf8.count
    return [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, UInt8(count & 255), UInt8(count >> 8)]
      + (version == 1 ? [] : [0, 0]) + Array(header.utf8) + data
  }

  private func problem(_ bytes: [UInt8], as wanted: [DType] = []) -> DatasetProblem? {
    do throws(DatasetError) {
      _ = try NPY.decode(bytes, as: wanted, path: "x.npy")
      return nil
    } catch {
      #expect(error.path == "x.npy")
      return error.problem
    }
  }

  @Test(arguments: types) func readsEveryTypeOfNumPy(dtype: DType) throws {
    let array = try NPY.read(Bundle.module.fixture("\(dtype).npy"))
    #expect(array.dtype == dtype)
    #expect(array.shape == [2, 3])
    if dtype == .float16 {
      #expect(array.bytes == [0, 0, 0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45])
    } else {
      let values: [Double] = try array.converted()
      #expect(values == (dtype == .bool ? [0, 1, 0, 1, 0, 1] : [0, 1, 2, 3, 4, 5]))
    }
  }

  @Test(arguments: types) func writesTheBytesOfNumPy(dtype: DType) throws {
    let original = try FileBytes.read(Bundle.module.fixture("\(dtype).npy"))
    let array = try NPY.decode(original, path: "x")
    #expect(try NPY.encode(array, path: "x") == original)
  }

  @Test func readsOrdersAndVersions() throws {
    for name in ["fortran", "version2", "version3"] {
      #expect(try NPY.read(Bundle.module.fixture(name + ".npy"), as: .float32) == cube())
    }
    let swapped = try NPY.read(Bundle.module.fixture("big_endian.npy"))
    #expect(try swapped.values(as: Double.self) == (0..<24).map { Double($0) / 8 })
    let scalar = try NPY.read(Bundle.module.fixture("scalar.npy"))
    #expect(scalar.shape == [])
    #expect(try scalar.values(as: Double.self) == [2.5])
    #expect(try NPY.read(Bundle.module.fixture("empty.npy")).shape == [0, 7])
  }

  @Test func roundTripsThroughAFile() throws {
    let path = folder.path + "/a.npy"
    for array in [
      try cube(), try HostArray([] as [Int32], shape: [0, 3]), try HostArray([7] as [UInt8], shape: []),
      try HostArray((0..<5).map { Double($0) }, shape: [5]),
    ] {
      try NPY.write(array, to: path)
      #expect(try NPY.read(path) == array)
      #expect(try FileBytes.read(path).count % 64 == array.bytes.count % 64)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npy"])
    let many = try HostArray([1] as [Float], shape: [Int](repeating: 1, count: 30_000))
    #expect(try NPY.decode(NPY.encode(many, path: "x"), path: "x") == many)
  }

  @Test func namesFoundAndWantedTypes() {
    let path = Bundle.module.fixture("float64.npy")
    do throws(DatasetError) {
      _ = try NPY.read(path, as: .float32, .uint8)
      Issue.record("float64 was taken for float32")
    } catch {
      #expect(error == DatasetError(.wrongElementType(found: "float64", wanted: [.float32, .uint8]), path: path))
      #expect(error.description.contains("float64, but float32 or uint8 are wanted"))
    }
  }

  @Test func tellsTypesItCantRead() throws {
    guard
      case .wrongElementType("[('a', '<f4'), ('b', '<i4')]", _) = problem(
        try FileBytes.read(Bundle.module.fixture("structured.npy")))
    else {
      Issue.record("a structured type was taken")
      return
    }
    for type in ["<c16", "<U4", "|O", "<f12", "<V2", "?"] {
      guard
        case .wrongElementType(type, _) = problem(file("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,)}"))
      else {
        Issue.record("\(type) was taken")
        continue
      }
    }
    let half = try HostArray(dtype: .bfloat16, shape: [1], bytes: [0, 0])
    #expect(throws: DatasetError.self) { try NPY.encode(half, path: "x") }
  }

  @Test func readsStrings() throws {
    func texts(_ name: String) throws -> [String]? {
      try NPY.texts(FileBytes.read(Bundle.module.fixture(name + ".npy")), path: name)
    }
    #expect(try texts("texts") == ["cat", "äpfel", "Zebra", "cat", "", "日本"])
    #expect(try texts("texts_big_endian") == texts("texts"))
    #expect(try texts("texts_bytes") == ["cat", "dog", "", "cat"])
    #expect(try texts("float32") == nil)
    #expect(throws: DatasetError(.wrongElementType(found: "<U5", wanted: [.uint8]), path: "x")) {
      try NPY.decode(FileBytes.read(Bundle.module.fixture("texts.npy")), as: [.uint8], path: "x")
    }
    let pairs = file("{'descr': '|S1', 'fortran_order': False, 'shape': (1, 2)}", data: [65, 66])
    #expect(throws: DatasetError(.wrongRank(found: [1, 2], wanted: "one label per record"), path: "x")) {
      try NPY.texts(pairs, path: "x")
    }
    let short = file("{'descr': '<U3', 'fortran_order': False, 'shape': (2,)}", data: [65])
    #expect(throws: DatasetError(.truncated(part: "the data of shape [2]", expected: 24, actual: 1), path: "x")) {
      try NPY.texts(short, path: "x")
    }
    #expect(try NPY.texts(file("{'descr': '<U0', 'fortran_order': False, 'shape': (2, 1)}"), path: "x") == ["", ""])
  }

  @Test func tellsTruncation() throws {
    let whole = try NPY.encode(cube(), path: "x")
    #expect(
      problem(whole.dropLast()) == .truncated(part: "the data of shape [2, 3, 4]", expected: 96, actual: 95))
    for end in [6, 8, 9, 11, 50, 127] {
      guard case .truncated(part: "the header", _, actual: end) = problem(Array(whole[..<end])) else {
        Issue.record("a header cut at \(end) was taken")
        continue
      }
    }
    for text in ["", "\u{93}NUMPX", "PK\u{3}\u{4}"] {
      guard case .wrongMagic(format: "an NPY file", _, _) = problem(Array(text.utf8)) else {
        Issue.record("'\(text)' was taken for NPY")
        continue
      }
    }
    var later = whole
    later[6] = 9
    #expect(problem(later) == .unsupported(feature: "version 9 of the NPY format"))
  }

  @Test(arguments: [
    "", "{", "[]", "import os", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'extra': True}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1",
  ])
  func tellsMalformedHeaders(header: String) {
    guard case .malformedHeader(format: "NPY", _) = problem(file(header, data: [0, 0, 0, 0])) else {
      Issue.record("the header \(header) was taken")
      return
    }
  }

  @Test func takesOtherSpellings() throws {
    let header = #"{"shape":(2L, 1), "fortran_order":True,"descr":"=u1"} "#
    #expect(
      try NPY.decode(file(header + "\n", data: [5, 6]), path: "x")
        == HostArray([5, 6] as [UInt8], shape: [2, 1]))
    let flags = file("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", data: [0, 1, 0xff])
    #expect(try NPY.decode(flags, path: "x").values(as: Bool.self) == [false, true, true])
  }

  @Test func survivesImpossibleShapes() {
    let most = Int.max
    #expect(
      problem(file("{'descr': '<f4', 'fortran_order': False, 'shape': (\(most), 8)}"))
        == .oversizedShape([most, 8]))
    #expect(
      problem(file("{'descr': '|u1', 'fortran_order': False, 'shape': (\(most),)}"))
        == .truncated(part: "the data of shape [\(most)]", expected: most, actual: 0))
  }
}
