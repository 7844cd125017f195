import Figures

/// What a report can be written as.
public enum ReportFormat: String, Sendable, Hashable, CaseIterable {
  /// One page that needs nothing else, with figures.
  case html
  case markdown
  /// One row per arm, numbers with all their digits. With a search, also the settings found and what trials cost.
  case csv
  /// One row per value: arm, seed, epoch, metric, value.
  case csvRuns = "csv-runs"
  /// What a search's budget buys: one row per arm and number of trials. No rows for a study without a search.
  case csvBudgets = "csv-budgets"
  /// Everything; keys are those of ``StudyReport``, sorted.
  case json
  /// Tables for a paper; needs the packages `booktabs` and `amssymb`.
  case latex
  /// As a person reads it in a terminal.
  case terminal

  /// What a file's name ends with, without the dot.
  public var fileExtension: String {
    switch self {
    case .html: "html"
    case .markdown: "md"
    case .csv, .csvRuns, .csvBudgets: "csv"
    case .json: "json"
    case .latex: "tex"
    case .terminal: "txt"
    }
  }
}

extension StudyReport {
  /// The report in a format.
  /// - Throws: `EncodingError` for JSON that can't be written.
  public func text(_ format: ReportFormat) throws -> String {
    switch format {
    case .html: ReportPage(self).html.text
    case .markdown: MarkdownReport(self).text
    case .csv: CSVReport(self).summary
    case .csvRuns: CSVReport(self).runs
    case .csvBudgets: CSVReport(self).budgets
    case .json: try JSONReport(self).text
    case .latex: LaTeXReport(self).text
    case .terminal: TerminalReport(self).text()
    }
  }
}
