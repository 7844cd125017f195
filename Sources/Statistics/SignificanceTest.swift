import Foundation

/// The result of a two-sided test of "no difference".
public struct SignificanceTest: Sendable, Equatable, Encodable {
  /// The kind of test. Each has a factory below.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case signFlip, wilcoxon, sign, pairedT, mannWhitney, welchT, logRank, sequentialSignFlip
  }

  /// How the p value was computed.
  public enum Method: String, Sendable, Codable {
    /// By enumerating every possible outcome.
    case exact
    /// By sampling outcomes, with ``SignificanceTest/standardError``.
    case sampled
    /// By an upper bound, where sampling can't tell how small the p value is.
    case bounded
    /// By a distribution that holds for many values or for normally distributed ones.
    case approximate
  }

  public let kind: Kind
  public let method: Method
  /// The probability of a difference at least as large as the observed one if there were none.
  public let p: Double
  /// The smallest p value that any outcome of as many runs could give: with few seeds no exact test can be significant.
  /// `nil` for approximate tests.
  public let minimumP: Double?
  /// The standard error of `p`, if it was sampled.
  public let standardError: Double?
  /// The test statistic; `nil` if it is infinite.
  public let statistic: Double?
  /// For the t tests.
  public let degreesOfFreedom: Double?
  /// 1 if the statistic says that the values of the candidate are larger, −1 if smaller, and 0 if neither.
  public let shift: Int

  init(
    _ kind: Kind, _ method: Method, p: Double, shift: Double, statistic: Double?, minimumP: Double? = nil,
    standardError: Double? = nil, degreesOfFreedom: Double? = nil
  ) {
    self.kind = kind
    self.method = method
    self.p = Swift.min(Swift.max(p, 0), 1)
    self.minimumP = minimumP
    self.standardError = standardError
    self.statistic = statistic.flatMap { $0.isFinite ? $0 : nil }
    self.degreesOfFreedom = degreesOfFreedom
    self.shift = shift > 0 ? 1 : shift < 0 ? -1 : 0
  }
}

