import Figures
import Statistics

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
