/// How to repeat the study: the command, the plan, the environment and the methods of computation.
struct RepeatSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let facts = report.facts
    let command: HTML =
      facts.command.isEmpty
      ? "" : "<div class=\"command\"><pre><code>\(facts.command)</code></pre></div>\n"
    let plan: HTML =
      facts.plan.map {
        "<details class=\"plan\"><summary>Plan, to be saved as \(facts.name).yml</summary>\n"
          + "<div class=\"command\"><pre><code>\($0)</code></pre></div>\n</details>\n"
      } ?? ""
    let seeds: HTML = facts.seeds.isEmpty ? "" : "<dt>Seeds</dt><dd>\(SeedList.ranges(facts.seeds))</dd>\n"
    let rows = facts.environment.map { fact -> HTML in "<dt>\(fact.name)</dt><dd>\(fact.value)</dd>\n" }
    let list: HTML = facts.environment.isEmpty && facts.seeds.isEmpty ? "" : "<dl>\n\(seeds)\(rows)</dl>\n"
    let method = ReportWords(report).method.map { sentence -> HTML in "<li>\(sentence)</li>\n" }
    return PageSection(
      id: "repeat", heading: "Reproduce",
      content: "\(command)\(plan)\(list)<h3>Methods</h3>\n<ul class=\"method\">\n\(method)</ul>\n")
  }
}

/// The settings in which the arms differ, and those they share.
struct SettingSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let arms = report.facts.arms
    var paths: [String] = []
    for setting in arms.flatMap(\.settings) where !paths.contains(setting.path) { paths.append(setting.path) }
    guard !paths.isEmpty else { return nil }
    func value(_ arm: ArmFacts, _ path: String) -> String? { arm.settings.first { $0.path == path }?.value }
    let differing = paths.filter { path in Set(arms.map { value($0, path) }).count > 1 }
    var content: HTML = .empty
    if !differing.isEmpty {
      var table = HTMLTable(
        "Settings in which the arms differ", [.init("arm")] + differing.map { .init("<code>\($0)</code>") },
        isSortable: true)
      for arm in arms {
        table.append(
          [.init("\(Swatch(report, arm.name).html)\(arm.name)")]
            + differing.map { path in
              let text = value(arm, path) ?? "–"
              return .init("<code>\(text)</code>", key: arm.settings.first { $0.path == path }?.number)
            })
      }
      content += table.html
    }
    let shared = paths.filter { !differing.contains($0) }
    if !shared.isEmpty, let first = arms.first {
      let rows = shared.map { path -> HTML in
        "<dt><code>\(path)</code></dt><dd><code>\(value(first, path) ?? "")</code></dd>\n"
      }
      let heading: HTML = arms.count > 1 ? "Common settings" : "Settings"
      content += "<h3>\(heading)</h3>\n<dl>\n\(rows)</dl>\n"
    }
    return PageSection(id: "settings", heading: "Settings", content: content)
  }
}

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
