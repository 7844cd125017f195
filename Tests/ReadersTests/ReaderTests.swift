import Foundation
import Readers
import TestSupport
import Testing

/// Inputs that the fuzzer starts from and those that it found, see `make fuzz`: each is read, or refused with an error,
/// and none ends the process.
@Suite(.tags(.unit)) struct ReaderTests {
  private func inputs(_ folder: String, of reader: Reader) throws -> [URL] {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let folder = fixtures.appendingPathComponent(folder).appendingPathComponent(reader.rawValue)
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  @Test(arguments: Reader.allCases) func inputsThatFailedAreReadOrRefused(reader: Reader) throws {
    for input in try inputs("failed", of: reader) {
      #expect(throws: Never.self, "\(input.lastPathComponent)") { try reader.accepts([UInt8](Data(contentsOf: input))) }
    }
  }

  /// Else the fuzzer would have nothing to begin with.
  @Test(arguments: Reader.allCases) func seedsAreAccepted(reader: Reader) throws {
    let accepted = try inputs("seeds", of: reader).filter { try reader.accepts([UInt8](Data(contentsOf: $0))) }
    #expect(accepted.count >= 1)
  }

  /// A few steps of what the fuzzer does, the same each time: bytes changed, cut, repeated, and taken from other seeds.
  @Test(arguments: [Reader.csv, .table, .log]) func changedSeedsAreReadOrRefused(reader: Reader) throws {
    let seeds = try inputs("seeds", of: reader).sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    var random = Mutations(state: 7)
    for _ in 0..<300 {
      var input = random.element(of: seeds)
      for _ in 0...random.below(6) { random.change(&input, seeds) }
      #expect(throws: Never.self, "\(String(decoding: input, as: UTF8.self).debugDescription)") {
        try reader.accepts(input)
      }
    }
  }
}

/// Random changes of text in columns.
private struct Mutations {
  private static let words = [
    ",", ";", "\t", "|", "\n", "\r\n", "\"", "\"\"", "\0", "NaN", "inf", "1e308", "-1e-320", "1,5", "NA", "#", "0", "-",
    "2024-01-31", "10:00", "é", "\u{feff}", "x", "y", "a", "test", "train", "99999999999999999999", " ", "p", "u",
  ].map { Array($0.utf8) }

  /// Marsaglia's xorshift.
  var state: UInt64

  mutating func below(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, count)))
  }

  mutating func element<Element>(of list: [Element]) -> Element { list[below(list.count)] }

  mutating func change(_ input: inout [UInt8], _ seeds: [[UInt8]]) {
    let start = below(input.count + 1)
    let end = start + below(min(12, input.count - start + 1))
    switch below(6) {
    case 0: input.insert(contentsOf: element(of: Self.words), at: start)
    case 1: input.replaceSubrange(start..<end, with: element(of: Self.words))
    case 2: input.removeSubrange(start..<end)
    case 3: input.insert(contentsOf: input[start..<end], at: below(input.count + 1))
    case 4: input = Array(input.prefix(start)) + element(of: seeds).suffix(below(200))
    default: if start < input.count { input[start] = UInt8(below(256)) }
    }
  }
}
