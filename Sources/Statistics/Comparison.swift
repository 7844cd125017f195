/// A comparison of a candidate with a baseline. All differences are candidate minus baseline, whichever direction is
/// better.
public struct Comparison: Sendable, Equatable, Encodable {
  public let design: ComparisonDesign
  /// How the seeds were looked at; `nil` for a number of seeds that was fixed.
  public let sequential: SequentialDesign?
  /// The seeds compared; empty if the arms share none.
  public let seeds: [Int]
  /// The number of candidate runs, including diverged ones.
  public let candidateRuns: Int
  public let baselineRuns: Int
  public let candidateDiverged: Int
  public let baselineDiverged: Int
  /// The number of runs left out because the other arm lacks their seed.
  public let unpairedRuns: Int
  /// One difference per seed with which neither run diverged; empty for unpaired arms.
  public let differences: [Double]
  /// `nil`, like everything that follows from it, if divergence left nothing to compare.
  public let meanDifference: Double?
  /// The median of the differences, or for unpaired arms the difference of the medians.
  public let medianDifference: Double?
  /// Student's or Welch's t interval of the mean difference; `nil` with fewer than two seeds. In a sequential design the
  /// interval of ``SequentialDesign/interval(of:alpha:)``, which holds at every look.
  public let interval: Interval?
  /// The bootstrap of the mean difference; `nil` with fewer than two seeds, and in a sequential design, where it would
  /// be too narrow.
  public let bootstrap: Bootstrap?
  /// The deciding test first, followed by others for information; only the deciding one in a sequential design.
  public let tests: [SignificanceTest]
  public let probabilityOfImprovement: ProbabilityOfImprovement
  /// The fraction of seeds with which the candidate is better, counting ties as half; `nil` for unpaired arms.
  public let pairedShare: Double?
  /// Cohen's d: the mean difference divided by the standard deviation of the differences (d_z), or for unpaired arms by
  /// the pooled one. `nil` without spread.
  public let effectSize: Double?
  /// The p value of two one-sided t tests that the difference is within the margin, or in a sequential design of two
  /// one-sided sequential ones; `nil` without a margin.
  public let equivalenceP: Double?

  /// The deciding test.
  public var test: SignificanceTest? { tests.first }

  /// The number of looks that a sequential design has taken; `nil` for a number of seeds that was fixed.
  public var looks: Int? { sequential.map { $0.looks(seeds: usableSeeds) } }

  /// Whether both arms have exactly the same value with every seed.
  public var isIdentical: Bool {
    candidateDiverged + baselineDiverged == 0 && !differences.isEmpty && differences.allSatisfy { $0 == 0 }
  }

  /// The number of runs in the tests, of the arm that has fewer.
  public var usableSeeds: Int {
    design == .paired
      ? differences.count : Swift.min(candidateRuns - candidateDiverged, baselineRuns - baselineDiverged)
  }
}

extension Comparison {
  /// Compares two arms seed by seed.
  ///
  /// A seed with which either run diverged has no difference. It is counted, and enters the probability of improvement
  /// as the worst possible result.
  public static func paired(
    _ outcomes: PairedOutcomes, options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let differences = outcomes.differences
    let gap = differences.count > 1 ? MeanDifference(differences) : nil
    let spread = gap.map { $0.standardError * Double(differences.count).squareRoot() } ?? 0
    let mean = differences.isEmpty ? nil : Moments(differences).mean
    let isFixed = options.sequential == nil
    return Comparison(
      design: .paired, sequential: options.sequential, seeds: outcomes.seeds, candidateRuns: outcomes.seeds.count,
      baselineRuns: outcomes.seeds.count,
      candidateDiverged: outcomes.candidate.count { !Outcomes.isFinite($0) },
      baselineDiverged: outcomes.baseline.count { !Outcomes.isFinite($0) },
      unpairedRuns: outcomes.unpaired, differences: differences, meanDifference: mean,
      medianDifference: differences.isEmpty ? nil : Quantiles.median(differences),
      interval: try interval(differences, options),
      bootstrap: isFixed ? try bootstrap(differences, options) : nil, tests: try tests(differences, options),
      probabilityOfImprovement: try ProbabilityOfImprovement(
        candidate: outcomes.candidate, baseline: outcomes.baseline, better: options.better, alpha: options.alpha,
        resamples: options.resamples, seed: options.seed),
      pairedShare: ProbabilityOfImprovement.pairedShare(
        candidate: outcomes.candidate, baseline: outcomes.baseline, better: options.better),
      effectSize: spread > 0 ? mean.map { $0 / spread } : nil,
      equivalenceP: try equivalenceP(differences, options))
  }

