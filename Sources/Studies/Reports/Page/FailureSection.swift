/// The runs that diverged or failed, if any.
struct FailureSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let diverged = report.arms.flatMap { arm in
      arm.runs.filter(\.isDiverged).map { run -> HTML in
        "<li>\(Swatch(report, arm.name).html)<b>\(arm.name)</b>, seed \(run.seed): diverged\(ending(run))</li>\n"
      }
    }
    let failed = report.facts.failures.map { failure -> HTML in
      """
      <li>\(Swatch(report, failure.arm).html)<b>\(failure.arm)</b>, seed \(failure.seed): failed
      <pre>\(failure.message)</pre></li>

      """
    }
    guard !diverged.isEmpty || !failed.isEmpty else { return nil }
    return PageSection(
      id: "failures", heading: "Runs without a result", content: "<ul class=\"failures\">\n\(diverged)\(failed)</ul>\n")
  }

  private func ending(_ run: RunReport) -> String {
    guard let best = run.bestEpoch else { return " without a finite epoch" }
    return " after its best epoch, \(best)"
  }
}
