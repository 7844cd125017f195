import Foundation
import TestSupport
import Testing

@testable import Formats

@Suite("Tar archives", .tags(.process))
struct TarTests {
  private func problem(_ bytes: [UInt8]) -> DatasetProblem? {
    #expect(throws: DatasetError.self) { try Archive(bytes, .tar, path: "a.tar") }?.problem
  }

  @Test func readsItsOwnBlocks() throws {
    let archive = try Archive(
      tarArchive([("a/one.bin", [1, 2, 3]), ("two.bin", []), ("b/three.bin", Array(0...255) + Array(0...255))]),
      .tar, path: "")
    #expect(archive.names == ["a/one.bin", "two.bin", "b/three.bin"])
    #expect(try archive.contents(of: "one.bin") == [1, 2, 3])
    #expect(try archive.contents(of: "two.bin") == [])
    #expect(try archive.contents(of: "b/three.bin").count == 512)
    #expect(throws: DatasetError(.missingMember(name: "ne.bin", available: archive.names), path: "")) {
      try archive.contents(of: "ne.bin")
    }
  }

  /// What the program `tar` writes, in each of its formats, with a name too long for a header's field.
  @Test(arguments: ["ustar", "gnu", "pax", "v7"]) func readsTheProgramsFormats(format: String) throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "folder-of-some-length/", count: 6) + "file.bin"
    let names = format == "v7" ? ["x/short.bin"] : ["x/short.bin", long]
    for name in names { try folder.write(Array(name.utf8), to: "in/" + name) }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "--format=\(format)", "-cf", folder.path + "/out.tar", "-C", folder.path + "/in", "."]
    tar.standardError = FileHandle.nullDevice
    try tar.run()
    tar.waitUntilExit()
    // The tar of other systems knows other formats.
    guard tar.terminationStatus == 0 else { return }
    let archive = try Archive(FileBytes.read(folder.path + "/out.tar"), .tar, path: "")
    #expect(Set(archive.names) == Set(names.map { "./" + $0 }))
    for name in names { #expect(try archive.contents(of: name) == Array(name.utf8)) }
  }

  @Test(arguments: ["../evil.bin", "/etc/evil.bin", "a/../../evil.bin", "a/.."]) func refusesNamesThatLeadOut(
    name: String
  ) {
    #expect(problem(tarArchive([("good.bin", [1]), (name, [2])])) == .unsafeMember(name: name))
  }

  @Test func refusesDamage() {
    let whole = tarArchive([("one.bin", [1, 2, 3])])
    var flipped = whole
    flipped[3] ^= 1
    if case .malformedHeader(format: "tar", let reason) = problem(flipped) {
      #expect(reason.contains("no tar archive"))
    } else {
      Issue.record("a flipped bit isn't reported")
    }
    var second = tarArchive([("one.bin", [1, 2, 3]), ("two.bin", [4])])
    second[1024 + 3] ^= 1
    if case .malformedHeader(format: "tar", let reason) = problem(second) {
      #expect(reason.contains("Damaged"))
    } else {
      Issue.record("a flipped bit in the second header isn't reported")
    }
    #expect(problem(tarArchive([("one.bin", [1])], size: "zzz")) != nil)
    #expect(
      problem(tarArchive([("one.bin", [1])], size: "77777777777"))
        == .truncated(
          part: "the member", expected: 8_589_934_591, actual: 1536))
    for bytes in [[], [UInt8](repeating: 0, count: 1024), [UInt8](repeating: 7, count: 600), Array(whole.prefix(300))] {
      #expect(problem(bytes) != nil)
    }
    let twice = try? Archive(tarArchive([("a/one.bin", [1]), ("b/one.bin", [2])]), .tar, path: "t")
    #expect(throws: DatasetError(.duplicateMember(name: "one.bin"), path: "t")) { try twice?.contents(of: "one.bin") }
  }

  @Test(arguments: ["gz", "xz"]) func limitsWhatComesOut(suffix: String) throws {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 100_000)
    let path = try folder.write(suffix == "gz" ? gzipped(zeros) : xzPacked(zeros), to: "zeros." + suffix)
    #expect(try Packed.read(path, limit: 100_000) == zeros)
    #expect(throws: DatasetError(.tooLong(part: "the unpacked contents", expected: 99_999), path: path)) {
      try Packed.read(path, limit: 99_999)
    }
  }

  @Test(arguments: ["gz", "xz"]) func refusesDamagedCompression(suffix: String) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let whole = suffix == "gz" ? gzipped(bytes) : xzPacked(bytes)
    func problem(_ bytes: [UInt8]) throws -> DatasetProblem? {
      let path = try folder.write(bytes, to: "damaged." + suffix)
      let error = #expect(throws: DatasetError.self) { try Packed.read(path, limit: 100_000) }
      #expect(error?.path == path)
      return error?.problem
    }
    // The last of them is in the checksum, which gzip has 8 and xz some 40 bytes before the end.
    for place in [whole.count / 3, whole.count / 2, whole.count - (suffix == "gz" ? 8 : 40)] {
      var damaged = whole
      damaged[place] ^= 0x55
      guard case .corruptCompression = try problem(damaged) else {
        Issue.record("damage at \(place) of \(whole.count) was taken")
        continue
      }
    }
    for count in [7, whole.count / 2, whole.count - 1] {
      guard case .corruptCompression = try problem(Array(whole.prefix(count))) else {
        Issue.record("\(count) of \(whole.count) bytes were taken")
        continue
      }
    }
    #expect(try Packed.read(folder.write(suffix == "gz" ? gzipped([]) : xzPacked([]), to: "empty"), limit: 1) == [])
  }

  @Test func filesWithHolesAreUnsupported() throws {
    let folder = try TemporaryFolder()
    let sparse = folder.path + "/sparse.bin"
    try folder.write([], to: "sparse.bin")
    let handle = try #require(FileHandle(forWritingAtPath: sparse))
    try handle.seek(toOffset: 1 << 30)
    try handle.write(contentsOf: [1])
    try handle.close()
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "--sparse", "-cf", folder.path + "/out.tar", "-C", folder.path, "sparse.bin"]
    tar.standardError = FileHandle.nullDevice
    try tar.run()
    tar.waitUntilExit()
    // The tar of other systems knows no holes.
    guard tar.terminationStatus == 0 else { return }
    let archive = try Archive(FileBytes.read(folder.path + "/out.tar"), .tar, path: "t")
    #expect(throws: DatasetError(.unsupported(feature: "a file with holes"), path: "t(sparse.bin)")) {
      try archive.contents(of: "sparse.bin")
    }
  }
}