extension SignificanceTest {
  /// The permutation test of paired differences: if the methods were alike, each difference could equally have had the
  /// other sign. The statistic is the mean difference. The test assumes no distribution.
  ///
  /// Exact up to 32 nonzero differences, otherwise sampled, with its standard error. A p value too small for the number of
  /// samples is bounded from above instead.
  ///
  /// - Parameters:
  ///   - differences: candidate minus baseline, one per seed.
  ///   - resamples: the number of sign choices to sample if there are too many to enumerate.
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.outOfRange` for `resamples`.
  public static func signFlip(
    _ differences: [Double], resamples: Int = 10_000, seed: UInt64 = 0
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    try Checks.resamples(resamples)
    return SignFlipDistribution(differences)
      .test(.signFlip, statistic: Moments(differences).mean, resamples: resamples, seed: seed)
  }

  /// Wilcoxon's signed-rank test (1945): the sign-flip test of the ranks of the differences, which is less sensitive to
  /// single large differences. Zeros are dropped and ties share their mean rank, with which the test remains exact. The
  /// statistic is the smaller rank sum.
  ///
  /// - Throws: as ``signFlip(_:resamples:seed:)``.
  public static func wilcoxon(
    _ differences: [Double], resamples: Int = 10_000, seed: UInt64 = 0
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    try Checks.resamples(resamples)
    let nonzero = differences.filter { $0 != 0 }
    let magnitudes = nonzero.map(\.magnitude)
    let ranks = Ranks(magnitudes, tolerance: SignFlipDistribution.tolerance * (magnitudes.max() ?? 0)).doubled
    let signed = zip(nonzero, ranks).map { $0 < 0 ? -Double($1) / 2 : Double($1) / 2 }
    let positive = signed.reduce(0) { $0 + Swift.max($1, 0) }
    let negative = signed.reduce(0) { $0 + Swift.max(-$1, 0) }
    return SignFlipDistribution(signed)
      .test(.wilcoxon, statistic: Swift.min(positive, negative), resamples: resamples, seed: seed)
  }
}

extension SignificanceTest {
  /// The exact sign test: without a difference, wins and losses would be equally likely. The statistic is the number of
  /// wins.
  ///
  /// - Parameters:
  ///   - wins: the number of seeds with which the value of the candidate is larger.
  ///   - losses: the number of seeds with which it is smaller. Ties are left out.
  /// - Throws: `StatisticsError.outOfRange` for a negative number.
  public static func sign(wins: Int, losses: Int) throws(StatisticsError) -> SignificanceTest {
    for (name, count) in [("wins", wins), ("losses", losses)] where count < 0 {
      throw .outOfRange(option: name, value: Double(count), allowed: "0 or more")
    }
    let (won, lost) = (Double(wins), Double(losses))
    return SignificanceTest(
      .sign, .exact, p: binomialP(won, lost), shift: won - lost, statistic: won,
      minimumP: Swift.min(1, pow(2, 1 - won - lost)))
  }

  /// Twice the probability of at most `min(wins, losses)` heads in as many throws of a fair coin. The binomial sum is
  /// an incomplete beta function, DLMF 8.17.5.
  private static func binomialP(_ wins: Double, _ losses: Double) -> Double {
    let fewer = Swift.min(wins, losses)
    if wins == losses { return 1 }
    return Swift.min(1, 2 * IncompleteBeta.regularized(Swift.max(wins, losses), fewer + 1, x: 0.5, y: 0.5))
  }
}

extension SignificanceTest {
  /// Student's paired t test, which assumes approximately normal differences.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.tooFewValues` below two differences.
  public static func pairedT(_ differences: [Double]) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    if differences.count < 2 { throw .tooFewValues(what: "differences", needed: 2, found: differences.count) }
    return t(.pairedT, MeanDifference(differences))
  }

  /// Welch's t test (1947) for runs without common seeds, with variances that may differ.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.tooFewValues` below two runs of an arm.
  public static func welchT(candidate: [Double], baseline: [Double]) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(candidate, "candidate's values")
    try Checks.finite(baseline, "baseline's values")
    for (what, values) in [("candidate's values", candidate), ("baseline's values", baseline)] where values.count < 2 {
      throw .tooFewValues(what: what, needed: 2, found: values.count)
    }
    return t(.welchT, MeanDifference(candidate: candidate, baseline: baseline))
  }

  private static func t(_ kind: Kind, _ gap: MeanDifference) -> SignificanceTest {
    // Without spread the statistic is infinite, or zero if there is no difference either.
    let statistic = gap.difference == 0 ? 0 : gap.difference / gap.standardError
    return SignificanceTest(
      kind, .approximate, p: 2 * StudentT(unchecked: gap.degreesOfFreedom).upperTail(statistic.magnitude),
      shift: gap.difference, statistic: statistic, degreesOfFreedom: gap.degreesOfFreedom)
  }
}

extension SignificanceTest {
  /// The test of Mann and Whitney (1947) for runs without common seeds: do the runs of one arm tend to be larger than
  /// those of the other? The statistic is U, the number of pairs of runs in which that of the candidate is larger,
  /// counting ties as half.
  ///
  /// Exact up to 50 runs in total, including ties; otherwise by the normal distribution, corrected for ties and
  /// continuity.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`.
  public static func mannWhitney(
    candidate: [Double], baseline: [Double]
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(candidate, "candidate's values")
    try Checks.finite(baseline, "baseline's values")
    let ranks = Ranks(candidate + baseline)
    let (n, m) = (candidate.count, baseline.count)
    let rankSum = ranks.doubled[..<n].reduce(0, +)
    let u = Double(rankSum) / 2 - Double(n * (n + 1)) / 2
    let excess = u - Double(n * m) / 2
    guard n + m <= 50 else {
      return SignificanceTest(
        .mannWhitney, .approximate, p: normalP(excess: excess, ranks: ranks, n, m), shift: excess, statistic: u)
    }
    let sums = RankSums(ranks.doubled, chosen: n)
    return SignificanceTest(
      .mannWhitney, .exact, p: sums.p(of: rankSum), shift: excess, statistic: u, minimumP: sums.minimumP)
  }

