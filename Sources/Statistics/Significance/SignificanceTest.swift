/// What a two-sided test of "no difference" found.
public struct SignificanceTest: Sendable, Equatable, Encodable {
  /// Which test; each has a factory in a file of its own.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case signFlip, wilcoxon, sign, pairedT, mannWhitney, welchT, logRank
  }

  /// How the p value was found.
  public enum Method: String, Sendable, Codable {
    /// By counting every possible outcome.
    case exact
    /// By drawing outcomes at random; ``SignificanceTest/standardError`` says how well.
    case sampled
    /// By a distribution that holds for many values, or for normally distributed ones.
    case approximate
  }

  public let kind: Kind
  public let method: Method
  /// The probability, were there no difference, of one at least as large as was observed.
  public let p: Double
  /// The smallest p that any outcome of as many runs could give: with few seeds no exact test can be significant. Nil
  /// for tests that aren't exact.
  public let minimumP: Double?
  /// Of `p`, where it was sampled.
  public let standardError: Double?
  /// Each test's own; nil where it is infinite.
  public let statistic: Double?
  /// For the t tests.
  public let degreesOfFreedom: Double?
  /// 1 if the test's statistic says that the candidate's values are the larger, −1 the smaller, 0 neither.
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
