import Foundation
import PJRT
import TestSupport
import Testing

@testable import Formats

@Suite("NPZ archives", .tags(.engine, .slow))
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
    #expect(try NPZ.read(path).isEmpty)
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

  @Test(arguments: ["stored", "deflated"]) func reportsDamageAnywhere(kind: String) throws {
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
    guard case .corruptCompression(_, let reason) = try problem(damaged) else {
      Issue.record("a wrong check sum was taken")
      return
    }
    #expect(reason.contains("CRC"))
  }

  @Test func unpacksNoMoreThanAnnounced() throws {
    var bytes = try FileBytes.read(Bundle.module.fixture("written_deflated.npz"))
    let size = try NPY.encode(HostArray((0..<24).map { Float($0) / 8 }, shape: [2, 3, 4]), path: "x").count
    // Sizes are 24 bytes into an entry of the directory, and 22 into a member's header.
    for (signature, place) in [([0x50, 0x4b, 1, 2], 24), ([0x50, 0x4b, 3, 4], 22)] as [([UInt8], Int)] {
      let entries = bytes.indices.filter { bytes[$0...].starts(with: signature) }
      #expect(entries.count == 3)
      bytes.replaceSubrange(entries[1] + place..<entries[1] + place + 4, with: [100, 0, 0, 0])
      if place == 24 {
        guard case .malformedHeader(format: "zip", let reason) = try problem(bytes) else {
          Issue.record("headers that contradict each other were taken")
          return
        }
        #expect(reason.contains("\(size)") && reason.contains("100"))
      }
    }
    #expect(try problem(bytes) == .tooLong(part: "the member", expected: 100))
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
    var twice = try ZipWriter(path: "x", isCompressed: false)
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
      var reader = try GzipReader(packed, path: "x")
      do throws(DatasetError) {
        _ = try reader.rest(announced, part: "all")
        Issue.record("\(announced) bytes were read from 2^20")
      } catch {
        #expect(error.problem == .truncated(part: "all", expected: announced, actual: 1 << 20))
      }
      #expect(Packed.capacity(announced: announced, packed: packed.count) < 4 << 20)
    }
    #expect(Packed.capacity(announced: 5, packed: packed.count) == 5)
    #expect(Packed.capacity(announced: -5, packed: packed.count) == 0)
    #expect(Packed.capacity(announced: 5, packed: .max) == 5)
    let large = [UInt8](repeating: 1, count: (1 << 26) + 5)
    var reader = try GzipReader(gzipped([9, 9] + large), path: "x")
    #expect(try reader.read(2) == [9, 9])
    let rest = try reader.rest(large.count, part: "all")
    #expect(rest == large && reader.isFinished)
  }

  /// Fixtures of the writer that Tanren had before libarchive's.
  @Test(arguments: ["written_stored", "written_deflated"]) func readsWhatEarlierVersionsWrote(name: String) throws {
    #expect(
      try NPZ.read(Bundle.module.fixture(name + ".npz"))
        == arrays().merging(["größe": HostArray([7, 8] as [Double])]) { $1 })
  }

  @Test(arguments: [false, true]) func equalArraysMakeEqualFiles(isCompressed: Bool) throws {
    let arrays = try arrays().merging(["größe": HostArray([UInt8](repeating: 3, count: 100_000))]) { $1 }
    let paths = ["a.npz", "b.npz"].map { folder.path + "/" + $0 }
    for path in paths {
      try NPZ.write(arrays, to: path, isCompressed: isCompressed)
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path)
    }
    #expect(try FileBytes.read(paths[0]) == FileBytes.read(paths[1]))
    #expect(try NPZ.read(paths[0]) == arrays)
  }

  @Test func encryptedAndUnknownMembersAreUnsupported() throws {
    let whole = try FileBytes.read(Bundle.module.fixture("stored.npz"))
    let headers = whole.indices.compactMap { index -> (flags: Int, method: Int)? in
      if whole[index...].starts(with: [0x50, 0x4b, 3, 4]) { return (index + 6, index + 8) }
      return whole[index...].starts(with: [0x50, 0x4b, 1, 2]) ? (index + 8, index + 10) : nil
    }
    var (encrypted, unknown) = (whole, whole)
    for header in headers {
      encrypted[header.flags] |= 1
      unknown[header.method] = 77
    }
    #expect(try problem(encrypted) == .unsupported(feature: "an encrypted member"))
    guard case .unsupported(let feature) = try problem(unknown) else {
      Issue.record("method 77 was taken")
      return
    }
    #expect(feature.contains("77"))
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
    var writer = try ZipWriter(path: "x", isCompressed: false)
    try writer.add("notes.txt", Array("no array".utf8))
    guard case .wrongMagic(format: "an NPY file", _, _) = try problem(writer.finished()) else {
      Issue.record("text was taken for an array")
      return
    }
    var twice = try ZipWriter(path: "x", isCompressed: false)
    for _ in 0..<2 { try twice.add("a.npy", NPY.encode(HostArray([1] as [Float]), path: "x")) }
    #expect(try problem(twice.finished()) == .duplicateMember(name: "a"))
  }
}
