import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("CIFAR-10 and CIFAR-100", .tags(.unit))
struct CIFARTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func places(_ searched: String...) -> DataFolders {
    DataFolders(searched: searched, cache: folder.path + "/cache", allowsDownload: false)
  }

  /// A record whose red, green and blue values count up from 0, 1 and 2, row by row.
  private func record(_ labels: UInt8...) -> [UInt8] {
    labels + (0..<3).flatMap { channel in (0..<1024).map { UInt8(truncatingIfNeeded: $0 + channel) } }
  }

  private static let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]

  /// A small CIFAR-10: one record per file, of classes 1 to 5, and 9 for testing.
  private var files: [(name: String, bytes: [UInt8])] {
    zip(Self.names, [1, 2, 3, 4, 5, 9] as [UInt8]).map { ($0, record($1)) }
  }

  private func write(_ files: [(name: String, bytes: [UInt8])], in place: String) throws {
    for file in files { try folder.write(file.bytes, to: place + "/" + file.name) }
  }

  private func checkSmall(_ data: DatasetPair) throws {
    #expect(data.name == "CIFAR-10")
    #expect(data.classNames.count == 10)
    #expect(data.train.inputs.shape == [5, 32, 32, 3])
    #expect(data.train.inputs.dtype == .uint8)
    #expect(try data.train.labels() == [1, 2, 3, 4, 5])
    #expect(try data.test.labels() == [9])
    // Colours side by side, in rows.
    #expect(Array(data.test.inputs.bytes.prefix(6)) == [0, 1, 2, 1, 2, 3])
    #expect(Array(data.train.inputs.bytes[(3072 + 96)..<(3072 + 99)]) == [32, 33, 34])
  }

  @Test(.enabled(if: Locations.data("cifar10") != nil)) func readsTheRealFiles() throws {
    // With the machine's own cache, since the archive takes long to unpack.
    var places = DataFolders()
    places.searched = [try #require(Locations.data("cifar10"))]
    let data = try CIFAR10.load(from: places)
    #expect(data.train.inputs.shape == [50_000, 32, 32, 3])
    #expect(data.test.inputs.shape == [10_000, 32, 32, 3])
    // As keras.datasets.cifar10 has them.
    #expect(Array(try data.train.labels().prefix(10)) == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
    #expect(Array(try data.test.labels().prefix(10)) == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
    #expect(Array(data.train.inputs.bytes.prefix(6)) == [59, 62, 63, 43, 46, 45])
    for labels in [try data.train.labels(), try data.test.labels()] {
      let counts = labels.reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1)] += 1 }
      #expect(Set(counts) == [labels.count / 10])
    }
    #expect(data.origin.hasPrefix("CIFAR-10, from "))
  }

  @Test(arguments: ["", "/cifar10", "/cifar-10-batches-bin", "/cifar10/cifar-10-batches-bin"])
  func readsFolders(below: String) throws {
    try write(files, in: "data" + below)
    try checkSmall(CIFAR10.load(from: places(folder.path + "/elsewhere", folder.path + "/data")))
  }

  @Test(arguments: [
    "cifar-10-binary.tar.gz", "cifar10/cifar-10-binary.tar.gz", "cifar-10-batches-bin.tar", "cifar-10-binary.tar.xz",
    "cifar10/cifar-10-binary.tgz",
  ])
  func readsArchives(name: String) throws {
    let tar = tarArchive(files.map { ("cifar-10-batches-bin/" + $0.name, $0.bytes) })
    let packed = name.hasSuffix("gz") ? gzipped(tar) : name.hasSuffix("xz") ? xzPacked(tar) : tar
    try folder.write(packed, to: "data/" + name)
    let data = try CIFAR10.load(from: places(folder.path + "/data"))
    try checkSmall(data)
    #expect(data.origin == "CIFAR-10, from \(folder.path)/data/\(name)")
    // A second time without unpacking: another archive in its place is seen all the same.
    try checkSmall(CIFAR10.load(from: places(folder.path + "/data")))
    let other = tarArchive(zip(Self.names, [7, 7, 7, 7, 7, 7] as [UInt8]).map { ($0, record($1) + record($1)) })
    try folder.write(name.hasSuffix("z") ? gzipped(other) : other, to: "data/" + name)
    #expect(try CIFAR10.load(from: places(folder.path + "/data")).test.labels() == [7, 7])
  }

  @Test func readsOneHundredClasses() throws {
    try write(
      [("train.bin", record(11, 35) + record(19, 99)), ("test.bin", record(0, 4))], in: "data/cifar-100-binary")
    let here = places(folder.path + "/data")
    let fine = try CIFAR100.load(from: here)
    #expect(try fine.train.labels() == [35, 99])
    #expect(fine.train.classCount == 100)
    #expect((fine.classNames[35], fine.classNames[99]) == ("girl", "worm"))
    let coarse = try CIFAR100.load(labels: .coarse, from: here)
    #expect(try coarse.train.labels() == [11, 19])
    #expect((coarse.train.classCount, coarse.classNames.count) == (20, 20))
    #expect(try coarse.test.labels() == [0])
    // Ambiguous names are only taken in a folder whose name identifies them.
    try write([("train.bin", record(1, 1)), ("test.bin", record(1, 1))], in: "plain")
    #expect(throws: DatasetError.self) { try CIFAR100.load(from: places(folder.path + "/plain")) }
    #expect(try CIFAR100.load(from: places(folder.path + "/data/cifar-100-binary")).train.count == 2)
  }

  @Test func refusesWhatIsNoLabel() throws {
    var damaged = files
    damaged[2].bytes += record(10)
    try write(damaged, in: "cifar10")
    let path = folder.path + "/cifar10/data_batch_3.bin"
    #expect(throws: DatasetError(.labelOutOfRange(record: 1, label: 10, classCount: 10), path: path)) {
      try CIFAR10.load(from: places(folder.path))
    }
  }

  @Test(arguments: [0, 1, 3072, 3074, 6145]) func refusesPartsOfRecords(length: Int) throws {
    var damaged = files
    damaged[5].bytes = [UInt8](repeating: 1, count: length)
    try write(damaged, in: "cifar10")
    let error = #expect(throws: DatasetError.self) { try CIFAR10.load(from: places(folder.path)) }
    #expect(error?.problem == .partialRecord(size: 3073, actual: length))
    #expect(error?.path == folder.path + "/cifar10/test_batch.bin")
    #expect(error?.description.contains("\(length) bytes long, which isn't a whole number of records of 3073") == true)
  }

  @Test func saysWhereItLooked() throws {
    let error = #expect(throws: DatasetError.self) { try CIFAR10.load(from: places("/somewhere")) }
    #expect(
      error?.problem
        == .notFound(
          name: "CIFAR-10", searched: ["/somewhere", folder.path + "/cache/cifar10"], downloadAllowed: false))
  }

  @Test func refusesDamagedArchives() throws {
    func problem(_ bytes: [UInt8]) throws -> DatasetProblem? {
      try folder.write(bytes, to: "data/cifar-10-binary.tar.gz")
      return #expect(throws: DatasetError.self) { try CIFAR10.load(from: places(folder.path + "/data")) }?.problem
    }
    let tar = tarArchive(files.map { ($0.name, $0.bytes) })
    var packed = gzipped(tar)
    #expect(try problem(Array(packed.prefix(packed.count / 2))).map(isCorrupt) == true)
    packed[packed.count / 2] ^= 0x55
    #expect(try problem(packed).map(isCorrupt) == true)
    #expect(try problem(Array("no archive at all, nor anything else of use".utf8)) != nil)
    #expect(
      try problem(gzipped(Array(tar.prefix(5000))))
        == .truncated(part: "the member", expected: 3073, actual: 392))
    if case .missingMember(name: "data_batch_2.bin", _) = try problem(gzipped(tarArchive([files[0]]))) {
    } else {
      Issue.record("a missing member isn't reported")
    }
    // Six magic bytes of xz and nothing right after them.
    let xz = try problem([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3])
    #expect(xz.map(isCorrupt) == true)
    // Nothing of a damaged archive is left to be taken for a whole one.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/data/unpacked"))
  }

  private func isCorrupt(_ problem: DatasetProblem) -> Bool {
    if case .corruptCompression = problem { true } else { false }
  }

  @Test func catalogedByName() throws {
    try write(files, in: "cifar10")
    let source = try Registry<any DataSource>.all.build(MethodSpec(parsing: "cifar10"))
    try checkSmall(source.load(from: places(folder.path), progress: nil))
    #expect(throws: ConfigurationError.self) {
      try Registry<any DataSource>.all.build(MethodSpec(parsing: "cifar100(labels: rough)"))
    }
  }
}
