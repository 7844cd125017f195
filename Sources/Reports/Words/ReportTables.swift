import Figures
import Statistics

/// The tables of a report, the same in every format that has tables.
struct ReportTables: Sendable {
  let report: StudyReport
  let style: ReportStyle

  /// Whether columns are few and their names short, as a terminal needs.
  private let isCompact: Bool

  init(_ report: StudyReport, isCompact: Bool = false) {
    self.report = report
    self.isCompact = isCompact
    style = ReportStyle(report)
  }

  private var facts: StudyFacts { report.facts }
  private var hasDivergence: Bool { report.arms.contains { $0.diverged > 0 } }

  /// One row per arm: where its runs ended, and how soon they reached the targets.
  var results: TextTable {
    let names =
      facts.isTraining
      ? isCompact ? ["last epoch", "best epoch"] : ["last epoch, mean", "median (quartiles)", "best epoch, mean"]
      : isCompact ? ["mean"] : ["mean", "median (quartiles)"]
    let targets = facts.targets.map { (isCompact ? "to " : "epochs to ") + Self.target($0, facts.metric.name) }
    var table = TextTable(
      [TableColumn("arm"), TableColumn("runs", .right)]
        + ((hasDivergence ? ["diverged"] : []) + names + targets).map { TableColumn($0, .right) })
    let leader = bestArm
    for arm in report.arms {
      var cells = [TableCell(arm.name, style: arm.name == leader ? .strong : .plain), "\(arm.runs.count)"]
      if hasDivergence { cells.append(TableCell("\(arm.diverged)", style: arm.diverged > 0 ? .warning : .plain)) }
      cells.append(TableCell(arm.last.map(style.values.meanText) ?? "–"))
      if !isCompact { cells.append(TableCell(arm.last.map(medianText) ?? "–")) }
      if facts.isTraining { cells.append(TableCell(arm.best.map(style.values.meanText) ?? "–")) }
      table.append(cells + arm.targets.map { TableCell($0.map(epochs) ?? "–") })
    }
    return table
  }

  /// "4", "4 (3–5)", "never (8 of 10)".
  private func epochs(_ target: TargetSummary) -> String {
    let median = target.median.map(NumberText.shortest) ?? "never"
    if isCompact { return median }
    if target.never == target.runs { return median }
    if target.never > 0 { return "\(median) (\(target.never) of \(target.runs) never)" }
    guard let lower = target.lowerQuartile, let upper = target.upperQuartile, lower < upper else { return median }
    return "\(median) (\(NumberText.shortest(lower))–\(NumberText.shortest(upper)))"
  }

  /// One row per comparison.
  var comparisons: TextTable {
    let unit = style.values.differenceUnit.isEmpty ? "" : ", \(style.values.differenceUnit)"
    var table = TextTable([
      "arm", "compared with", TableColumn("difference" + unit, .right), TableColumn("\(confidence) interval", .right),
      TableColumn("p, Holm", .right), TableColumn("P(better)", .right), "verdict",
    ])
    for entry in report.comparisons {
      let comparison = entry.comparison
      table.append([
        TableCell(entry.candidate), TableCell(entry.baseline),
        TableCell(comparison.meanDifference.map(style.values.difference) ?? "–"),
        TableCell(comparison.interval.map(interval) ?? "–"), TableCell(entry.adjustedP.map(PText.value) ?? "–"),
        TableCell(NumberText.decimal(comparison.probabilityOfImprovement.value, places: 2)),
        TableCell(entry.verdict.finding.label, style: Self.textStyle(entry.verdict.finding)),
      ])
    }
    return table
  }

  /// Two rows an arm: what was published, marked where it lies within the range of our runs, and that range.
  var published: TextTable {
    let quantities = report.publishedQuantities
    var table = TextTable(
      ["arm", ""]
        + quantities.map { TableColumn(isCompact ? PublishedText.shortName($0) : PublishedText.name($0), .right) }
    )
    for arm in report.arms {
      let texts = quantities.map { quantity in
        report.published.first { $0.arm == arm.name && $0.published.quantity == quantity }.map(PublishedText.init)
      }
      guard texts.contains(where: { $0 != nil }) else { continue }
      table.append(
        [TableCell(arm.name), "published"]
          + texts.map { text in
            TableCell(text.map { "\($0.published) \($0.mark)" } ?? "", style: text?.mark == "✗" ? .warning : .plain)
          })
      table.append(["", TableCell("our runs", style: .muted)] + texts.map { TableCell($0?.ours ?? "", style: .muted) })
    }
    return table
  }

  /// One row per arm: what its runs took.
  var costs: TextTable {
    let first = report.costPerStep(report.baselines.first ?? report.arms[0].name)
    let gradients = isCompact ? "gradients" : "gradient evaluations"
    let names =
      facts.isTraining
      ? [
        isCompact ? "per run" : "time per run", isCompact ? "per step" : "time per step", "relative", "steps",
        gradients, "total time",
      ]
      : ["time per run", "relative", "total time"]
    var table = TextTable([TableColumn("arm")] + names.map { TableColumn($0, .right) })
    for arm in report.arms {
      let step = report.costPerStep(arm.name)
      let relative = step.flatMap { NumberText.ratio($0, to: first) }
      let run = arm.cost?.seconds.map { NumberText.duration($0.median) }
      let all = arm.cost.map { NumberText.duration($0.totalSeconds) }
      let texts =
        facts.isTraining
        ? [
          run, step.map(NumberText.duration), relative, arm.cost?.steps.map { NumberText.count($0.median) },
          arm.cost?.gradientEvaluations.map { NumberText.count($0.median) }, all,
        ] : [run, relative, all]
      table.append([TableCell(arm.name)] + texts.map { TableCell($0 ?? "–") })
    }
    return table
  }

  /// Name and value.
  var environment: TextTable {
    var table = TextTable(["", ""])
    for fact in facts.environment { table.append([TableCell(fact.name, style: .muted), TableCell(fact.value)]) }
    return table
  }

  /// "95%".
  var confidence: String { NumberText.shortest((1 - report.options.alpha) * 100) + "%" }

  func interval(_ interval: Interval) -> String {
    "[\(style.values.difference(interval.lower)), \(style.values.difference(interval.upper))]"
  }

  func medianText(_ summary: SampleSummary) -> String {
    let values = style.values
    guard summary.count > 1 else { return values.text(summary.median) }
    return values.bare(summary.median) + " (" + values.range(summary.lowerQuartile, summary.upperQuartile) + ")"
  }

  /// The arm with the best mean; nil where there is one arm or none ended well.
  var bestArm: String? {
    guard report.arms.count > 1 else { return nil }
    let sign = facts.metric.direction.sign
    return report.arms.compactMap { arm in arm.summary(facts.metric.reading).map { (arm.name, $0.mean * sign) } }
      .max { $0.1 < $1.1 }?.0
  }

  /// "97%" of an accuracy, "0.25" of a loss.
  static func target(_ value: Double, _ metric: String) -> String {
    ReportStyle.isFraction(metric) ? NumberText.shortest(value * 100) + "%" : NumberText.shortest(value)
  }

  static func textStyle(_ finding: Finding) -> TextStyle {
    switch finding {
    case .better: .positive
    case .worse: .negative
    case .diverged, .tooFewSeeds: .warning
    case .equivalent, .identical, .notDistinguishable: .muted
    }
  }
}
