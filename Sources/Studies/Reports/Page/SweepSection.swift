import Figures

/// The metric over each setting that arms differ in by a number.
struct SweepSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.sweeps.isEmpty else { return nil }
    let figures = ReportFigures(report)
    let blocks = report.sweeps.map { sweep -> HTML in
      let confidence = ReportTables(report).confidence
      return FigureBlock(
        figures.sweep(sweep), height: 360, narrowHeight: 330,
        caption: "\(ReportWords(report).metric.capitalizedFirst) over <code>\(sweep.path)</code>: mean of the seeds and \(confidence) interval."
      ).html
    }
    return PageSection(id: "sweeps", heading: "Over the setting", content: "\(blocks)")
  }
}
