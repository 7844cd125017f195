/// How two arms are compared.
public struct ComparisonOptions: Sendable, Equatable, Encodable {
  /// The test that decides between paired arms.
  public enum PairedTest: String, Sendable, Hashable, Codable, CaseIterable {
    /// The sign-flip permutation test of the mean difference.
    case signFlip
    /// Wilcoxon's signed rank test, for differences with outliers.
    case wilcoxon
  }

  public let better: BetterDirection
  /// How often a comparison of equal methods may be called different.
  public let alpha: Double
  /// With what probability the estimated number of seeds would find a difference as large as the observed one.
  public let power: Double
  /// Differences up to this, in the metric's units, don't matter in practice; nil if every difference does.
  public let margin: Double?
  public let pairedTest: PairedTest
  /// For the bootstrap, and for permutation tests with too many seeds to count.
  public let resamples: Int
  /// For the random draws: equal seeds give equal results.
  public let seed: UInt64

  /// - Throws: `StatisticsError.outOfRange` for `alpha` or `power` outside 0 to 1, a margin that isn't a positive
  ///   number, or `resamples` outside 100...10,000,000.
  public init(
    better: BetterDirection = .higher, alpha: Double = 0.05, power: Double = 0.8, margin: Double? = nil,
    pairedTest: PairedTest = .signFlip, resamples: Int = 10_000, seed: UInt64 = 0
  ) throws(StatisticsError) {
    try Checks.openUnit(alpha, "alpha")
    try Checks.openUnit(power, "power")
    try Checks.resamples(resamples)
    if let margin, !(margin > 0 && Outcomes.isFinite(margin)) {
      throw .outOfRange(option: "margin", value: margin, allowed: "a positive number")
    }
    self.better = better
    self.alpha = alpha
    self.power = power
    self.margin = margin
    self.pairedTest = pairedTest
    self.resamples = resamples
    self.seed = seed
  }
}
