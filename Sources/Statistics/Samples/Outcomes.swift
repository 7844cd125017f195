/// What a metric was at the end of several runs: the finite values, and how many runs diverged.
///
/// A diverged run has no value, but it is a result: every summary and comparison counts it.
public struct Outcomes: Sendable, Equatable, Encodable {
  /// The values of the runs that didn't diverge, in the order given.
  public let finite: [Double]
  /// How many values are NaN, infinite, or larger than ``largestMagnitude``.
  public let diverged: Int

  /// Beyond this a run counts as diverged. Its square still fits a `Double`, so no statistic overflows; no finite
  /// single-precision number is as large.
  public static let largestMagnitude = 1e150

  /// - Throws: `StatisticsError.empty` if there are no values.
  public init(_ values: [Double]) throws(StatisticsError) {
    if values.isEmpty { throw .empty(what: "values") }
    self.init(checked: values)
  }

  init(checked values: [Double]) {
    finite = values.filter(Self.isFinite)
    diverged = values.count - finite.count
  }

  /// All runs, diverged ones included.
  public var count: Int { finite.count + diverged }

  /// Mean, median, spread and interval of the finite values; nil if every run diverged.
  ///
  /// - Parameter alpha: one minus the confidence of the interval of the mean.
  /// - Throws: `StatisticsError.outOfRange` unless `alpha` lies between 0 and 1.
  public func summary(alpha: Double = 0.05) throws(StatisticsError) -> SampleSummary? {
    try Checks.openUnit(alpha, "alpha")
    return SampleSummary(finite, diverged: diverged, alpha: alpha)
  }

  static func isFinite(_ value: Double) -> Bool { value.magnitude <= largestMagnitude }
}
