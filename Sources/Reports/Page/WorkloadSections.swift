import Figures
import Statistics

/// The performance profiles of a study with workloads, and each arm's score.
package struct ProfileSection: Sendable {
  let report: StudyReport

  package init(_ report: StudyReport) { self.report = report }

  package var section: PageSection? {
    guard let found = report.workloads else { return nil }
    let words = WorkloadWords(found)
    var table = HTMLTable(
      "Score of each arm, and its time to each target over the fastest arm’s",
      [
        .init("arm"), .init("score", .number, hint: "area below the profile, 1 at most"),
        .init("targets", .number, hint: "reached with more than half of the seeds"),
      ]
        + found.workloads.map {
          .init("\($0.name)", .number, hint: "gradient evaluations to the target, over the fastest arm’s")
        }, isSortable: true)
    for (rank, arm) in found.ranking.enumerated() {
      let reached = found.reached(arm)
      table.append(
        [
          .init("\(WorkloadSwatch(found, arm).html)\(arm)"), .init("\(words.score(arm))", key: found.scores[arm]),
          .init("\(reached) of \(found.workloads.count)", key: Double(reached)),
        ]
          + found.workloads.map { workload in
            let ratio = found.profile.ratios[arm]?[workload.name] ?? .infinity
            return .init(
              "\(words.ratio(arm, workload.name))", key: min(ratio, 1e9), style: ratio.isFinite ? "" : "soft")
          }, style: rank == 0 ? "leader" : "")
    }
    let figure = FigureBlock(found.chart(), height: 440, narrowHeight: 420)
    return PageSection(
      id: "profiles", heading: "Performance profiles",
      content: "<p class=\"lead\">\(words.lead)</p>\n\(figure.html)\(table.html)")
  }
}

/// An arm has the colour of its place among the arms on every workload.
private struct WorkloadSwatch {
  let html: HTML

  init(_ found: WorkloadsReport, _ arm: String) {
    html = Swatch(slot: found.arms.firstIndex(of: arm) ?? 0).html
  }
}

/// What a study found on one workload: scores, times and verdicts, the learning curves, and the settings.
struct WorkloadSection: Sendable {
  private let workload: WorkloadReport
  private let words: WorkloadWords

  init(_ workload: WorkloadReport, of found: WorkloadsReport) {
    (self.workload, words) = (workload, WorkloadWords(found))
  }

  private var report: StudyReport { workload.report }

  var section: PageSection {
    let settings: HTML =
      workload.settings.isEmpty ? .empty : "<p class=\"lead\"><code>\(words.settings(workload))</code></p>\n"
    return PageSection(
      id: "workload-\(workload.name)", heading: "\(workload.name)",
      content:
        "<p class=\"lead\">\(words.lead(workload))</p>\n\(settings)\(table.html)\(Self.curves(workload))\(details)")
  }

  /// The metric over the epochs, with the target.
  static func curves(_ workload: WorkloadReport) -> HTML {
    let (report, name) = (workload.report, workload.report.facts.metric.name)
    guard report.facts.isTraining, var chart = ReportFigures(report).curves(of: name) else { return .empty }
    chart.y.label = ReportStyle.words(name)
    chart.references.append(ReferenceLine(.horizontal, at: workload.target, label: "target"))
    let caption: HTML =
      report.arms.contains { $0.runs.count > 1 } ? "Mean of the seeds; each arm with its own settings." : .empty
    return FigureBlock(chart, height: 360, narrowHeight: 360, caption: caption).html
  }

