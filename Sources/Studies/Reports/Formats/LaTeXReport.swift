import Figures

/// The tables of a report for a paper, in the style of `booktabs`.
struct LaTeXReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var text: String {
    let tables = ReportTables(report)
    let words = ReportWords(report)
    var parts = [
      "% Needs \\usepackage{booktabs,amssymb}.", float(tables.results, caption: words.resultsCaption, label: "results"),
    ]
    if !report.comparisons.isEmpty {
      parts.append(float(tables.comparisons, caption: words.comparisonsCaption, label: "comparisons"))
    }
    if !report.published.isEmpty {
      parts.append(float(tables.published, caption: words.publishedNote, label: "published"))
    }
    parts.append(float(tables.costs, caption: "Cost of the runs; times are medians.", label: "costs"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func float(_ table: TextTable, caption: String, label: String) -> String {
    """
    \\begin{table}
      \\centering
      \\caption{\(Markup.latex(caption))}
      \\label{tab:\(label)}
    \(table.latex().split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    \\end{table}
    """
  }
}
