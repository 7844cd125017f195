import Foundation
import TestSupport
import Testing

/// Names in tables that no compiler sees.
@Suite(.tags(.unit)) struct NameTests {
  /// Types and functions in the right column of the tables for people who come from other libraries.
  @Test func translatedNamesExist() throws {
    let sources = try Sources.files(under: "Sources", suffix: ".swift").map { try Sources.text($0) }.joined()
    let known = Set(
      sources.matches(of: /\b(?:struct|class|enum|protocol|func|var|let|case|typealias) `?(\w+)/).map { String($0.1) })
    let rows = try Sources.text("docs/coming-from.md").matches(of: /(?m)^\| .* \| (.*) \|$/)
    #expect(rows.count > 50)
    for row in rows {
      for code in row.1.matches(of: /`([^`]+)`/) {
        let text = code.1.replacing(/"[^"]*"/, with: "")
        // Types, and what is called or selected.
        for name in text.matches(of: /\b([A-Z]\w+)|\b([a-z]\w+)\(|\.([a-z]\w+)/) {
          let word = String(name.1 ?? name.2 ?? name.3 ?? "")
          #expect(known.contains(word) || Self.others.contains(word), "\(word) in \(code.1)")
        }
      }
    }
  }

  /// Swift's own, names of the notation, other libraries' in explanations, and what stands for the reader's.
  private static let others: Set<String> = [
    "Float", "NLAT1", "Tanren", "Win", "f", "lorenz", "reservoirPrediction", "test", "train",
  ]
}
