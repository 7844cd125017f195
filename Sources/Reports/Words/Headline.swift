import Statistics

extension StudyReport {
  /// The answer in a sentence or two: which arms are better than what they are compared with, which aren't.
  public var headline: String {
    guard !comparisons.isEmpty else { return single }
    return baselines.count == 1 ? verdicts(against: baselines[0]) : counts
  }

  private func verdicts(against baseline: String) -> String {
    let metric = ReportStyle.words(facts.metric.name)
    let phrases: [(Finding, (_ isPlural: Bool) -> String)] = [
      (.better, { "\($0 ? "are" : "is") better than \(baseline)" }),
      (.worse, { "\($0 ? "are" : "is") worse than \(baseline)" }),
      (.equivalent, { _ in "can be taken as equal to \(baseline)" }),
      (.identical, { _ in "gave the very same results as \(baseline)" }),
      (.notDistinguishable, { _ in "can’t be told from \(baseline)" }),
      (.tooFewSeeds, { _ in "had too few seeds to be compared with \(baseline)" }),
      (.diverged, { _ in "can’t be compared with \(baseline), since runs diverged" }),
    ]
    let alike = Set(comparisons.filter(isTheSame).map(\.candidate))
    var sentences = phrases.compactMap { finding, phrase -> String? in
      let found = comparisons.filter { $0.verdict.finding == finding }.map(\.candidate)
      let names = finding == .identical ? found.filter(alike.contains) : found
      if names.isEmpty { return nil }
      // In long lists only what was found is named.
      let isNamed = names.count <= 6 || finding == .better || finding == .worse
      let subject = isNamed ? Self.list(names) : "\(names.count) arms"
      return "\(subject) \(phrase(names.count > 1))."
    }
    let equal = comparisons.filter { $0.verdict.finding == .identical }.map(\.candidate).filter { !alike.contains($0) }
    if !equal.isEmpty {
      sentences.append(
        "\(Self.list(equal)) had the same \(metric) as \(baseline) for every seed, but other numbers differ.")
    }
    return sentences.joined(separator: " ")
  }

  /// Whether an arm recorded the very numbers of its baseline, in every metric and epoch of every seed that both have: of
  /// a single metric, a rounded one above all, that may be chance.
  private func isTheSame(_ comparison: ArmComparison) -> Bool {
    guard let candidate = arm(comparison.candidate), let baseline = arm(comparison.baseline) else { return false }
    let runs = Dictionary(uniqueKeysWithValues: baseline.runs.map { ($0.seed, $0) })
    return candidate.runs.allSatisfy { run in
      runs[run.seed].map { $0.epochs == run.epochs && $0.metrics == run.metrics } ?? true
    }
  }

  private var counts: String {
    var parts = Finding.allCases.compactMap { finding -> String? in
      let count = comparisons.count { $0.verdict.finding == finding && (finding != .identical || isTheSame($0)) }
      return count > 0 ? "\(count) \(finding.label)" : nil
    }
    let equal = comparisons.count { $0.verdict.finding == .identical && !isTheSame($0) }
    if equal > 0 { parts.append("\(equal) identical in \(ReportStyle.words(facts.metric.name)) alone") }
    return "Of \(comparisons.count) comparisons, each with its own baseline: \(parts.joined(separator: ", "))."
  }

  /// There is nothing to compare.
  private var single: String {
    let style = ReportStyle(self)
    let values = arms.compactMap { arm in
      arm.summary(facts.metric.reading).map { "\(arm.name): \(style.values.meanText($0))" }
    }
    return values.isEmpty ? "No run has ended with a finite \(style.metricName)." : values.joined(separator: "; ") + "."
  }

  static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
