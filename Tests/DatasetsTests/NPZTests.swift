import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets

@Suite("NPZ archives", .tags(.unit, .slow))
struct NPZTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func arrays() throws -> [String: HostArray] {
    [
      "x": try HostArray((0..<24).map { Float($0) / 8 }, shape: [2, 3, 4]),
      "y": try HostArray([3, 1, 2] as [Int32]),
    ]
  }

  private func problem(_ bytes: [UInt8]) throws -> DatasetProblem? {
    let path = try folder.write(bytes, to: "x.npz")
    do throws(DatasetError) {
      _ = try NPZ.read(path)
      return nil
    } catch {
      #expect(error.path?.hasPrefix(path) == true)
      return error.problem
    }
  }

  @Test(arguments: ["stored", "deflated"]) func readsNumPysArchives(kind: String) throws {
    let path = Bundle.module.fixture(kind + ".npz")
    #expect(try NPZ.read(path) == arrays())
    #expect(try NPZ.read(path, member: "y", as: .int32) == arrays()["y"])
  }

  @Test(arguments: [false, true]) func roundTrips(isCompressed: Bool) throws {
    let path = folder.path + "/a.npz"
    try NPZ.write(arrays(), to: path, isCompressed: isCompressed)
    #expect(try NPZ.read(path) == arrays())
    try NPZ.write([:], to: path, isCompressed: isCompressed)
    guard case .wrongMagic = try problem(try FileBytes.read(path)) else {
      #expect(try NPZ.read(path).isEmpty)
      return
    }
  }

  @Test func compresses() throws {
    let zeros = ["z": try HostArray([Float](repeating: 0, count: 10_000))]
    try NPZ.write(zeros, to: folder.path + "/a", isCompressed: false)
    try NPZ.write(zeros, to: folder.path + "/b", isCompressed: true)
    #expect(try FileBytes.read(folder.path + "/a").count > 40_000)
    #expect(try FileBytes.read(folder.path + "/b").count < 1_000)
    #expect(try NPZ.read(folder.path + "/b") == zeros)
  }

  @Test func namesMissingMembersAndWrongTypes() throws {
    let path = Bundle.module.fixture("stored.npz")
    #expect(throws: DatasetError(.missingMember(name: "z", available: ["x", "y"]), path: path)) {
      try NPZ.read(path, member: "z")
    }
    #expect(
      throws: DatasetError(.wrongElementType(found: "int32", wanted: [.float32]), path: path + "(y.npy)")
    ) { try NPZ.read(path, member: "y", as: .float32) }
  }

  @Test(arguments: ["stored", "deflated"]) func tellsDamageWhereverItIs(kind: String) throws {
    let whole = try FileBytes.read(Bundle.module.fixture(kind + ".npz"))
    for end in stride(from: 0, to: whole.count, by: 7) {
      #expect(try problem(Array(whole[..<end])) != nil, "cut at \(end)")
    }
    // Whatever byte is damaged, the reader answers with arrays or an error; it never traps.
    var refused = 0
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 0xff
      let path = try folder.write(damaged, to: "damaged.npz")
      if (try? NPZ.read(path)) == nil { refused += 1 }
    }
    #expect(refused > whole.count / 2)
  }

  @Test func checksMembers() throws {
    var damaged = try FileBytes.read(Bundle.module.fixture("stored.npz"))
    let magic = try #require(damaged.indices.first { damaged[$0...].starts(with: NPY.magic) })
    damaged[magic + 140] ^= 1
    guard case .corruptCompression(_, "the member's check sum is not the one recorded") = try problem(damaged) else {
      Issue.record("a wrong check sum was taken")
      return
    }
  }

  @Test func unpacksNoMoreThanAnnounced() throws {
    let path = folder.path + "/bomb.npz"
    try NPZ.write(["z": try HostArray([UInt8](repeating: 0, count: 16 << 20))], to: path, isCompressed: true)
    var bytes = try FileBytes.read(path)
    // The central directory's uncompressed size is 24 bytes into its entry.
    let entry = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
    bytes.replaceSubrange(entry + 24..<entry + 28, with: [200, 0, 0, 0])
    #expect(try problem(bytes) == .tooLong(part: "the member", expected: 200))
  }

  @Test func readsZip64ArchivesOfAnySize() throws {
    let path = Bundle.module.fixture("zip64.npz")
    #expect(try NPZ.read(path) == arrays())
    #expect(try NPZ.read(path, member: "y", as: .int32) == arrays()["y"])
    let whole = try FileBytes.read(path)
    for end in stride(from: 0, to: whole.count, by: 5) {
      #expect(try problem(Array(whole[..<end])) != nil, "cut at \(end)")
    }
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 0xff
      _ = try? NPZ.read(folder.write(damaged, to: "damaged.npz"))
    }
  }

  @Test func twoMembersOfANameAreAnErrorHoweverTheyAreAskedFor() throws {
    var twice = ZipWriter(path: "x", isCompressed: false)
    for value: Float in [1, 2] { try twice.add("a.npy", NPY.encode(HostArray([value]), path: "x")) }
    try twice.add("b.npy", NPY.encode(HostArray([3] as [Float]), path: "x"))
    let path = try folder.write(twice.finished(), to: "twice.npz")
    #expect(throws: DatasetError(.duplicateMember(name: "a"), path: path)) { try NPZ.read(path, member: "a") }
    #expect(throws: DatasetError(.duplicateMember(name: "a"), path: path)) { try NPZ.read(path) }
    #expect(try NPZ.read(path, member: "b").values(as: Float.self) == [3])
  }

  @Test func takesMemoryForWhatThereIs() throws {
    let packed = gzipped([UInt8](repeating: 7, count: 1 << 20))
    for announced in [1 << 40, 3_000_000_000] {
      var inflater = try Inflater(packed, format: .gzip, path: "x")
      var output: [UInt8] = []
      do throws(DatasetError) {
        try inflater.readRest(announced, part: "all", into: &output)
        Issue.record("\(announced) bytes were read from 2^20")
      } catch {
        #expect(error.problem == .truncated(part: "all", expected: announced, actual: 1 << 20))
      }
      #expect(output.capacity == 0)
    }
    // More than is believed at once, and true.
    let large = [UInt8](repeating: 1, count: (1 << 26) + 5)
    var inflater = try Inflater(gzipped([9, 9] + large), format: .gzip, path: "x")
    var (start, rest): ([UInt8], [UInt8]) = ([], [])
    try inflater.read(2, into: &start)
    try inflater.readRest(large.count, part: "all", into: &rest)
    #expect(start == [9, 9] && rest == large && inflater.isFinished)
  }

  @Test func refusesWhatIsNoArchive() throws {
    guard case .wrongMagic(format: "a zip archive", _, _) = try problem(Array("hello".utf8)) else {
      Issue.record("text was taken for an archive")
      return
    }
    guard case .malformedHeader(format: "zip", _) = try problem([0x50, 0x4b, 3, 4]) else {
      Issue.record("four bytes were taken for an archive")
      return
    }
    var writer = ZipWriter(path: "x", isCompressed: false)
    try writer.add("notes.txt", Array("no array".utf8))
    guard case .wrongMagic(format: "an NPY file", _, _) = try problem(writer.finished()) else {
      Issue.record("text was taken for an array")
      return
    }
    var twice = ZipWriter(path: "x", isCompressed: false)
    for _ in 0..<2 { try twice.add("a.npy", NPY.encode(HostArray([1] as [Float]), path: "x")) }
    #expect(try problem(twice.finished()) == .duplicateMember(name: "a"))
  }
}
