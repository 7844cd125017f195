import Foundation

/// A report as JSON, for programs. Keys are sorted, so that equal reports are equal texts; numbers that aren't finite
/// are the strings "NaN", "Infinity" and "-Infinity".
struct JSONReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  /// Ends in a newline.
  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }
  }
}
