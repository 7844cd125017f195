import Figures

/// A report for a terminal: the answer first, then the verdicts, tables and a plot.
public struct TerminalReport: Sendable {
  private let report: StudyReport
  private let terminal: Terminal

  public init(_ report: StudyReport, terminal: Terminal = Terminal(isInteractive: false)) {
    self.report = report
    self.terminal = terminal
  }

  /// - Parameter chart: whether to draw the metric over the epochs.
  public func text(chart: Bool = false) -> String {
    let tables = ReportTables(report, isCompact: true)
    let words = ReportWords(report)
    let colors = terminal.colors
    var parts = [
      TerminalText.styled(Markup.terminal(report.facts.title), .strong, colors: colors) + "\n"
        + wrapped(report.headline) + wrapped(words.sentences.joined(separator: " "))
    ]
    if chart, report.facts.isTraining, let figure = ReportFigures(report).curves(of: report.facts.metric.name) {
      parts.append(TerminalChart(figure, width: min(terminal.width, 100)).text(colors: colors))
    }
    parts.append(tables.results.text(colors: colors))
    if !report.comparisons.isEmpty {
      parts.append(words.verdicts.map { wrapped("· " + $0, indent: 2) }.joined())
    }
    if !report.published.isEmpty {
      parts.append(tables.published.text(colors: colors) + wrapped(words.publishedNote))
    }
    parts.append(tables.costs.text(colors: colors))
    if !report.facts.failures.isEmpty {
      parts.append(
        report.facts.failures.map { wrapped("failed: \($0.arm), seed \($0.seed): \($0.message)", indent: 2) }.joined())
    }
    if !report.facts.command.isEmpty { parts.append("again: \(Markup.terminal(report.facts.command))\n") }
    return parts.joined(separator: "\n")
  }

  /// Lines no wider than the terminal, those after the first indented.
  private func wrapped(_ text: String, indent: Int = 0) -> String {
    let width = max(20, min(terminal.width, 100))
    var lines: [String] = []
    var line = ""
    for word in Markup.terminal(text).split(separator: " ") {
      let margin = lines.isEmpty ? 0 : indent
      if !line.isEmpty, margin + DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
        lines.append(String(repeating: " ", count: margin) + line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty { lines.append(String(repeating: " ", count: lines.isEmpty ? 0 : indent) + line) }
    return lines.map { $0 + "\n" }.joined()
  }
}
