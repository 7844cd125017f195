extension Verdict {
  /// The verdict as a sentence for people, without a full stop: "TanhExp and ReLU are not distinguishable with these 5
  /// seeds (difference +0.05 ± 0.12, p = 0.44); about 40 more seeds would be needed".
  ///
  /// - Parameter style: how values are written; `.percent` for accuracies from 0 to 1.
  public func sentence(_ style: ValueStyle = .plain) -> String {
    switch finding {
    case .better, .worse:
      return "\(candidate) is \(finding.label) than \(baseline): \(numbers(style)) over \(runs)"
    case .equivalent:
      return "\(candidate) and \(baseline) are equivalent within ±\(style.margin(margin ?? 0)) "
        + "(\(difference(style) ?? ""), \(PText.equation(equivalenceP ?? 0))\(adjustment)) over \(runs)"
    case .notDistinguishable:
      return "\(candidate) and \(baseline) are not distinguishable with these \(runs) (\(numbers(style))); \(needed)"
    case .identical: return "\(candidate) and \(baseline) have the same value in \(identicalSeeds)"
    case .tooFewSeeds:
      return "too few seeds for any verdict on \(candidate) and \(baseline)\(observed(style)): \(reason); \(needed)"
    case .diverged: return "\(divergence)\(survivors(style))"
    }
  }

  private func numbers(_ style: ValueStyle) -> String {
    [difference(style), p.map { PText.equation($0) + adjustment }].compactMap(\.self).joined(separator: ", ")
  }

  private func difference(_ style: ValueStyle) -> String? {
    comparison.meanDifference.map {
      "difference " + style.difference($0, plusMinus: comparison.interval.map { $0.width / 2 })
    }
  }

  private var adjustment: String { comparisons > 1 ? " adjusted for \(comparisons) comparisons" : "" }

  /// "5 seeds", or "5 and 6 unpaired runs".
  private var runs: String {
    comparison.design == .paired
      ? PlainText.count(comparison.usableSeeds, comparison.unpairedRuns > 0 ? "common seed" : "seed")
      : "\(comparison.candidateRuns) and \(comparison.baselineRuns) unpaired runs"
  }

  private var identicalSeeds: String {
    comparison.usableSeeds == 1 ? "the only seed" : "all \(comparison.usableSeeds) seeds"
  }

  private func observed(_ style: ValueStyle) -> String { difference(style).map { " (\($0))" } ?? "" }

  private var reason: String {
    if comparison.usableSeeds < 2 { return "a single seed shows no spread" }
    let floor = PText.value(comparison.test?.minimumP ?? 1)
    let adjusted = comparisons > 1 ? " before its adjustment for \(comparisons) comparisons" : ""
    return "with \(runs) no exact two-sided test can fall below p = \(floor)\(adjusted)"
  }

  private var needed: String {
    guard let more = moreSeeds else { return "no practical number of seeds would tell a difference so small" }
    let arms = comparison.design == .paired ? "" : " in each arm"
    // Where the effect asks for no more than the test's resolution does, the number is exact and a lower bound.
    let isBound = requiredSeeds?.total == requiredSeeds?.fewest
    let amount = isBound ? "at least \(more)" : "about \(PlainText.rounded(more))"
    return "\(amount) more \(more == 1 ? "seed" : "seeds")\(arms) would be needed"
  }

  private var divergence: String {
    let arms = [
      (candidate, comparison.candidateDiverged, comparison.candidateRuns),
      (baseline, comparison.baselineDiverged, comparison.baselineRuns),
    ]
    let told = arms.filter { $0.1 > 0 } + arms.filter { $0.1 == 0 }
    return told.map { name, diverged, runs in
      diverged > 0 ? "\(name) diverged in \(diverged) of \(runs) runs" : "\(name) in none of \(runs)"
    }.joined(separator: ", ")
  }

  private func survivors(_ style: ValueStyle) -> String {
    guard comparison.meanDifference != nil else { return "; nothing is left to compare" }
    let rest =
      comparison.design == .paired
      ? "the \(PlainText.count(comparison.usableSeeds, "seed")) where neither did" : "the other runs"
    return "; over \(rest): \(numbers(style))"
  }
}
