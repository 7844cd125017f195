import Statistics

/// What the runs took.
struct CostSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let first = report.costPerStep(report.baselines.first ?? report.arms[0].name)
    var table = HTMLTable(
      "What the runs took",
      [
        .init("arm"), .init("time a run", .number, hint: "median"),
        .init("time a step", .number, hint: "of training, without evaluation; median"),
        .init("relative", .number, hint: "a step's time, to the first baseline's"),
        .init("steps", .number, hint: "parameter updates of a run"),
        .init("gradient evaluations", .number, hint: "of a run; two a step for sharpness-aware rules"),
        .init("time in all", .number),
      ], isSortable: report.arms.count > 1)
    for arm in report.arms {
      let (seconds, steps, evaluations) = (
        arm.cost?.seconds?.median, arm.cost?.steps?.median, arm.cost?.gradientEvaluations?.median
      )
      let step = report.costPerStep(arm.name)
      table.append([
        .init("\(Swatch(report, arm.name).html)\(arm.name)"), .init("\(seconds.map(DurationText.text) ?? "–")", key: seconds),
        .init("\(step.map(DurationText.text) ?? "–")", key: step),
        .init("\(step.flatMap { DurationText.ratio($0, to: first) } ?? "–")", key: step, style: "soft"),
        .init("\(steps.map(CountText.text) ?? "–")", key: steps),
        .init("\(evaluations.map(CountText.text) ?? "–")", key: evaluations),
        .init("\(arm.cost.map { DurationText.text($0.totalSeconds) } ?? "–")", key: arm.cost?.totalSeconds),
      ])
    }
    return PageSection(id: "costs", heading: "Costs", content: table.html)
  }
}
