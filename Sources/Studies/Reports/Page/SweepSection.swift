import Figures

/// The metric by each numeric setting in which the arms differ.
struct SweepSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.sweeps.isEmpty else { return nil }
    let figures = ReportFigures(report)
    let blocks = report.sweeps.map { sweep -> HTML in
      let spread = sweep.lines.count > 1 ? "their range" : "\(ReportTables(report).confidence) interval"
      return FigureBlock(
        figures.sweep(sweep), height: 360, narrowHeight: 330,
        caption:
          "\(ReportWords(report).metric.capitalizedFirst) by <code>\(sweep.path)</code>: mean over seeds with \(spread)."
      ).html
    }
    return PageSection(id: "sweeps", heading: "Sweeps", content: "\(blocks)")
  }
}