  private var table: HTMLTable {
    let tables = ReportTables(report)
    let values = tables.style.values
    var table = HTMLTable(
      "Scores, times to the target and verdicts on \(workload.name)",
      [
        .init("arm"), .init("score", .number, hint: "mean with \(tables.confidence) interval"),
        .init("evaluations", .number, hint: "median gradient evaluations to the target"),
        .init("time", .number, hint: "median time to the target, of training and evaluation"),
        .init("missed", .number, hint: "seeds that never reach the target"),
        .init("difference", .number, hint: "from the baseline, mean over the seeds"),
        .init("p", .number, hint: "adjusted by Holm’s method for the comparisons of this workload"),
        .init("verdict"),
      ], isSortable: true)
    let leader = tables.bestArm
    for arm in report.arms {
      let summary = arm.summary(report.facts.metric.reading)
      let margin: HTML = summary?.interval.map { "<small>± \(values.bare($0.width / 2))</small>" } ?? ""
      var cells: [HTMLTable.Cell] = [
        .init("\(Swatch(report, arm.name).html)\(arm.name)"),
        summary.map { .init("\(values.text($0.mean))\(margin)", key: $0.mean, style: "stacked") } ?? .init("–"),
      ]
      cells += time(workload.times[arm.name]) + verdict(arm.name, values)
      table.append(cells, style: arm.name == leader ? "leader" : "")
    }
    return table
  }

  private func time(_ time: TimeToTarget?) -> [HTMLTable.Cell] {
    guard let time else { return [.init("–"), .init("–"), .init("–")] }
    let isReached = time.gradients.isFinite
    return [
      .init("\(WorkloadWords.count(time.gradients))", key: min(time.gradients, 1e18), style: isReached ? "" : "soft"),
      .init("\(isReached ? NumberText.duration(time.seconds) : "–")", key: isReached ? time.seconds : nil),
      .init("\(time.missed) of \(time.runs)", key: Double(time.missed), style: time.missed > 0 ? "" : "soft"),
    ]
  }

  private func verdict(_ arm: String, _ values: ReportStyle.Values) -> [HTMLTable.Cell] {
    guard let entry = report.comparisons.first(where: { $0.candidate == arm }) else {
      return [.init(""), .init(""), .init(report.baselines.contains(arm) ? "baseline" : "–", style: "soft")]
    }
    let style = VerdictStyle.name(entry.verdict.finding)
    let unit: HTML = values.differenceUnit.isEmpty ? "" : " <small>\(values.differenceUnit)</small>"
    return [
      entry.comparison.meanDifference.map { .init("\(values.difference($0))\(unit)", key: $0, style: style) }
        ?? .init("–"),
      entry.adjustedP.map { .init("\(PText.value($0))", key: $0) } ?? .init("–"),
      .init("\(entry.verdict.finding.label)", style: style),
    ]
  }

  private var details: HTML {
    var parts: [(title: String, content: HTML)] = []
    if let search = report.search {
      let words = SearchWords(search)
      let lead = report.facts.notes.first ?? words.lead
      let warnings: HTML =
        words.warnings.isEmpty ? "" : "<ul class=\"warned\">\(words.warnings.map { "<li>⚠ \($0)</li>" as HTML })</ul>\n"
      parts.append(
        (
          "Settings found",
          "<p class=\"lead\">\(lead)</p>\n\(SearchSection(report).found(search, words).html)\(warnings)"
        ))
    }
    if let settings = SettingSection(report).section { parts.append(("All settings", settings.content)) }
    let details = parts.map { part -> HTML in
      "<details class=\"plan\"><summary>\(part.title)</summary>\n\(part.content)</details>\n"
    }
    return "\(details)"
  }
}

extension WorkloadsReport {
  /// The sections of a page, between its header and how to repeat the study.
  func sections(_ report: StudyReport) -> [PageSection] {
    let failures = workloads.compactMap { workload in
      FailureSection(workload.report).section.map { "<h3>\(workload.name)</h3>\n\($0.content)" as HTML }
    }
    return [ProfileSection(report).section].compactMap(\.self)
      + workloads.map { WorkloadSection($0, of: self).section }
      + (failures.isEmpty
        ? [] : [PageSection(id: "failures", heading: "Runs without a result", content: failures.joined())])
  }

  /// The learning curves of all workloads.
  var curves: HTML {
    workloads.map { "<h3>\($0.name)</h3>\n\(WorkloadSection.curves($0))" as HTML }.joined()
  }
}
