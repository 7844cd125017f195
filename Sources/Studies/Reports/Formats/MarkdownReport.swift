import Figures

/// A report as GitHub-flavoured Markdown.
struct MarkdownReport: Sendable {
  private let tables: ReportTables

  init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }

  var text: String {
    let facts = report.facts
    let words = ReportWords(report)
    var parts = [
      "# \(escaped(facts.title))", escaped(report.headline), words.sentences.map(escaped).joined(separator: " "),
    ]
    if !report.comparisons.isEmpty {
      parts.append("## Verdicts")
      parts.append(words.verdicts.map { "- \(escaped($0))" }.joined(separator: "\n"))
      parts.append(tables.comparisons.markdown())
    }
    parts += ["## Results", tables.results.markdown()]
    if !report.published.isEmpty { parts += ["## Published values", tables.published.markdown(), words.publishedNote] }
    if !facts.failures.isEmpty {
      let failures = facts.failures.map { escaped("\($0.arm), seed \($0.seed): \($0.message)") }
      parts += ["## Failed runs", failures.map { "- \($0)" }.joined(separator: "\n")]
    }
    parts += ["## Costs", tables.costs.markdown()]
    if !facts.environment.isEmpty { parts += ["## Environment", tables.environment.markdown()] }
    if !facts.command.isEmpty { parts += ["## Reproduce", fenced(facts.command)] }
    parts += ["## Methods", words.method.map(escaped).joined(separator: " ")]
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.filter { !$0.isEmpty }.joined(
      separator: "\n\n")
      + "\n"
  }

  /// Text whose characters all stand for themselves, also at the start of a line.
  private func escaped(_ text: String) -> String {
    let line = Markup.markdown(text)
    return line.first.map { "#+-=>".contains($0) } ?? false ? "\\" + line : line
  }

  private func fenced(_ text: String) -> String {
    var fence = "```"
    while text.contains(fence) { fence += "`" }
    return "\(fence)sh\n\(text)\n\(fence)"
  }
}