  private static func normalP(excess: Double, ranks: Ranks, _ n: Int, _ m: Int) -> Double {
    let total = Double(n + m)
    let tied = ranks.ties.reduce(0) { $0 + Double($1) * Double($1) * Double($1) - Double($1) }
    let variance = Double(n) * Double(m) / 12 * (total + 1 - tied / (total * (total - 1)))
    guard variance > 0 else { return 1 }
    return 2 * StandardNormal.upperTail(Swift.max(excess.magnitude - 0.5, 0) / variance.squareRoot())
  }
}

/// The frequency of each sum of ranks over all choices of a number of them.
private struct RankSums {
  private let counts: [Double]
  private let total: Double

  init(_ ranks: [Int], chosen: Int) {
    let largest = ranks.reduce(0, +)
    var table = [[Double]](repeating: [Double](repeating: 0, count: largest + 1), count: chosen + 1)
    table[0][0] = 1
    var reached = 0
    for (index, rank) in ranks.enumerated() {
      reached += rank
      for size in stride(from: Swift.min(index + 1, chosen), through: 1, by: -1) {
        for sum in stride(from: reached, through: rank, by: -1) { table[size][sum] += table[size - 1][sum - rank] }
      }
    }
    counts = table[chosen]
    total = counts.reduce(0, +)
  }

  /// Twice the smaller tail, including the observed sum.
  func p(of sum: Int) -> Double {
    2 * Swift.min(counts[...sum].reduce(0, +), counts[sum...].reduce(0, +)) / total
  }

  /// The p value of the rarer of the two extreme sums.
  var minimumP: Double {
    let ends = [counts.first { $0 > 0 }, counts.last { $0 > 0 }].compactMap(\.self)
    return Swift.min(1, 2 * (ends.min() ?? total) / total)
  }
}

/// A difference of means with its standard error and degrees of freedom.
struct MeanDifference {
  let difference: Double
  let standardError: Double
  let degreesOfFreedom: Double

  /// The mean of paired differences.
  init(_ differences: [Double]) {
    let moments = Moments(differences)
    difference = moments.mean
    standardError = moments.standardError
    degreesOfFreedom = Double(moments.count - 1)
  }

  /// The difference of independent samples, by the formula of Welch and Satterthwaite.
  init(candidate: [Double], baseline: [Double]) {
    let (one, other) = (Moments(candidate), Moments(baseline))
    difference = one.mean - other.mean
    let errors = [one.standardError, other.standardError]
    let largest = Swift.max(errors[0], errors[1])
    let (n, m) = (Double(one.count - 1), Double(other.count - 1))
    guard largest > 0 else {
      standardError = 0
      degreesOfFreedom = n + m
      return
    }
    // Relative to the larger, so that fourth powers neither overflow nor vanish.
    let squares = errors.map { $0 / largest * ($0 / largest) }
    let sum = squares[0] + squares[1]
    standardError = largest * sum.squareRoot()
    degreesOfFreedom = sum * sum / (squares[0] * squares[0] / n + squares[1] * squares[1] / m)
  }

  /// Requires at least two values per mean.
  func interval(alpha: Double) -> Interval {
    let margin =
      standardError == 0
      ? 0 : StudentT(unchecked: degreesOfFreedom).value(upperTail: alpha / 2) * standardError
    return Interval(difference - margin, difference + margin)
  }

  /// The larger p value of two one-sided t tests (TOST; Schuirmann, 1987): small if the difference is within ±`margin`.
  func equivalenceP(margin: Double) -> Double {
    let room = margin - difference.magnitude
    if standardError == 0 { return room > 0 ? 0 : 1 }
    return StudentT(unchecked: degreesOfFreedom).upperTail(room / standardError)
  }
}

/// The ranks of values from 1, ties sharing their mean rank.
struct Ranks {
  /// Twice the rank of each value, which is a whole number even for ties.
  let doubled: [Int]
  /// The sizes of the groups of equal values.
  let ties: [Int]

  /// - Parameter tolerance: the largest distance between tied neighbours, since equal differences vary by rounding.
  init(_ values: [Double], tolerance: Double = 0) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var doubled = [Int](repeating: 0, count: values.count)
    var ties: [Int] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] - values[order[end - 1]] <= tolerance { end += 1 }
      for position in order[start..<end] { doubled[position] = start + 1 + end }
      ties.append(end - start)
      start = end
    }
    self.doubled = doubled
    self.ties = ties
  }
}
