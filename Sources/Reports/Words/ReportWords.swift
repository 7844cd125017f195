import Figures
import Figures
import Statistics

/// The sentences of a report, the same in every format.
struct ReportWords: Sendable {
  private let tables: ReportTables

  init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }
  private var style: ReportStyle { tables.style }
  private var confidence: String { tables.confidence }
  private var facts: StudyFacts { report.facts }

  /// What was compared, and what is missing.
  var sentences: [String] {
    if let workloads = report.workloads { return WorkloadWords(workloads).sentences(facts) }
    let runs = report.arms.reduce(0) { $0 + $1.runs.count }
    let seeds = Set(report.arms.flatMap { $0.runs.map(\.seed) }).count
    let better = facts.metric.better == .higher ? "higher" : "lower"
    var sentences = [
      "\(NumberText.count(report.arms.count, "arm")), \(NumberText.count(seeds, "seed")), \(NumberText.count(runs, "run")); compared by "
        + "\(metric), \(better) is better."
    ]
    let diverged = report.arms.filter { $0.diverged > 0 }
    if !diverged.isEmpty {
      let list = diverged.map { "\($0.diverged) of \($0.runs.count) runs of \($0.name)" }
      sentences.append("Diverged: \(list.joined(separator: ", ")).")
    }
    if !facts.failures.isEmpty { sentences.append("\(NumberText.count(facts.failures.count, "run")) failed.") }
    if report.missingRuns > 0 {
      sentences.append("Not finished: \(NumberText.count(report.missingRuns, "planned run")).")
    }
    return sentences + [report.sequentialSummary].compactMap(\.self) + facts.notes
  }

  /// "test accuracy after the last epoch".
  var metric: String {
    guard facts.isTraining else { return ReportStyle.words(facts.metric.name) }
    return ReportStyle.words(facts.metric.name)
      + (facts.metric.reading == .last ? " after the last epoch" : " after the best epoch")
  }

  /// One sentence per comparison.
  var verdicts: [String] { report.comparisons.map { verdict($0) } }

  func verdict(_ comparison: ArmComparison) -> String {
    let sentence = comparison.verdict.sentence(ReportStyle.style(of: facts.metric.name)) + "."
    // Names are written as they are, also at the start.
    let isName = [comparison.candidate, comparison.baseline].contains { sentence.hasPrefix($0) }
    return isName ? sentence : sentence.capitalizedFirst
  }

  /// How the numbers were computed, for a reader who wants to judge them.
  var method: [String] {
    var sentences = [
      "All arms use the same seeds\(facts.sequential == nil ? "" : ", as far as each is trained"). A seed determines "
        + (facts.isTraining ? "initialization, data order and augmentation" : "all random numbers")
        + ", so its common effect on two arms cancels in their difference.",
      "Means have Student’s t intervals at \(confidence) confidence.",
    ]
    if let workloads = report.workloads {
      sentences += WorkloadWords(workloads).method
    } else if !report.comparisons.isEmpty {
      sentences.append(tests)
      if facts.sequential != nil { sentences += Self.sequential + (hasGap ? [Self.gap] : []) }
      if report.comparisons.count > 1 {
        sentences.append("P values are adjusted for \(report.comparisons.count) comparisons by Holm’s method.")
      }
      sentences += [
        "P(better) is the probability that a run of the arm beats a run of its baseline, whatever their seeds.",
        "“Not distinguishable” means that the seeds vary too much to tell, not that the arms are alike.",
      ]
    }
    if facts.isTraining, facts.metric.reading == .last, report.arms.contains(where: { $0.best != nil }) {
      sentences.append("The best epoch is selected on the data that it is evaluated on, which flatters every arm.")
    }
    if !facts.targets.isEmpty {
      sentences.append("Epochs to a target are medians; runs that never reach it count as later than all others.")
    }
    sentences.append(
      "A run diverged if its metric\(facts.isTraining ? " or its training loss" : "") was not finite at the end.")
    return sentences
  }

  private static let sequential = [
    "They were tested after each seed, by a group-sequential test that spends the significance level in proportion to "
      + "the seeds: p values and intervals of differences hold at all looks together.",
    "Seeds ended when the comparisons were decided, so that the differences of arms that stopped early are on average "
      + "somewhat larger than the truth.",
  ]

  /// Whether an arm was told apart from its baseline by an interval that contains 0.
  private var hasGap: Bool {
    report.comparisons.contains { entry in
      [.better, .worse].contains(entry.verdict.finding) && entry.comparison.interval?.contains(0) == true
    }
  }

  private static let gap =
    "An interval spans all differences that the test has not rejected. Some between them may be rejected: near the "
    + "significance level, even 0."

  private var tests: String {
    if facts.sequential != nil { return "Arms are compared by sign flips of the per-seed differences, exact." }
    let isPaired = report.comparisons.allSatisfy { $0.comparison.design == .paired }
    let bootstrap = report.comparisons.compactMap { $0.comparison.bootstrap }.first
    let exact = report.comparisons.allSatisfy { $0.comparison.test?.method == .exact }
    let name =
      isPaired
      ? "a sign-flip permutation test of the per-seed differences"
      : "a test that suits their common seeds: sign-flip permutation or Mann–Whitney"
    let interval =
      bootstrap.map { "; bootstrap intervals come from \(NumberText.count($0.resamples)) resamples" } ?? ""
    return "Arms are compared by \(name)\(exact ? ", exact" : "")\(interval)."
  }

  /// Above or below the table of published values.
  var publishedNote: String {
    let judged = report.published.filter { $0.agreement != .unjudged }
    let inside = judged.count { $0.agreement == .inside }
    let sum =
      judged.isEmpty
      ? "Two seeds or more are needed to judge the published values."
      : "\(inside) of \(judged.count) published values are what a run of ours might have given."
    return sum + " A published value comes from a single run, so it is held against the range of single runs: "
      + "\(confidence) of ours lie inside."
  }

  var resultsCaption: String {
    "\(ReportStyle.words(facts.metric.name).capitalizedFirst): mean with \(confidence) interval, median with quartiles."
  }

  var comparisonsCaption: String {
    "Differences in \(metric), with \(confidence) intervals and p values of exact tests adjusted by Holm’s method."
  }
}

extension StudyReport {
  /// How a sequential study went; nil for a number of seeds that was fixed.
  public var sequentialSummary: String? {
    guard let design = facts.sequential else { return nil }
    let decided = comparisons.count { $0.verdict.isDecided }
    let looks = comparisons.compactMap(\.comparison.looks).max() ?? 0
    let state =
      looks == 0
      ? "no look yet"
      : "\(NumberText.count(looks, "look")) so far, \(decided) of \(NumberText.count(comparisons.count, "comparison")) decided"
    return "Sequential: seeds until decided, at most \(design.maximum), first look after \(design.first); \(state)."
  }
}

extension String {
  /// With its first letter large.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
