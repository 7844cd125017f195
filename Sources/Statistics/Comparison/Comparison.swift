/// A candidate against a baseline, in numbers. Differences are the candidate's value minus the baseline's, whichever
/// direction is better.
public struct Comparison: Sendable, Equatable, Encodable {
  public let design: ComparisonDesign
  /// The seeds compared; empty where the arms share none.
  public let seeds: [Int]
  /// How many runs of the candidate were compared, diverged ones included.
  public let candidateRuns: Int
  public let baselineRuns: Int
  public let candidateDiverged: Int
  public let baselineDiverged: Int
  /// Runs left out because the other arm lacks their seed.
  public let unpairedRuns: Int
  /// Seed by seed, where neither run diverged; empty for unpaired arms.
  public let differences: [Double]
  /// Nil, as are all that follow from it, where divergence left nothing to compare.
  public let meanDifference: Double?
  /// The median of the differences; for unpaired arms the difference of the medians.
  public let medianDifference: Double?
  /// Student's t interval of the mean difference, or Welch's; nil below two seeds.
  public let interval: Interval?
  /// Of the mean difference; nil below two seeds.
  public let bootstrap: Bootstrap?
  /// The test that decides comes first, others for information follow.
  public let tests: [SignificanceTest]
  public let probabilityOfImprovement: ProbabilityOfImprovement
  /// The share of seeds for which the candidate is better, ties counting half; nil for unpaired arms.
  public let pairedShare: Double?
  /// Cohen's d: the mean difference over the standard deviation of the differences (d_z), or for unpaired arms over the
  /// pooled one. Nil where there is no spread.
  public let effectSize: Double?
  /// The p of two one-sided t tests that the difference lies within the margin; nil without a margin.
  public let equivalenceP: Double?

  /// The test that decides.
  public var test: SignificanceTest? { tests.first }

  /// Whether every seed gave both arms the very same value.
  public var isIdentical: Bool {
    candidateDiverged + baselineDiverged == 0 && !differences.isEmpty && differences.allSatisfy { $0 == 0 }
  }

  /// How many runs of the arm that has fewer take part in the tests.
  public var usableSeeds: Int {
    design == .paired
      ? differences.count : Swift.min(candidateRuns - candidateDiverged, baselineRuns - baselineDiverged)
  }
}
