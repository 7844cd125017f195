import Foundation

/// An arm compared with itself again and again: how often equal methods are called different.
///
/// Each comparison pairs runs with seeds of their own, so that the comparisons are independent and their differences
/// symmetric about zero, whatever the distribution of the runs.
///
/// ```swift
/// let values = (0..<480).map { sin(Double($0 * $0)) }  // of 480 runs with other seeds
/// let calibration = try SelfComparison(values, seeds: 12)
/// print(calibration.fixed.count, calibration.fixed.interval)
/// ```
public struct SelfComparison: Sendable, Equatable, Encodable {
  /// How often something happened among independent attempts.
  public struct Rate: Sendable, Equatable, Encodable {
    public let count: Int
    public let total: Int
    /// The exact interval of the probability at 95 % confidence (Clopper and Pearson, 1934).
    public let interval: Interval

    public var value: Double { Double(count) / Double(total) }

    /// - Throws: `StatisticsError.outOfRange` unless `count` is in 0...`total` and `total` positive.
    public init(_ count: Int, of total: Int, alpha: Double = 0.05) throws(StatisticsError) {
      try Checks.openUnit(alpha, "alpha")
      guard total > 0, (0...total).contains(count) else {
        throw .outOfRange(option: "count", value: Double(count), allowed: "from 0 to the total, \(total), above 0")
      }
      self.count = count
      self.total = total
      let (hits, misses) = (Double(count), Double(total - count))
      interval = Interval(
        count == 0 ? 0 : Self.quantile(hits, misses + 1, alpha / 2),
        misses == 0 ? 1 : Self.quantile(hits + 1, misses, 1 - alpha / 2))
    }

    /// Of the beta distribution, by bisection.
    private static func quantile(_ a: Double, _ b: Double, _ fraction: Double) -> Double {
      var (low, high) = (0.0, 1.0)
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if IncompleteBeta.regularized(a, b, x: middle, y: 1 - middle) < fraction { low = middle } else { high = middle }
      }
      return (low + high) / 2
    }
  }

  /// The seeds of each comparison: the number of the fixed design, and the most of the sequential one.
  public let seeds: Int
  public let alpha: Double
  /// Comparisons with a diverged run, which are left out.
  public let diverged: Int
  /// False verdicts of the sign-flip test after all seeds.
  public let fixed: Rate
  /// False verdicts of the sequential design at any of its looks.
  public let sequential: Rate
  /// The first look of the sequential design.
  public let first: Int
  /// How often the fixed design would be wrong if it were looked at after each seed from the first look on.
  public let peeking: Rate

  /// - Parameters:
  ///   - values: one per run; each comparison takes the next 2 · `seeds`. Runs that are left over are not used.
  /// - Throws: `StatisticsError.tooFewValues` without a complete comparison, and `.outOfRange` for seeds that cannot
  ///   decide anything.
  public init(_ values: [Double], seeds: Int, alpha: Double = 0.05) throws(StatisticsError) {
    let design = try SequentialDesign(maximum: seeds, first: nil, alpha: alpha, comparisons: 1)
    self.seeds = seeds
    self.alpha = alpha
    first = design.first
    var (compared, diverged) = (0, 0)
    var (fixed, sequential, peeking) = (0, 0, 0)
    for start in stride(from: 0, through: values.count - 2 * seeds, by: 2 * seeds) {
      let runs = values[start..<start + 2 * seeds]
      guard runs.allSatisfy(Outcomes.isFinite) else {
        diverged += 1
        continue
      }
      compared += 1
      let differences = (0..<seeds).map { runs[start + 2 * $0] - runs[start + 2 * $0 + 1] }
      if try SignificanceTest.signFlip(differences).p <= alpha { fixed += 1 }
      if try SignificanceTest.sequentialSignFlip(differences, design: design).p <= alpha { sequential += 1 }
      var isFound = false
      for count in design.first...seeds where !isFound {
        isFound = try SignificanceTest.signFlip(Array(differences[..<count])).p <= alpha
      }
      if isFound { peeking += 1 }
    }
    guard compared > 0 else {
      throw .tooFewValues(what: "runs without divergence", needed: 2 * seeds, found: values.count)
    }
    self.diverged = diverged
    self.fixed = try Rate(fixed, of: compared)
    self.sequential = try Rate(sequential, of: compared)
    self.peeking = try Rate(peeking, of: compared)
  }
}
