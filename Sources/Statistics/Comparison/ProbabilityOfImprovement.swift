/// How likely a run of the candidate beats a run of the baseline, ties counting half (Agarwal et al., "Deep
/// reinforcement learning at the edge of the statistical precipice", 2021).
///
/// Diverged runs take part: they are worse than any finite value, and tie with each other.
public struct ProbabilityOfImprovement: Sendable, Equatable, Encodable {
  /// 0 if every run of the candidate is worse than every one of the baseline, 0.5 if neither tends to be better, 1 if
  /// every one is better. Every run is compared with every run, whatever its seed.
  public let value: Double
  /// The bootstrap percentile interval, drawn from both arms independently; nil if an arm has a single run.
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
    var random = Philox(seed: seed, stream: .probabilityOfImprovement)
    let replicates = (0..<resamples).map { _ in
      levels.probability(Self.resample(levels.candidate, &random), Self.resample(levels.baseline, &random))
    }.sorted()
    interval = Interval(
      Quantiles.at(alpha / 2, ofSorted: replicates), Quantiles.at(1 - alpha / 2, ofSorted: replicates))
  }

  private static func resample(_ values: [Int], _ random: inout Philox) -> [Int] {
    values.map { _ in values[random.index(below: values.count)] }
  }

  /// The share of seeds for which the candidate's run beats the baseline's, ties counting half.
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

/// Values as positions in the order of all distinct ones, worst first: comparing all pairs of runs then takes one pass.
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
    // Twice the number of the baseline's runs a run at each level beats.
    var beaten = 0
    let doubled = runs.map { tied in
      defer { beaten += 2 * tied }
      return beaten + tied
    }
    let wins = candidate.reduce(0) { $0 + doubled[$1] }
    return Double(wins) / Double(2 * candidate.count * baseline.count)
  }
}
