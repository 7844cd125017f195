/// The answer to "is it the method or the seed?", as a finding with its numbers and as a sentence.
public struct Verdict: Sendable, Equatable, Encodable {
  public let finding: Finding
  public let candidate: String
  public let baseline: String
  public let comparison: Comparison
  /// Adjusted for the number of comparisons; nil where divergence left nothing to test.
  public let p: Double?
  /// The p that the difference lies within the margin, adjusted likewise; nil without a margin.
  public let equivalenceP: Double?
  /// How many comparisons the p values are adjusted for.
  public let comparisons: Int
  public let margin: Double?
  /// For findings that more seeds could change: about how many it would take.
  public let requiredSeeds: RequiredSeeds?

  /// The verdict of a comparison that is the only one made. ``ComparisonTable`` gives those of several.
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
    requiredSeeds = isOpen ? Self.requiredSeeds(comparison, comparisons, options) : nil
  }

  /// About how many seeds more would be needed; nil for findings that stand, and beyond any practical number.
  public var moreSeeds: Int? { requiredSeeds?.additional(to: comparison.usableSeeds) }

  private static func finding(
    _ comparison: Comparison, p: Double?, equivalenceP: Double?, _ options: ComparisonOptions
  ) -> Finding {
    if comparison.candidateDiverged + comparison.baselineDiverged > 0 { return .diverged }
    if comparison.isIdentical { return .identical }
    // A margin says which differences matter: a smaller one, however certain, is none.
    if let equivalenceP, equivalenceP <= options.alpha { return .equivalent }
    guard let test = comparison.test, let p, comparison.usableSeeds > 1 else { return .tooFewSeeds }
    if p <= options.alpha, test.shift != 0 {
      return Double(test.shift) * options.better.sign > 0 ? .better : .worse
    }
    return isAtFloor(test, comparison) ? .tooFewSeeds : .notDistinguishable
  }

  /// Whether no outcome of so many seeds could have had a smaller p.
  private static func isAtFloor(_ test: SignificanceTest, _ comparison: Comparison) -> Bool {
    // Seeds without a difference raise the smallest p of paired tests too, but those have spoken: for no difference.
    let floor =
      comparison.design == .paired
      ? comparison.design.minimumP(seeds: comparison.usableSeeds) : test.minimumP ?? 0
    return test.p <= floor * (1 + 1e-9)
  }

  private static func requiredSeeds(
    _ comparison: Comparison, _ comparisons: Int, _ options: ComparisonOptions
  ) -> RequiredSeeds {
    // Several seeds that all differ alike have no spread, and a single seed shows none: then only the test's own
    // resolution asks for more.
    let unlimited = comparison.meanDifference == 0 && comparison.usableSeeds > 1 ? 0 : Double.infinity
    return RequiredSeeds(
      unchecked: comparison.effectSize ?? unlimited, comparison.design, alpha: options.alpha / Double(comparisons),
      power: options.power)
  }
}
