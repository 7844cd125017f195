import Figures
import Statistics

/// The differences from the baseline for every seed, and the statistics of them.
struct DifferenceSection: Sendable {
  private let tables: ReportTables

  init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }
  private var style: ReportStyle { tables.style }

  var section: PageSection? {
    guard !report.comparisons.isEmpty else { return nil }
    return PageSection(id: "differences", heading: "Seed by seed", content: figure + table)
  }

  private var figure: HTML {
    guard var plot = ReportFigures(report).differences else { return .empty }
    // The table below has them.
    plot.showsNumbers = false
    let rows = Double(plot.arms.count)
    let selection: HTML =
      plot.arms.count < report.comparisons.count ? "The best \(plot.arms.count) of \(report.comparisons.count). " : ""
    return FigureBlock(
      plot, height: 110 + 44 * rows, narrowHeight: 130 + 44 * rows,
      caption: """
        \(selection)Each dot is one seed: the \(ReportWords(report).metric) of the arm minus that of its baseline. The common effect \
        of a seed on both arms cancels. With dots on both sides of zero, the seed decides which arm looks better.
        """
    ).html
  }

  private var table: HTML {
    let confidence = tables.confidence
    var table = HTMLTable(
      "Comparisons in numbers",
      [
        .init("arm"), .init("difference", .number, hint: "mean over the seeds"),
        report.facts.sequential == nil
          ? .init("t interval", .number, hint: "\(confidence), Student’s t")
          : .init("sequential interval", .number, hint: "\(confidence) at all looks together"),
        .init("bootstrap", .number, hint: "\(confidence), bias-corrected and accelerated where defined"),
        .init("p", .number, hint: "of the deciding test"),
        .init("p, Holm", .number, hint: "adjusted for all comparisons"),
        .init(
          "P(better)", .number, hint: "probability that a run beats one of the baseline, with \(confidence) interval"),
        .init(
          "effect", .number, hint: "Cohen’s d: mean difference divided by the standard deviation of the differences"),
        .init("more seeds", .number, hint: "approximate number of additional seeds needed for a verdict"),
      ], isSortable: report.comparisons.count > 1)
    for entry in report.shownComparisons { table.append(cells(entry)) }
    return table.html
  }

  private func cells(_ entry: ArmComparison) -> [HTMLTable.Cell] {
    let comparison = entry.comparison
    let values = style.values
    func range(_ interval: Interval?) -> HTMLTable.Cell {
      interval.map {
        .init("\(values.difference($0.lower)) to \(values.difference($0.upper))", key: $0.lower, style: "soft")
      } ?? .init("–")
    }
    let name: HTML =
      report.baselines.count == 1 ? "\(entry.candidate)" : "\(entry.candidate) <small>vs \(entry.baseline)</small>"
    let chance = comparison.probabilityOfImprovement
    let chances: HTML =
      chance.interval.map {
        "<small>\(NumberText.decimal($0.lower, places: 2))–\(NumberText.decimal($0.upper, places: 2))</small>"
      } ?? ""
    let unit: HTML = values.differenceUnit.isEmpty ? "" : " <small>\(values.differenceUnit)</small>"
    let more = entry.verdict.moreSeeds
    return [
      .init("\(Swatch(report, entry.candidate).html)\(name)"),
      comparison.meanDifference.map {
        .init("\(values.difference($0))\(unit)", key: $0, style: VerdictStyle.name(entry.verdict.finding))
      } ?? .init("–"),
      range(comparison.interval), range(comparison.bootstrap.map { $0.bca ?? $0.percentile }),
      comparison.test.map { .init("\(PText.value($0.p))", key: $0.p) } ?? .init("–"),
      entry.adjustedP.map { .init("\(PText.value($0))", key: $0) } ?? .init("–"),
      .init("\(NumberText.decimal(chance.value, places: 2))\(chances)", key: chance.value, style: "stacked"),
      comparison.effectSize.map { .init("\(NumberText.signed($0, places: 2))", key: $0) } ?? .init("–"),
      more.map { .init("\(NumberText.count($0))", key: Double($0)) } ?? .init("–"),
    ]
  }
}
