import Figures
import Statistics

/// What a study found on several workloads, in sentences and tables that every format shares.
struct WorkloadWords: Sendable {
  let found: WorkloadsReport

  init(_ found: WorkloadsReport) { self.found = found }

  private var names: [String] { found.workloads.map(\.name) }

  /// Who reaches the targets soonest, and how the final scores compare.
  var headline: String {
    let times = timesHeadline
    let comparisons = found.workloads.flatMap(\.report.comparisons)
    guard !comparisons.isEmpty else { return times }
    let counts = Finding.allCases.compactMap { finding -> String? in
      let count = comparisons.count { $0.verdict.finding == finding }
      return count > 0 ? "\(count) \(finding.label)" : nil
    }
    return "\(times) Final scores, in \(NumberText.count(comparisons.count, "comparison")) with the baseline: "
      + "\(counts.joined(separator: ", "))."
  }

  private var timesHeadline: String {
    let count = NumberText.count(names.count, "workload")
    let leaders = found.ranking.filter { found.scores[$0] ?? 0 > 0 }.prefix(3).map { "\($0) (\(score($0)))" }
    guard !leaders.isEmpty else { return "No arm reaches the target of \(names.count == 1 ? "the" : "any") workload." }
    return "Soonest at the \(names.count == 1 ? "target" : "targets") of \(count), by the area below their profiles: "
      + "\(StudyReport.list(Array(leaders)))."
  }

  /// What was compared, and what is missing.
  func sentences(_ facts: StudyFacts) -> [String] {
    let reports = found.workloads.map(\.report)
    let runs = reports.flatMap(\.arms).reduce(0) { $0 + $1.runs.count }
    let seeds = Set(reports.flatMap(\.arms).flatMap { $0.runs.map(\.seed) }).count
    let diverged = reports.flatMap(\.arms).reduce(0) { $0 + $1.diverged }
    var sentences = [
      "\(NumberText.count(found.arms.count, "arm")), \(NumberText.count(names.count, "workload")), "
        + "\(NumberText.count(seeds, "seed")), \(NumberText.count(runs, "run"))."
    ]
    if diverged > 0 { sentences.append("\(NumberText.count(diverged, "run")) diverged.") }
    if !facts.failures.isEmpty { sentences.append("\(NumberText.count(facts.failures.count, "run")) failed.") }
    if !found.missing.isEmpty { sentences.append("No results yet: \(found.missing.joined(separator: ", ")).") }
    let unfinished = facts.unfinished ?? reports.reduce(0) { $0 + $1.missingRuns }
    if unfinished > 0 { sentences.append("Not finished: \(NumberText.count(unfinished, "planned run")).") }
    return sentences + facts.notes
  }

  /// How the profiles are read.
  var lead: String {
    "The share of the workloads on which an arm reaches the target within a factor τ of the fastest arm’s gradient "
      + "evaluations. The score is the area below that line from τ = 1 to \(NumberText.shortest(WorkloadsReport.limit)), "
      + "1 for an arm that is the fastest everywhere."
  }

  /// How times and scores were computed, for a reader who wants to judge them.
  var method: [String] {
    [
      "Time to target is the number of gradient evaluations (steps times the evaluations that the rule takes per step) "
        + "until the end of the first epoch whose value is at least as good as the target: it doesn’t depend on the "
        + "machine, and is known to an epoch. Medians over the seeds; an arm that misses the target with half of its seeds "
        + "or more counts as infinitely slow.",
      "Performance profiles are those of Dolan and Moré (2002), with factors up to "
        + "\(NumberText.shortest(WorkloadsReport.limit)) and the score of AlgoPerf (Dahl et al. 2023). An arm’s ratios "
        + "depend on which other arms take part.",
      "Each workload’s arms are compared with their baseline by its own metric, and p values are adjusted for the "
        + "comparisons of the workload.",
    ]
  }

  func score(_ arm: String) -> String { NumberText.decimal(found.scores[arm] ?? 0, places: 2) }

  /// "1.42", or that the target was missed.
  func ratio(_ arm: String, _ workload: String) -> String {
    guard let ratio = found.profile.ratios[arm]?[workload], ratio.isFinite else { return "missed" }
    return NumberText.decimal(ratio, places: 2)
  }

