import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Tar archives", .tags(.process))
struct TarTests {
  private func problem(_ bytes: [UInt8]) -> DatasetProblem? {
    #expect(throws: DatasetError.self) { try TarArchive(bytes, path: "a.tar") }?.problem
  }

  @Test func readsItsOwnBlocks() throws {
    let archive = try TarArchive(
      tarArchive([("a/one.bin", [1, 2, 3]), ("two.bin", []), ("b/three.bin", Array(0...255) + Array(0...255))]),
      path: "")
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
    let archive = try TarArchive([UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/out.tar"))), path: "")
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
      #expect(reason.contains("checksum"))
    } else {
      Issue.record("a flipped bit isn't told")
    }
    #expect(problem(tarArchive([("one.bin", [1])], size: "zzz")).map { "\($0)" }?.contains("size") == true)
    #expect(
      problem(tarArchive([("one.bin", [1])], size: "77777777777"))
        == .truncated(
          part: "the entry at byte 0", expected: 8_589_934_591, actual: 1536))
    for bytes in [[], [UInt8](repeating: 0, count: 1024), [UInt8](repeating: 7, count: 600), Array(whole.prefix(300))] {
      #expect(problem(bytes) != nil)
    }
    let twice = try? TarArchive(tarArchive([("a/one.bin", [1]), ("b/one.bin", [2])]), path: "t")
    #expect(throws: DatasetError(.duplicateMember(name: "one.bin"), path: "t")) { try twice?.contents(of: "one.bin") }
  }

  @Test func limitsWhatComesOut() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(gzipped([UInt8](repeating: 0, count: 100_000)), to: "zeros.gz")
    #expect(try PackedBytes.read(path, limit: 100_000).count == 100_000)
    #expect(throws: DatasetError(.tooLong(part: "what is packed in it", expected: 99_999), path: path)) {
      try PackedBytes.read(path, limit: 99_999)
    }
  }
}
