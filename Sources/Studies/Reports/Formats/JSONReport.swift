import Foundation

/// A report as JSON, for programs. Keys are sorted, so that equal reports are equal texts; numbers that aren't finite
/// are the strings "nan", "inf" and "-inf".
struct JSONReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  /// Ends in a newline.
  var text: String {
    get throws {
      return String(decoding: try JSONEncoder.forFiles.encode(report), as: UTF8.self) + "\n"
    }
  }
}
