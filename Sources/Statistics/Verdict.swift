import Figures

/// The conclusion of a comparison, as a finding with its numbers and as a sentence.
public struct Verdict: Sendable, Equatable, Encodable {
  public let finding: Finding
  public let candidate: String
  public let baseline: String
  public let comparison: Comparison
  /// The p value, adjusted for the number of comparisons; `nil` if divergence left nothing to test.
  public let p: Double?
  /// The p value of equivalence within the margin, adjusted likewise; `nil` without a margin.
  public let equivalenceP: Double?
  /// The number of comparisons that the p values are adjusted for.
  public let comparisons: Int
  public let margin: Double?
  /// Whether the finding is an answer, with which a sequential design needs no more seeds.
  public let isDecided: Bool
  /// The approximate number of seeds needed, for findings that more seeds could change; `nil` in a sequential design,
  /// which goes on by itself.
  public let requiredSeeds: RequiredSeeds?

  /// The verdict on a single comparison. For several comparisons, use ``ComparisonTable``.
  public init(_ comparison: Comparison, candidate: String, baseline: String, options: ComparisonOptions) {
    self.init(
      comparison, candidate: candidate, baseline: baseline, adjustedP: comparison.test?.p,
      equivalenceP: comparison.equivalenceP, comparisons: 1, options: options)
  }

  init(
    _ comparison: Comparison, candidate: String, baseline: String, adjustedP: Double?, equivalenceP: Double?,
    comparisons: Int, options: ComparisonOptions
  ) {
    self.candidate = candidate
    self.baseline = baseline
    self.comparison = comparison
    self.comparisons = comparisons
    self.equivalenceP = equivalenceP
    p = adjustedP
    margin = options.margin
    finding = Self.finding(comparison, p: adjustedP, equivalenceP: equivalenceP, options)
    let isOpen = finding == .notDistinguishable || finding == .tooFewSeeds
    isDecided = !isOpen
    requiredSeeds = isOpen && options.sequential == nil ? Self.requiredSeeds(comparison, comparisons, options) : nil
  }

  /// The approximate number of additional seeds needed; `nil` for final findings, and beyond any practical number.
  public var moreSeeds: Int? { requiredSeeds?.additional(to: comparison.usableSeeds) }

  private static func finding(
    _ comparison: Comparison, p: Double?, equivalenceP: Double?, _ options: ComparisonOptions
  ) -> Finding {
    if comparison.candidateDiverged + comparison.baselineDiverged > 0 { return .diverged }
    if comparison.isIdentical { return .identical }
    // A difference below the margin does not matter, however certain it is.
    if let equivalenceP, equivalenceP <= options.alpha { return .equivalent }
    guard let test = comparison.test, let p, comparison.usableSeeds > 1 else { return .tooFewSeeds }
    if p <= options.alpha, test.shift != 0 {
      return Double(test.shift) * options.better.sign > 0 ? .better : .worse
    }
    return isAtFloor(test, comparison) ? .tooFewSeeds : .notDistinguishable
  }

  /// Whether no outcome with this number of seeds could have a smaller p value.
  private static func isAtFloor(_ test: SignificanceTest, _ comparison: Comparison) -> Bool {
    // Seeds without a difference also raise the smallest p value of paired tests, but they are evidence for equality.
    let floor =
      comparison.design == .paired && comparison.sequential == nil
      ? comparison.design.minimumP(seeds: comparison.usableSeeds) : test.minimumP ?? 0
    return test.p <= floor * (1 + 1e-9)
  }

  private static func requiredSeeds(
    _ comparison: Comparison, _ comparisons: Int, _ options: ComparisonOptions
  ) -> RequiredSeeds {
    // Seeds with equal differences have no spread, and a single seed shows none: then only the resolution of the test
    // requires more.
    let unlimited = comparison.meanDifference == 0 && comparison.usableSeeds > 1 ? 0 : Double.infinity
    return RequiredSeeds(
      unchecked: comparison.effectSize ?? unlimited, comparison.design, alpha: options.alpha / Double(comparisons),
      power: options.power)
  }
}

/// The outcome of a comparison.
public enum Finding: String, Sendable, Hashable, Codable, CaseIterable {
  /// The candidate is significantly better than the baseline.
  case better
  /// The candidate is significantly worse than the baseline.
  case worse
  /// The difference is within the equivalence margin.
  case equivalent
  /// The seeds vary too much to tell. This does not mean that the arms are alike.
  case notDistinguishable
  /// Both arms have the same value with every seed. Their other metrics may differ.
  case identical
  /// The seeds agree as far as they can, but so few may agree by chance; or there is only one.
  case tooFewSeeds
  /// Runs of either arm diverged, so that a comparison of the others would favour the lucky ones.
  case diverged

  /// A short text for a table cell.
  public var label: String {
    switch self {
    case .notDistinguishable: "not distinguishable"
    case .tooFewSeeds: "too few seeds"
    default: rawValue
    }
  }
}