  private static func interval(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Interval? {
    guard !differences.isEmpty else { return nil }
    if let sequential = options.sequential { return try sequential.interval(of: differences, alpha: options.alpha) }
    return differences.count > 1 ? MeanDifference(differences).interval(alpha: options.alpha) : nil
  }

  private static func equivalenceP(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Double? {
    guard let margin = options.margin, !differences.isEmpty else { return nil }
    if let sequential = options.sequential { return try sequential.equivalenceP(of: differences, margin: margin) }
    return differences.count > 1 ? MeanDifference(differences).equivalenceP(margin: margin) : nil
  }

  private static func bootstrap(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Bootstrap? {
    guard differences.count > 1 else { return nil }
    return try Bootstrap([differences], alpha: options.alpha, resamples: options.resamples, seed: options.seed) {
      Bootstrap.mean($0[0])
    }
  }

  private static func tests(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> [SignificanceTest] {
    guard !differences.isEmpty else { return [] }
    if let sequential = options.sequential { return [try .sequentialSignFlip(differences, design: sequential)] }
    let signFlip = try SignificanceTest.signFlip(differences, resamples: options.resamples, seed: options.seed)
    let wilcoxon = try SignificanceTest.wilcoxon(differences, resamples: options.resamples, seed: options.seed)
    let exact = options.pairedTest == .signFlip ? [signFlip, wilcoxon] : [wilcoxon, signFlip]
    return differences.count > 1 ? exact + [try .pairedT(differences)] : exact
  }
}

extension Comparison {
  /// Compares two arms without common seeds as independent groups. This takes more seeds than a paired comparison,
  /// since the effect of a seed on both arms does not cancel.
  ///
  /// - Throws: `StatisticsError.empty` for an arm without runs.
  public static func unpaired(
    candidate: [Double], baseline: [Double], options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let probability = try ProbabilityOfImprovement(
      candidate: candidate, baseline: baseline, better: options.better, alpha: options.alpha,
      resamples: options.resamples, seed: options.seed)
    let (one, other) = (Outcomes(checked: candidate), Outcomes(checked: baseline))
    let looks = options.sequential != nil
    let comparable = !one.finite.isEmpty && !other.finite.isEmpty
    let spread = one.finite.count > 1 && other.finite.count > 1
    let gap = spread ? MeanDifference(candidate: one.finite, baseline: other.finite) : nil
    return Comparison(
      design: .unpaired, sequential: options.sequential, seeds: [], candidateRuns: one.count, baselineRuns: other.count,
      candidateDiverged: one.diverged, baselineDiverged: other.diverged, unpairedRuns: 0, differences: [],
      meanDifference: comparable ? Moments(one.finite).mean - Moments(other.finite).mean : nil,
      medianDifference: comparable ? Quantiles.median(one.finite) - Quantiles.median(other.finite) : nil,
      interval: looks ? nil : gap?.interval(alpha: options.alpha),
      bootstrap: spread && !looks ? try bootstrap(one.finite, other.finite, options) : nil,
      tests: comparable ? try tests(one.finite, other.finite, options) : [], probabilityOfImprovement: probability,
      pairedShare: nil, effectSize: spread ? effectSize(one.finite, other.finite) : nil,
      equivalenceP: looks ? nil : options.margin.flatMap { gap?.equivalenceP(margin: $0) })
  }

  private static func bootstrap(
    _ candidate: [Double], _ baseline: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Bootstrap {
    try Bootstrap([candidate, baseline], alpha: options.alpha, resamples: options.resamples, seed: options.seed) {
      Bootstrap.mean($0[0]) - Bootstrap.mean($0[1])
    }
  }

  private static func tests(
    _ candidate: [Double], _ baseline: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> [SignificanceTest] {
    // The sequential test is one of pairs: none is valid at every look for runs without common seeds.
    guard options.sequential == nil else { return [] }
    let exact = try SignificanceTest.mannWhitney(candidate: candidate, baseline: baseline)
    guard candidate.count > 1, baseline.count > 1 else { return [exact] }
    return [exact, try .welchT(candidate: candidate, baseline: baseline)]
  }

  /// The difference of the means divided by the pooled standard deviation.
  private static func effectSize(_ candidate: [Double], _ baseline: [Double]) -> Double? {
    let (one, other) = (Moments(candidate), Moments(baseline))
    let largest = Swift.max(one.standardDeviation, other.standardDeviation)
    guard largest > 0 else { return nil }
    let (s, t) = (one.standardDeviation / largest, other.standardDeviation / largest)
    let (n, m) = (Double(one.count - 1), Double(other.count - 1))
    let pooled = ((n * s * s + m * t * t) / (n + m)).squareRoot()
    return (one.mean - other.mean) / largest / pooled
  }
}

/// The probability that a run of the candidate beats a run of the baseline, counting ties as half (Agarwal et al.,
/// "Deep reinforcement learning at the edge of the statistical precipice", 2021, https://arxiv.org/abs/2108.13264).
///
/// Diverged runs are included: they are worse than any finite value and tie with each other.
public struct ProbabilityOfImprovement: Sendable, Equatable, Encodable {
  /// 0 if every run of the candidate is worse than every run of the baseline, 0.5 if neither arm tends to be better,
  /// and 1 if every run of the candidate is better. All pairs of runs count, whatever their seeds.
  public let value: Double
  /// The bootstrap percentile interval, resampling both arms independently; `nil` if an arm has a single run.
  public let interval: Interval?

  /// - Throws: `StatisticsError.empty` for an arm without runs, `.outOfRange` for `alpha` or `resamples`.
  public init(
    candidate: [Double], baseline: [Double], better: BetterDirection, alpha: Double = 0.05, resamples: Int = 10_000,
    seed: UInt64 = 0
  ) throws(StatisticsError) {
    if candidate.isEmpty { throw .empty(what: "candidate's values") }
    if baseline.isEmpty { throw .empty(what: "baseline's values") }
    try Checks.openUnit(alpha, "alpha")
    try Checks.resamples(resamples)
    let levels = Levels(candidate: candidate, baseline: baseline, better: better)
    value = levels.probability(levels.candidate, levels.baseline)
    guard candidate.count > 1, baseline.count > 1 else {
      interval = nil
      return
    }
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    let sizes = [candidate.count, baseline.count]
    Resamples(resamples, ofSizes: sizes, seed: seed, stream: .probabilityOfImprovement).visit { positions in
      replicates.append(
        levels.probability(
          positions.prefix(candidate.count).map { levels.candidate[Int($0)] },
          positions.suffix(baseline.count).map { levels.baseline[Int($0)] }))
    }
    replicates.sort()
    interval = Interval(
      Quantiles.at(alpha / 2, ofSorted: replicates), Quantiles.at(1 - alpha / 2, ofSorted: replicates))
  }

  /// The fraction of seeds with which the candidate beats the baseline, counting ties as half.
  static func pairedShare(candidate: [Double], baseline: [Double], better: BetterDirection) -> Double {
    let wins = zip(candidate, baseline).reduce(0.0) { sum, pair in
      let (one, other) = (score(pair.0, better), score(pair.1, better))
      return sum + (one > other ? 1 : one == other ? 0.5 : 0)
    }
    return wins / Double(candidate.count)
  }

  fileprivate static func score(_ value: Double, _ better: BetterDirection) -> Double {
    Outcomes.isFinite(value) ? value * better.sign : -.infinity
  }
}

/// Values as ranks among all distinct values, worst first, so that comparing all pairs of runs takes one pass.
private struct Levels {
  let candidate: [Int]
  let baseline: [Int]
  private let count: Int

  init(candidate: [Double], baseline: [Double], better: BetterDirection) {
    let scores = [candidate, baseline].map { $0.map { ProbabilityOfImprovement.score($0, better) } }
    let distinct = Set(scores.joined()).sorted()
    let level = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    self.candidate = scores[0].compactMap { level[$0] }
    self.baseline = scores[1].compactMap { level[$0] }
    count = distinct.count
  }

  func probability(_ candidate: [Int], _ baseline: [Int]) -> Double {
    var runs = [Int](repeating: 0, count: count)
    for level in baseline { runs[level] += 1 }
    // Twice the number of baseline runs that a run of each rank beats.
    var beaten = 0
    let doubled = runs.map { tied in
      defer { beaten += 2 * tied }
      return beaten + tied
    }
    let wins = candidate.reduce(0) { $0 + doubled[$1] }
    return Double(wins) / Double(2 * candidate.count * baseline.count)
  }
}
