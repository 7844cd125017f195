import Tanren

/// The runs of a study as a table, and summaries of them.
struct StudyTables {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// One row per run: id, arm, trial if there are any, seed, state, epochs, primary metric, duration and error.
  func runs() -> TextTable {
    let plan = results.study.plan
    let metric = plan.metric
    let planned = plan.workloads.isEmpty ? [] : (try? plan.plannedArms()) ?? []
    let metrics = Dictionary(planned.map { ($0.arm.name, $0.workload?.metric ?? metric) }) { one, _ in one }
    let hasTrials = results.runs.contains { $0.stage != .final }
    let trialColumn = hasTrials ? [TableColumn("trial", .right)] : []
    let rest = [
      TableColumn("seed", .right), TableColumn("state"), TableColumn("epochs", .right),
      TableColumn(metrics.isEmpty ? metric.name : "metric", .right), TableColumn("time", .right), TableColumn("note"),
    ]
    var table = TextTable([TableColumn("run"), TableColumn("arm")] + trialColumn + rest)
    for run in results.runs {
      let value = (metrics[run.arm] ?? metric).value(of: run.history).map(NumberText.shortest) ?? ""
      let note = run.error ?? (run.isDiverged == true ? "diverged" : "")
      let trial = hasTrials ? [run.stage.trial.map(String.init) ?? ""] : []
      let rest = [
        "\(run.seed)", run.state.rawValue, "\(run.history.epochs.last?.epoch ?? 0)", value,
        run.history.seconds > 0 ? NumberText.duration(run.history.seconds) : "", note,
      ]
      table.append(([String(run.id.prefix(12)), run.arm] + trial + rest).map { TableCell($0) })
    }
    return table
  }

  /// The number of runs in each state, in one line.
  var summary: String {
    let diverged = results.runs.count { $0.isDiverged == true }
    return Self.summary(of: results.study.counts) + (diverged > 0 ? "; \(diverged) diverged" : "")
  }

  static func summary(of counts: RunCounts) -> String {
    let parts = [
      ("done", counts.done), ("stopped early", counts.paused), ("running", counts.running), ("pending", counts.pending),
      ("failed", counts.failed),
    ]
    let more = counts.expected > 0 ? ", up to \(counts.expected) more to come" : ""
    return "\(counts.total) runs: " + parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + more
  }

  /// The failures, once per arm and error.
  var failures: [String] {
    let failed = results.runs.filter { $0.state == .failed }
    return Dictionary(grouping: failed) { run in
      "\(run.arm)\(run.stage.trial.map { ", trial \($0)" } ?? ""): \(run.error ?? "failed")"
    }.sorted { $0.key < $1.key }
      .map { text, runs in "\(text) (seeds \(runs.map { "\($0.seed)" }.joined(separator: ", ")))" }
  }

  /// One line per environment in which runs were computed.
  var environments: [String] {
    results.environments.map { environment in
      "\(environment.device) (\(environment.platformVersion)), \(environment.processor), \(environment.cores) cores, "
        + "\(environment.system), tanren \(environment.tanren)"
        + (environment.commit.map { ", commit \($0)" } ?? "")
    }
  }
}
