import Tanren

/// A study's results and runs as tables.
struct StudyTables {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// One row per run: id, arm, seed, state, epochs, the primary metric, time, what went wrong.
  func runs() -> TextTable {
    let metric = results.study.plan.metric
    var table = TextTable(
      [
        TableColumn("run"), TableColumn("arm"), TableColumn("seed", .right), TableColumn("state"),
        TableColumn("epochs", .right), TableColumn(metric.name, .right), TableColumn("time", .right),
        TableColumn("note"),
      ])
    for run in results.runs {
      let value = metric.value(of: run.history).map(NumberText.shortest) ?? ""
      let note = run.error ?? (run.isDiverged == true ? "diverged" : "")
      table.append(
        [
          String(run.id.prefix(12)), run.arm, "\(run.seed)", run.state.rawValue,
          "\(run.history.epochs.last?.epoch ?? 0)", value,
          run.history.seconds > 0 ? DurationText.of(run.history.seconds) : "", note,
        ].map { TableCell($0) })
    }
    return table
  }

  /// A line on how many runs are in which state.
  var summary: String {
    let counts = results.study.counts
    let parts = [
      ("done", counts.done), ("running", counts.running), ("pending", counts.pending), ("failed", counts.failed),
    ]
    let diverged = results.runs.count { $0.isDiverged == true }
    return "\(counts.total) runs: "
      + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
      + (diverged > 0 ? "; \(diverged) diverged" : "")
  }

  /// What failed, once for each arm and error.
  var failures: [String] {
    let failed = results.runs.filter { $0.state == .failed }
    return Dictionary(grouping: failed) { "\($0.arm): \($0.error ?? "failed")" }.sorted { $0.key < $1.key }
      .map { text, runs in "\(text) (seeds \(runs.map { "\($0.seed)" }.joined(separator: ", ")))" }
  }

  /// Where runs were computed, one line per environment.
  var environments: [String] {
    results.environments.map { environment in
      "\(environment.device) (\(environment.platformVersion)), \(environment.processor), \(environment.cores) cores, "
        + "\(environment.system), tanren \(environment.tanren)"
        + (environment.commit.map { ", commit \($0)" } ?? "")
    }
  }
}
