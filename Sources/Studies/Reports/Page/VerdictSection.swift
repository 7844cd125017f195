import Statistics

/// The comparisons on a common scale, each with its finding, its difference with the interval, and its verdict in
/// words.
package struct VerdictSection: Sendable {
  private let tables: ReportTables

  package init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }
  private var style: ReportStyle { tables.style }

  package var section: PageSection? {
    guard !report.comparisons.isEmpty else { return nil }
    let scale = StripScale(report.comparisons, factor: style.values.style.scale)
    let words = ReportWords(report)
    let rows = report.comparisons.map { row($0, scale, words) }
    let unit = style.values.isPercent ? "percentage points" : ReportStyle.words(report.facts.metric.name)
    let isHigher = report.facts.metric.better == .higher
    let axis: HTML =
      scale.map { scale in
        """
        <li class="axis" aria-hidden="true"><div class="strip">\(scale.labels)</div>
        <p class="sides"><span>← \(isHigher ? "worse" : "better")</span> <span>\(unit)</span> \
        <span>\(isHigher ? "better" : "worse") →</span></p></li>

        """
      } ?? ""
    return PageSection(
      id: "verdicts", heading: "Verdicts",
      content: """
        <p class="lead">Difference in \(words.metric) from \(baselineText), with \(tables.confidence) interval.</p>
        <ul class="verdicts">
        \(rows)\(axis)</ul>

        """)
  }

  private var baselineText: HTML {
    report.baselines.count == 1 ? "<b>\(report.baselines[0])</b>" : "each arm’s own baseline"
  }

  private func row(_ entry: ArmComparison, _ scale: StripScale?, _ words: ReportWords) -> HTML {
    let comparison = entry.comparison
    let finding = entry.verdict.finding
    let number: HTML =
      comparison.meanDifference.map { mean in
        let interval: HTML = comparison.interval.map { " <span class=\"range\">\(tables.interval($0))</span>" } ?? ""
        let unit: HTML = style.values.differenceUnit.isEmpty ? "" : " <small>\(style.values.differenceUnit)</small>"
        return "<b>\(style.values.difference(mean))</b>\(unit)\(interval)"
      } ?? "–"
    let name: HTML =
      report.baselines.count == 1 ? "\(entry.candidate)" : "\(entry.candidate) <small>vs \(entry.baseline)</small>"
    return """
      <li class="\(VerdictStyle.name(finding))">
      <h3>\(Swatch(report, entry.candidate).html)<span>\(name)</span></h3>
      <p class="finding">\(finding.label)</p>
      <div class="strip">\(scale?.strip(comparison) ?? "")</div>
      <p class="number">\(number)</p>
      <p class="sentence">\(words.verdict(entry))</p>
      </li>

      """
  }
}
