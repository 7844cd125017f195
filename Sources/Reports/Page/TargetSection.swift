import Figures
import Statistics

/// How soon each arm reaches the targets, compared with its baseline seed by seed; nothing if no run reaches any.
struct TargetSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    var table = HTMLTable(
      "Targets, compared seed by seed",
      [
        .init("arm"), .init("target", .number), .init("sooner", .number, hint: "seeds with which the arm is sooner"),
        .init("later", .number, hint: "seeds with which its baseline is sooner"),
        .init("undecided", .number, hint: "seeds with which both reach it in the same epoch, or neither does"),
        .init("p, sign test", .number, hint: "exact, over the common seeds; not adjusted"),
        .init("p, log-rank", .number, hint: "approximate, over all runs; not adjusted"),
      ], isSortable: true)
    for entry in report.shownComparisons {
      for (index, target) in report.facts.targets.enumerated() {
        guard let comparison = report.targetComparison(entry, target: index) else { continue }
        table.append(cells(entry, target, comparison))
      }
    }
    guard !table.rows.isEmpty else { return nil }
    let lead: HTML = """
      <p class="lead">The number of seeds with which an arm reaches a target sooner or later than its baseline.</p>

      """
    return PageSection(id: "targets", heading: "Targets", content: lead + table.html)
  }

  private func cells(_ entry: ArmComparison, _ target: Double, _ comparison: TargetComparison) -> [HTMLTable.Cell] {
    func count(_ number: Int) -> HTMLTable.Cell { .init("\(number)", key: Double(number)) }
    func p(_ test: SignificanceTest?) -> HTMLTable.Cell {
      test.map { .init("\(PText.value($0.p))", key: $0.p) } ?? .init("–")
    }
    let name: HTML =
      report.baselines.count == 1 ? "\(entry.candidate)" : "\(entry.candidate) <small>vs \(entry.baseline)</small>"
    return [
      .init("\(Swatch(report, entry.candidate).html)\(name)"),
      .init("\(ReportTables.target(target, report.facts.metric.name))", key: target), count(comparison.sooner),
      count(comparison.later), count(comparison.undecided), p(comparison.signTest), p(comparison.logRank),
    ]
  }
}

extension StudyReport {
  /// How soon the arms of a comparison reach a target.
  /// - Parameter index: that of the target in ``StudyFacts/targets``.
  /// - Returns: `nil` if an arm has no trained run, or no run of either reaches the target.
  func targetComparison(_ entry: ArmComparison, target index: Int) -> TargetComparison? {
    guard let candidate = arm(entry.candidate), let baseline = arm(entry.baseline),
      let times = try? [candidate, baseline].map({ try ArmReport.targetTimes(of: $0.runs, target: index) }),
      times.joined().contains(where: \.value.isReached)
    else { return nil }
    return try? TargetComparison(candidate: times[0], baseline: times[1])
  }
}
