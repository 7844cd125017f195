import Statistics

extension StudyReport {
  /// The answer in one or two sentences: which arms are better than their baseline and which are not.
  public var headline: String {
    if let workloads { return WorkloadWords(workloads).headline }
    guard !comparisons.isEmpty else { return single }
    return baselines.count == 1 ? verdicts(against: baselines[0]) : counts
  }

  private func verdicts(against baseline: String) -> String {
    let metric = ReportStyle.words(facts.metric.name)
    let phrases: [(Finding, (_ isPlural: Bool) -> String)] = [
      (.better, { "\($0 ? "are" : "is") better than \(baseline)" }),
      (.worse, { "\($0 ? "are" : "is") worse than \(baseline)" }),
      (.equivalent, { "\($0 ? "are" : "is") equivalent to \(baseline)" }),
      (.identical, { _ in "gave exactly the same results as \(baseline)" }),
      (.notDistinguishable, { "\($0 ? "are" : "is") not distinguishable from \(baseline)" }),
      (.tooFewSeeds, { _ in "had too few seeds for a comparison with \(baseline)" }),
      (.diverged, { _ in "cannot be compared with \(baseline), because runs diverged" }),
    ]
    let alike = Set(comparisons.filter(isTheSame).map(\.candidate))
    var sentences = phrases.compactMap { finding, phrase -> String? in
      let found = comparisons.filter { $0.verdict.finding == finding }.map(\.candidate)
      let names = finding == .identical ? found.filter(alike.contains) : found
      if names.isEmpty { return nil }
      // Long lists name only arms with a finding, and very long ones nobody would read.
      let isNamed = names.count <= 6 || names.count <= 20 && (finding == .better || finding == .worse)
      let subject = isNamed ? Self.list(names) : "\(names.count) arms"
      return "\(subject) \(phrase(names.count > 1))."
    }
    let equal = comparisons.filter { $0.verdict.finding == .identical }.map(\.candidate).filter { !alike.contains($0) }
    if !equal.isEmpty {
      sentences.append(
        "\(Self.list(equal)) had the same \(metric) as \(baseline) with every seed, but differ in other metrics.")
    }
    return sentences.joined(separator: " ")
  }

  /// Whether an arm and its baseline recorded the same values of every metric in every epoch of every common seed.
  /// Equal values of a single metric, especially a rounded one, may be chance.
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

  /// The results of a study without comparisons.
  private var single: String {
    let style = ReportStyle(self)
    let values = arms.compactMap { arm in
      arm.summary(facts.metric.reading).map { "\(arm.name): \(style.values.meanText($0))" }
    }
    return values.isEmpty ? "No run ended with a finite \(style.metricName)." : values.joined(separator: "; ") + "."
  }

  static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
