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
}
