import Statistics

/// What the runs took.
struct CostSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let first = report.arm(report.baselines.first ?? report.arms[0].name)?.cost?.seconds?.median
    var table = HTMLTable(
      "What the runs took",
      [
        .init("arm"), .init("time a run", .number, hint: "median"), .init("relative", .number, hint: "to the first baseline"),
        .init("steps", .number, hint: "parameter updates of a run"),
        .init("gradient evaluations", .number, hint: "of a run; two a step for sharpness-aware rules"),
        .init("time in all", .number),
      ], isSortable: report.arms.count > 1)
    for arm in report.arms {
      let (seconds, steps, evaluations) = (
        arm.cost?.seconds?.median, arm.cost?.steps?.median, arm.cost?.gradientEvaluations?.median
      )
      let ratio = seconds.flatMap { seconds in first.flatMap { $0 > 0 ? seconds / $0 : nil } }
      table.append([
        .init("\(Swatch(report, arm.name).html)\(arm.name)"), .init("\(seconds.map(DurationText.text) ?? "–")", key: seconds),
        .init("\(ratio.map { DecimalText.text($0, places: 2) + "×" } ?? "–")", key: ratio, style: "soft"),
        .init("\(steps.map(CountText.text) ?? "–")", key: steps),
        .init("\(evaluations.map(CountText.text) ?? "–")", key: evaluations),
        .init("\(arm.cost.map { DurationText.text($0.totalSeconds) } ?? "–")", key: arm.cost?.totalSeconds),
      ])
    }
    return PageSection(id: "costs", heading: "Costs", content: table.html)
  }
}
