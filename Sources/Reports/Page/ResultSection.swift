import Figures
import Statistics

/// The table of results, one row per arm.
struct ResultSection: Sendable {
  private let tables: ReportTables

  init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }
  private var style: ReportStyle { tables.style }

  var section: PageSection? {
    let facts = report.facts
    let name = ReportStyle.words(facts.metric.name)
    let hasDivergence = report.arms.contains { $0.diverged > 0 }
    let hasComparisons = !report.comparisons.isEmpty
    var columns: [HTMLTable.Column] = [.init("arm"), .init("runs", .number)]
    if hasDivergence { columns.append(.init("diverged", .number)) }
    columns +=
      facts.isTraining
      ? [
        .init("last epoch", .number, hint: "mean \(name) after the last epoch, with \(tables.confidence) interval"),
        .init("median", .number, hint: "of the last epoch, with quartiles"),
        .init("best epoch", .number, hint: "mean of each run’s best epoch, with \(tables.confidence) interval"),
      ]
      : [
        .init("mean", .number, hint: "of \(name), with \(tables.confidence) interval"),
        .init("median", .number, hint: "with quartiles"),
      ]
    columns += facts.targets.map {
      .init(
        "to \(ReportTables.target($0, facts.metric.name))", .number,
        hint: "median number of epochs until \(name) reaches it")
    }
    if hasComparisons {
      columns += [
        .init("difference", .number, hint: "from the baseline, mean over the seeds"),
        .init("p", .number, hint: "adjusted by Holm’s method"),
      ]
    }
    var table = HTMLTable("\(name.capitalizedFirst) of each arm", columns, isSortable: report.arms.count > 1)
    let leader = tables.bestArm
    let entries = Dictionary(report.comparisons.map { ($0.candidate, $0) }) { one, _ in one }
    for arm in report.shownArms {
      table.append(
        cells(arm, hasDivergence, hasComparisons, entries[arm.name]), style: arm.name == leader ? "leader" : "")
    }
    return PageSection(id: "results", heading: "Results", content: table.html)
  }

  private func cells(
    _ arm: ArmReport, _ hasDivergence: Bool, _ hasComparisons: Bool, _ entry: ArmComparison?
  ) -> [HTMLTable.Cell] {
    var cells: [HTMLTable.Cell] = [
      .init("\(Swatch(report, arm.name).html)\(arm.name)"), .init("\(arm.runs.count)", key: Double(arm.runs.count)),
    ]
    if hasDivergence {
      cells.append(.init("\(arm.diverged)", key: Double(arm.diverged), style: arm.diverged > 0 ? "warned" : ""))
    }
    let values = style.values
    cells += [
      mean(arm.last),
      arm.last.map(median) ?? .init("–"),
    ]
    if report.facts.isTraining { cells.append(mean(arm.best)) }
    cells += arm.targets.map { target in
      target.map(epochs) ?? .init("–")
    }
    guard hasComparisons else { return cells }
    guard let entry else {
      return cells + [.init(report.baselines.contains(arm.name) ? "baseline" : "–", style: "soft"), .init("")]
    }
    let comparison = entry.comparison
    return cells + [
      comparison.meanDifference.map { mean in
        let interval: HTML =
          comparison.interval.map {
            "<small>\(values.difference($0.lower)) to \(values.difference($0.upper))</small>"
          } ?? ""
        return .init(
          "\(values.difference(mean))\(interval)", key: mean,
          style: "stacked " + VerdictStyle.name(entry.verdict.finding))
      } ?? .init("–"),
      entry.adjustedP.map { .init("\(PText.value($0))", key: $0) } ?? .init("–"),
    ]
  }

  /// The median, and below it the quartiles of several runs.
  private func median(_ summary: SampleSummary) -> HTMLTable.Cell {
    let values = style.values
    let quartiles: HTML =
      summary.count > 1
      ? "<small>\(values.bare(summary.lowerQuartile))–\(values.bare(summary.upperQuartile))</small>" : ""
    return .init("\(values.text(summary.median))\(quartiles)", key: summary.median, style: "stacked")
  }

  /// The median, and below it the quartiles or the number of runs that never reached the target.
  private func epochs(_ target: TargetSummary) -> HTMLTable.Cell {
    // Sorts after all runs that reach the target.
    let never = Double(Int32.max)
    if target.never == target.runs { return .init("never", key: never, style: "soft") }
    let (lower, upper) = (target.lowerQuartile, target.upperQuartile)
    let note: HTML =
      if target.never > 0 {
        "<small>\(target.never) of \(target.runs) never</small>"
      } else if let lower, let upper, lower != upper {
        "<small>\(NumberText.shortest(lower))–\(NumberText.shortest(upper))</small>"
      } else { "" }
    return .init(
      "\(target.median.map(NumberText.shortest) ?? "–")\(note)", key: target.median ?? never, style: "stacked")
  }

  private func mean(_ summary: SampleSummary?) -> HTMLTable.Cell {
    guard let summary else { return .init("–") }
    let values = style.values
    let margin: HTML = summary.interval.map { "<small>± \(values.bare($0.width / 2))</small>" } ?? ""
    return .init("\(values.text(summary.mean))\(margin)", key: summary.mean, style: "stacked")
  }
}

