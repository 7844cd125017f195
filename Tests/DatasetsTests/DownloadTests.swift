import Foundation
import PJRT
import Synchronization
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Downloads", .tags(.unit))
struct DownloadTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var content: [UInt8] { Array("some published bytes".utf8) }

  private func download(_ mirrors: [String], byteCount: Int = 20, sha256: String? = nil) -> Download {
    Download(
      name: "a.gz", mirrors: mirrors.map { "file://\(folder.path)/\($0)/" }, byteCount: byteCount,
      sha256: sha256 ?? SHA256.hex(of: content))
  }

  private var cache: String { folder.path + "/cache/deep" }

  private func problem(_ download: Download) -> DatasetProblem? {
    do throws(DatasetError) {
      try download.fetch(into: cache, progress: nil)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test func fetchesFromTheFirstMirrorThatHasIt() throws {
    try folder.write(content, to: "second/a.gz")
    let reports = Mutex<[Int]>([])
    try download(["first", "second"]).fetch(into: cache) { file, received, total in
      #expect(file == "a.gz")
      #expect(total == 20)
      reports.withLock { $0.append(received) }
    }
    #expect(try FileBytes.read(cache + "/a.gz") == content)
    #expect(reports.withLock { $0.last } == 20)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == ["a.gz"])
  }

  @Test func skipsAMirrorWithAnotherFile() throws {
    try folder.write("some tampered bytes!", to: "first/a.gz")
    try folder.write(content, to: "second/a.gz")
    #expect(problem(download(["first", "second"])) == nil)
    #expect(try FileBytes.read(cache + "/a.gz") == content)
  }

  @Test func tellsAWrongChecksumAndLeavesNothing() throws {
    let tampered = Array("some tampered bytes!".utf8)
    try folder.write(tampered, to: "first/a.gz")
    #expect(
      problem(download(["first"]))
        == .checksumMismatch(expected: SHA256.hex(of: content), actual: SHA256.hex(of: tampered)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty)
  }

  @Test func tellsWhyNothingCame() throws {
    guard case .downloadFailed(let address, let reason) = problem(download(["first", "second"])) else {
      Issue.record("a file that isn't there was fetched")
      return
    }
    #expect(address == "file://\(folder.path)/second/a.gz")
    #expect(reason.hasPrefix("curl: (37)"), "\(reason)")
    // Nothing listens on this port.
    var refused = download([])
    refused.mirrors = ["http://127.0.0.1:9/"]
    guard case .downloadFailed(_, let refusal) = problem(refused) else {
      Issue.record("a file came from a closed port")
      return
    }
    #expect(refusal.hasPrefix("curl: (7)"), "\(refusal)")
    guard case .downloadFailed = problem(download([])) else {
      Issue.record("a file came from no mirror")
      return
    }
  }

  @Test func takesNoMoreThanAnnounced() throws {
    try folder.write([UInt8](repeating: 7, count: 100_000), to: "first/a.gz")
    guard case .downloadFailed = problem(download(["first"])) else {
      Issue.record("a file of the wrong size was fetched")
      return
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty)
  }

  @Test func tellsAnUnwritableCache() throws {
    try folder.write("a file where the folder should be", to: "cache")
    try folder.write(content, to: "first/a.gz")
    guard case .unwritable = problem(download(["first"])) else {
      Issue.record("a file was written below a file")
      return
    }
  }

  @Test func fillsTheCacheOfADataSet() throws {
    func published(_ name: String, _ bytes: [UInt8]) throws -> ImageArchive.File {
      let file = gzipped(bytes)
      try folder.write(file, to: "mirror/" + name + ".gz")
      return .init(name: name, byteCount: file.count, sha256: SHA256.hex(of: file))
    }
    let archive = ImageArchive(
      name: "Tiny", slug: "tiny", folders: ["tiny"], mirrors: ["file://\(folder.path)/mirror/"],
      files: .init(
        trainImages: try published("train-images-idx3-ubyte", idxFile([2, 1, 1], [8, 9])),
        trainLabels: try published("train-labels-idx1-ubyte", idxFile([2], [0, 1])),
        testImages: try published("t10k-images-idx3-ubyte", idxFile([1, 1, 1], [7])),
        testLabels: try published("t10k-labels-idx1-ubyte", idxFile([1], [2]))))
    var places = DataFolders(searched: [], cache: cache, allowsDownload: false)
    #expect(throws: DatasetError.self) { try archive.load(from: places, progress: nil) }
    places.allowsDownload = true
    let fetched = try archive.load(from: places, progress: nil)
    #expect(fetched.train.inputs.bytes == [8, 9])
    #expect(fetched.origin == "Tiny, downloaded to \(cache)/tiny")
    try FileManager.default.removeItem(atPath: folder.path + "/mirror")
    let cached = try archive.load(from: places, progress: nil)
    #expect(cached.train == fetched.train)
    #expect(cached.origin == "Tiny, from \(cache)/tiny")
  }
}
