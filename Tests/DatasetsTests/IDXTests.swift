import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("IDX files", .tags(.unit))
struct IDXTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func problem(_ bytes: [UInt8], rank: Int? = 3) throws -> DatasetProblem? {
    let path = try folder.write(bytes, to: "x-idx3-ubyte")
    do throws(DatasetError) {
      _ = try IDX.read(path, rank: rank)
      return nil
    } catch {
      #expect(error.path == path)
      return error.problem
    }
  }

  @Test(arguments: [false, true]) func readsPlainAndCompressed(compressed: Bool) throws {
    let file = idxFile([2, 2, 3], Array(1...12))
    let path = try folder.write(compressed ? gzipped(file) : file, to: "a")
    let array = try IDX.read(path, rank: 3)
    #expect(array == (try HostArray(Array(1...12) as [UInt8], shape: [2, 2, 3])))
  }

  @Test func readsSeveralGzipMembers() throws {
    let file = idxFile([4], [9, 8, 7, 6])
    let path = try folder.write(gzipped(Array(file[..<6])) + gzipped(Array(file[6...])), to: "a.gz")
    #expect(try IDX.read(path).bytes == [9, 8, 7, 6])
  }

  @Test(arguments: [false, true]) func tellsTruncation(compressed: Bool) throws {
    let wrap: ([UInt8]) -> [UInt8] = { compressed ? gzipped($0) : $0 }
    let file = idxFile([2, 2, 3], Array(1...12))
    #expect(
      try problem(wrap(Array(file.dropLast())))
        == .truncated(part: "the data of shape [2, 2, 3]", expected: 12, actual: 11))
    #expect(try problem(wrap(Array(file.prefix(9)))) == .truncated(part: "the header", expected: 16, actual: 9))
    #expect(try problem(wrap([0, 0])) == .truncated(part: "the magic number", expected: 4, actual: 2))
    #expect(try problem(wrap(file + [0])) == .tooLong(part: "the data of shape [2, 2, 3]", expected: 12))
  }

  @Test func tellsWrongMagicAndElements() throws {
    #expect(
      try problem(idxFile([4], [1, 2, 3, 4]))
        == .wrongMagic(format: "an IDX file of 3 axes", expected: "00 00 08 03", actual: "00 00 08 01"))
    #expect(
      try problem(Array("<!DOCTYPE html>".utf8), rank: nil)
        == .wrongMagic(
          format: "an IDX file", expected: "00 00 08 and the number of axes", actual: "3c 21 44 4f"))
    #expect(
      try problem(idxFile([1, 1, 1], [0, 0, 0, 0], type: 0x0d))
        == .wrongElementType(found: "float32", wanted: [.uint8]))
  }

  @Test func survivesImpossibleShapes() throws {
    let huge = 0xffff_ffff
    #expect(try problem(idxFile([huge, huge, huge], [1])) == .oversizedShape([huge, huge, huge]))
    let claim = DatasetProblem.truncated(
      part: "the data of shape [\(huge), 28, 28]", expected: huge * 784, actual: 1)
    #expect(try problem(idxFile([huge, 28, 28], [1])) == claim)
    #expect(try problem(gzipped(idxFile([huge, 28, 28], [1]))) == claim)
    // One byte less than a number can count.
    let most = [6, 715_827_883, 2_147_483_647]
    let edge = DatasetProblem.truncated(part: "the data of shape \(most)", expected: Int.max - 1, actual: 1)
    #expect(try problem(idxFile(most, [1])) == edge)
    #expect(try problem(gzipped(idxFile(most, [1]))) == edge)
  }

  @Test func tellsDamagedGzip() throws {
    let whole = gzipped(idxFile([1, 50, 50], (0..<2500).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }))
    for end in [2, 10, 19, whole.count / 2, whole.count - 1] {
      guard case .corruptCompression(_, let reason) = try problem(Array(whole[..<end])) else {
        Issue.record("a gzip file cut at \(end) was taken")
        continue
      }
      #expect(reason == "they break off before their end")
    }
    var flipped = whole
    flipped[whole.count - 6] ^= 1
    guard case .corruptCompression(_, "incorrect data check") = try problem(flipped) else {
      Issue.record("a wrong check sum was taken")
      return
    }
    var header = whole
    header[2] = 7
    guard case .corruptCompression = try problem(header) else {
      Issue.record("an unknown compression method was taken")
      return
    }
  }

  @Test func stopsInflatingAtTheAnnouncedSize() throws {
    // 64 MB of zeros behind a header that announces four bytes.
    let bomb = gzipped(idxFile([1, 2, 2], [UInt8](repeating: 0, count: 64 << 20)))
    #expect(try problem(bomb) == .tooLong(part: "the data of shape [1, 2, 2]", expected: 4))
  }

  @Test func tellsAMissingFile() throws {
    do throws(DatasetError) {
      _ = try IDX.read(folder.path + "/nothing")
      Issue.record("a missing file was read")
    } catch {
      #expect(error.problem == .unreadable(reason: "there is no such file or folder"))
      #expect(error.description.hasPrefix(folder.path + "/nothing: it can't be read"))
    }
    #expect(throws: DatasetError.self) { try IDX.read(folder.path) }
  }
}