  /// One row per arm, the best first: its score, and its ratio on each workload.
  var scores: TextTable {
    var table = TextTable(
      [TableColumn("arm"), TableColumn("score", .right), TableColumn("targets reached", .right)]
        + names.map { TableColumn($0, .right) })
    for arm in found.ranking {
      table.append(
        [TableCell(arm), TableCell(score(arm), style: .strong), "\(found.reached(arm)) of \(names.count)"]
          + names.map { name in
            let text = ratio(arm, name)
            return TableCell(text, style: text == "missed" ? .muted : .plain)
          })
    }
    return table
  }

  /// The metric, the target and the settings of a workload.
  func lead(_ workload: WorkloadReport) -> String {
    let metric = workload.report.facts.metric
    let words = ReportWords(workload.report).metric
    return "Compared by \(words), \(metric.better == .higher ? "higher" : "lower") is better; timed to "
      + "\(ReportTables.target(workload.target, metric.name))."
  }

  /// "data subset(data: mnist), epochs 12".
  func settings(_ workload: WorkloadReport) -> String {
    workload.settings.map { "\($0.path)=\($0.value)" }.joined(separator: " ")
  }

  /// One row per arm: where its runs ended, how soon they reached the target, and the verdict.
  func results(_ workload: WorkloadReport) -> TextTable {
    let tables = ReportTables(workload.report)
    let values = tables.style.values
    let unit = values.differenceUnit.isEmpty ? "" : ", \(values.differenceUnit)"
    var table = TextTable([
      "arm", TableColumn("score", .right), TableColumn("evaluations to target", .right), TableColumn("time", .right),
      TableColumn("missed", .right), TableColumn("difference\(unit)", .right), TableColumn("p, Holm", .right),
      "verdict",
    ])
    let leader = tables.bestArm
    for arm in workload.report.arms {
      let time = workload.times[arm.name]
      let entry = workload.report.comparisons.first { $0.candidate == arm.name }
      let isBaseline = workload.report.baselines.contains(arm.name)
      table.append([
        TableCell(arm.name, style: arm.name == leader ? .strong : .plain),
        TableCell(arm.summary(workload.report.facts.metric.reading).map(values.meanText) ?? "–"),
        TableCell(time.map { Self.count($0.gradients) } ?? "–"),
        TableCell(time.map { $0.seconds.isFinite ? NumberText.duration($0.seconds) : "–" } ?? "–"),
        TableCell(time.map { "\($0.missed) of \($0.runs)" } ?? "–"),
        TableCell(entry?.comparison.meanDifference.map(values.difference) ?? "–"),
        TableCell(entry?.adjustedP.map(PText.value) ?? "–"),
        entry.map { TableCell($0.verdict.finding.label, style: ReportTables.textStyle($0.verdict.finding)) }
          ?? TableCell(isBaseline ? "baseline" : "–", style: .muted),
      ])
    }
    return table
  }

  static func count(_ evaluations: Double) -> String {
    evaluations.isFinite ? NumberText.count(evaluations) : "missed"
  }
}

extension WorkloadsReport {
  /// Each arm's share of the workloads within a factor of the fastest, as steps.
  func chart() -> Chart {
    let lines = arms.indices.map { index -> LineSeries in
      let steps = profile.steps(of: arms[index]).filter { $0.factor <= Self.limit }
      var points = [DataPoint(x: 1, y: profile.share(of: arms[index], within: 1))]
      for step in steps where step.factor > 1 {
        points.append(DataPoint(x: step.factor, y: points[points.count - 1].y))
        points.append(DataPoint(x: step.factor, y: step.share))
      }
      points.append(DataPoint(x: Self.limit, y: points[points.count - 1].y))
      return LineSeries(arms[index], points: points, color: index, markers: false)
    }
    return Chart(
      x: ChartAxis("factor τ of the fastest arm’s gradient evaluations", range: 1...Self.limit),
      y: ChartAxis("share of the workloads", range: 0...1, format: .percent), lines: lines)
  }
}