/// Published values beside ours: one row per arm, one column per quantity.
struct PublishedSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    guard !report.published.isEmpty else { return nil }
    let quantities = report.publishedQuantities
    var table = HTMLTable(
      "Published values, and below each what our runs gave",
      [.init("arm")] + quantities.map { .init("\(PublishedText.name($0))", .number) }, isSortable: true)
    for arm in report.arms {
      let matches = quantities.map { quantity in
        report.published.first { $0.arm == arm.name && $0.published.quantity == quantity }
      }
      guard matches.contains(where: { $0 != nil }) else { continue }
      table.append([.init("\(Swatch(report, arm.name).html)\(arm.name)")] + matches.map(cell))
    }
    return PageSection(
      id: "published", heading: "Published values",
      content: "<p class=\"lead\">\(ReportWords(report).publishedNote)</p>\n\(table.html)")
  }

  private func cell(_ match: PublishedComparison?) -> HTMLTable.Cell {
    guard let match else { return .init("") }
    let text = PublishedText(match)
    let (style, spoken): (String, HTML) =
      switch match.agreement {
      case .inside: ("better", "<span class=\"spoken\"> inside</span>")
      case .outside: ("worse", "<span class=\"spoken\"> outside</span>")
      case .unjudged: ("open", "")
      }
    return .init(
      "\(text.published) <i class=\"mark \(style)\">\(text.mark)\(spoken)</i><small>\(text.ours)</small>",
      key: match.published.value, style: "stacked")
  }
}

/// The cost of the runs.
struct CostSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let first = report.costPerStep(report.baselines.first ?? report.arms[0].name)
    let isTraining = report.facts.isTraining
    var columns: [HTMLTable.Column] = [.init("arm"), .init("time per run", .number, hint: "median")]
    if isTraining { columns.append(.init("time per step", .number, hint: "training without evaluation, median")) }
    columns.append(
      .init("relative", .number, hint: "time per \(isTraining ? "step" : "run"), relative to the first baseline"))
    if isTraining {
      columns += [
        .init("steps", .number, hint: "parameter updates per run"),
        .init("gradient evaluations", .number, hint: "per run; two per step for sharpness-aware rules"),
      ]
    }
    columns.append(.init("total time", .number))
    var table = HTMLTable("Cost of the runs", columns, isSortable: report.arms.count > 1)
    for arm in report.arms {
      let (seconds, steps, evaluations) = (
        arm.cost?.seconds?.median, arm.cost?.steps?.median, arm.cost?.gradientEvaluations?.median
      )
      let step = report.costPerStep(arm.name)
      var cells: [HTMLTable.Cell] = [
        .init("\(Swatch(report, arm.name).html)\(arm.name)"),
        .init("\(seconds.map(NumberText.duration) ?? "–")", key: seconds),
      ]
      if isTraining { cells.append(.init("\(step.map(NumberText.duration) ?? "–")", key: step)) }
      cells.append(.init("\(step.flatMap { NumberText.ratio($0, to: first) } ?? "–")", key: step, style: "soft"))
      if isTraining {
        cells += [
          .init("\(steps.map(NumberText.count) ?? "–")", key: steps),
          .init("\(evaluations.map(NumberText.count) ?? "–")", key: evaluations),
        ]
      }
      cells.append(
        .init("\(arm.cost.map { NumberText.duration($0.totalSeconds) } ?? "–")", key: arm.cost?.totalSeconds))
      table.append(cells)
    }
    return PageSection(id: "costs", heading: "Costs", content: table.html)
  }
}