extension Verdict {
  /// The verdict as a sentence for people, without a full stop: "TanhExp and ReLU are not distinguishable with these 5
  /// seeds (difference +0.05 ± 0.12, p = 0.44); about 40 more seeds would be needed".
  ///
  /// - Parameter style: the format of values, such as `.percent` for accuracies from 0 to 1.
  public func sentence(_ style: ValueStyle = .plain) -> String {
    switch finding {
    case .better, .worse:
      return "\(candidate) is \(finding.label) than \(baseline): \(numbers(style)) over \(runs)\(looks)"
    case .equivalent:
      return "\(candidate) and \(baseline) are equivalent within ±\(style.margin(margin ?? 0)) "
        + "(\(difference(style) ?? ""), \(PText.equation(equivalenceP ?? 0))\(adjustment)) over \(runs)\(looks)"
    case .notDistinguishable:
      if let design = comparison.sequential { return open(design, style) }
      return "\(candidate) and \(baseline) are not distinguishable with these \(runs) (\(numbers(style))); \(needed)"
    case .identical: return "\(candidate) and \(baseline) have the same value in \(identicalSeeds)\(looks)"
    case .tooFewSeeds:
      return "too few seeds for any verdict on \(candidate) and \(baseline)\(observed(style)): \(reason)"
    case .diverged: return "\(divergence)\(survivors(style))\(looks)"
    }
  }

  private func numbers(_ style: ValueStyle) -> String {
    [difference(style), p.map { PText.equation($0) + adjustment }].compactMap(\.self).joined(separator: ", ")
  }

  private func difference(_ style: ValueStyle) -> String? {
    comparison.meanDifference.map { mean in
      if comparison.sequential != nil, let interval = comparison.interval {
        return "difference " + style.difference(mean, within: interval)
      }
      return "difference " + style.difference(mean, plusMinus: comparison.interval.map { $0.width / 2 })
    }
  }

  /// " (sequential: 2 looks, at most 40 seeds)".
  private var looks: String {
    guard let design = comparison.sequential, let looks = comparison.looks else { return "" }
    return " (sequential: \(NumberText.count(looks, "look")), at most \(NumberText.count(design.maximum, "seed")))"
  }

  /// A sequential design that has not decided, or not yet.
  private func open(_ design: SequentialDesign, _ style: ValueStyle) -> String {
    let isOver = comparison.usableSeeds >= design.maximum
    let seeds =
      isOver
      ? "with these \(runs), the most that were planned"
      : "after \(comparison.usableSeeds) of at most \(NumberText.count(design.maximum, "seed"))"
    let looks = NumberText.count(comparison.looks ?? 0, "look")
    return "\(candidate) and \(baseline) are not \(isOver ? "" : "yet ")distinguishable \(seeds), in \(looks) "
      + "(\(numbers(style)))"
  }

  private var adjustment: String { comparisons > 1 ? " adjusted for \(comparisons) comparisons" : "" }

  /// "5 seeds", or "5 and 6 unpaired runs".
  private var runs: String {
    comparison.design == .paired
      ? NumberText.count(comparison.usableSeeds, comparison.unpairedRuns > 0 ? "common seed" : "seed")
      : "\(comparison.candidateRuns) and \(comparison.baselineRuns) unpaired runs"
  }

  private var identicalSeeds: String {
    comparison.usableSeeds == 1 ? "the only seed" : "all \(comparison.usableSeeds) seeds"
  }

  private func observed(_ style: ValueStyle) -> String { difference(style).map { " (\($0))" } ?? "" }

  private var reason: String {
    if let design = comparison.sequential, comparison.usableSeeds < design.first {
      return "the first look is after \(design.first) of at most \(NumberText.count(design.maximum, "seed"))"
    }
    return comparison.sequential == nil ? "\(resolution); \(needed)" : resolution
  }

  private var resolution: String {
    if comparison.usableSeeds < 2 { return "a single seed shows no spread" }
    let floor = PText.value(comparison.test?.minimumP ?? 1)
    let adjusted = comparisons > 1 ? " before its adjustment for \(comparisons) comparisons" : ""
    return "with \(runs) no exact two-sided test can fall below p = \(floor)\(adjusted)"
  }

  private var needed: String {
    guard let more = moreSeeds else { return "no practical number of seeds would tell a difference so small" }
    let arms = comparison.design == .paired ? "" : " in each arm"
    // If only the resolution of the test requires more seeds, the number is an exact lower bound.
    let isBound = requiredSeeds?.total == requiredSeeds?.fewest
    let amount = isBound ? "at least \(more)" : "about \(NumberText.count(Self.rounded(more)))"
    return "\(amount) more \(more == 1 ? "seed" : "seeds")\(arms) would be needed"
  }

  /// A rough number of seeds: rounded up to a multiple of five, and from 100 on to two digits.
  static func rounded(_ number: Int) -> Int {
    if number < 10 { return number }
    var unit = number < 100 ? 5 : 10
    while number / unit >= 100 { unit *= 10 }
    return (number + unit - 1) / unit * unit
  }

  private var divergence: String {
    let arms = [
      (candidate, comparison.candidateDiverged, comparison.candidateRuns),
      (baseline, comparison.baselineDiverged, comparison.baselineRuns),
    ]
    let reported = arms.filter { $0.1 > 0 } + arms.filter { $0.1 == 0 }
    return reported.map { name, diverged, runs in
      diverged > 0 ? "\(name) diverged in \(diverged) of \(runs) runs" : "\(name) in none of \(runs)"
    }.joined(separator: ", ")
  }

  private func survivors(_ style: ValueStyle) -> String {
    guard comparison.meanDifference != nil else { return "; nothing is left to compare" }
    let rest =
      comparison.design == .paired
      ? "the \(NumberText.count(comparison.usableSeeds, "seed")) where neither did" : "the other runs"
    return "; over \(rest): \(numbers(style))"
  }
}
