import Files
import PJRT

/// What is wrong with some data, where in it, and what mends it.
public enum DatasetProblem: Equatable, Sendable {
  // Files
  case unreadable(reason: String)
  case unwritable(FileFailure)
  case truncated(part: String, expected: Int, actual: Int)
  case tooLong(part: String, expected: Int)
  case corruptCompression(byte: Int, reason: String)
  case wrongMagic(format: String, expected: String, actual: String)
  case malformedHeader(format: String, reason: String)
  case unsupported(feature: String)
  case wrongElementType(found: String, wanted: [DType])
  case wrongRank(found: [Int], wanted: String)
  case oversizedShape([Int])
  case missingMember(name: String, available: [String])
  case duplicateMember(name: String)
  /// A name in an archive that leads out of the folder it is unpacked to.
  case unsafeMember(name: String)
  case partialRecord(size: Int, actual: Int)
  case malformedField(line: Int, column: Int, text: String)
  case wrongFieldCount(line: Int, expected: Int, actual: Int)
  case missingColumn(name: String, available: [String])
  case noRows

  // Finding and fetching
  case notFound(name: String, searched: [String], downloadAllowed: Bool)
  case downloadFailed(address: String, reason: String)
  case checksumMismatch(expected: String, actual: String)

  // Contents
  case countMismatch(inputs: Int, targets: Int)
  case labelOutOfRange(record: Int, label: Int, classCount: Int)
  case unknownLabel(record: Int, label: String, known: [String])
  /// Images that seem to have their channels before their rows.
  case channelsFirst(shape: [Int])
  case featureMismatch(fitted: [Int], actual: [Int])
  case invalidArgument(name: String, value: String, allowed: String)
}
