/// The final values of a metric over several runs, and the number of runs that diverged.
///
/// A diverged run has no value, but is a result: every summary and comparison counts it.
public struct Outcomes: Sendable, Equatable, Encodable {
  /// The values of the runs that did not diverge, in the order given.
  public let finite: [Double]
  /// The number of values that are NaN, infinite or beyond ``largestMagnitude``.
  public let diverged: Int

  /// Runs beyond this value count as diverged. Its square still fits a `Double`, so that no statistic overflows, and no
  /// finite single-precision number is as large.
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

  /// The number of runs, including diverged ones.
  public var count: Int { finite.count + diverged }

  /// Mean, median, spread and interval of the finite values; `nil` if every run diverged.
  ///
  /// - Parameter alpha: one minus the confidence of the interval of the mean.
  /// - Throws: `StatisticsError.outOfRange` unless `alpha` lies between 0 and 1.
  public func summary(alpha: Double = 0.05) throws(StatisticsError) -> SampleSummary? {
    try Checks.openUnit(alpha, "alpha")
    return SampleSummary(finite, diverged: diverged, alpha: alpha)
  }

  static func isFinite(_ value: Double) -> Bool { value.magnitude <= largestMagnitude }
}

/// The values of a metric in one arm of a study, by seed.
public struct ArmOutcomes: Sendable, Equatable, Encodable {
  public var name: String
  /// By seed. NaN and infinities stand for diverged runs.
  public var values: [Int: Double]

  public init(_ name: String, values: [Int: Double]) {
    self.name = name
    self.values = values
  }

  /// The values without their seeds, in the order of the seeds.
  ///
  /// - Throws: `StatisticsError.empty` if there are none.
  public func outcomes() throws(StatisticsError) -> Outcomes {
    if values.isEmpty { throw .empty(what: "runs of the arm '\(name)'") }
    return Outcomes(checked: inSeedOrder)
  }

  var inSeedOrder: [Double] { values.sorted { $0.key < $1.key }.map(\.value) }
}

/// Two arms over common seeds: paired runs share initialization, order and augmentation, and differ in the method.
public struct PairedOutcomes: Sendable, Equatable {
  /// The common seeds, ascending.
  public let seeds: [Int]
  /// The value of the candidate for each of `seeds`, including diverged runs.
  public let candidate: [Double]
  /// The value of the baseline for each of `seeds`, including diverged runs.
  public let baseline: [Double]
  /// The number of runs left out because the other arm lacks their seed.
  public let unpaired: Int

  /// Pairs the runs by their common seeds.
  ///
  /// - Throws: `StatisticsError.empty` if there are none.
  public init(candidate: [Int: Double], baseline: [Int: Double]) throws(StatisticsError) {
    seeds = candidate.keys.filter { baseline[$0] != nil }.sorted()
    if seeds.isEmpty { throw .empty(what: "seeds that both arms have run") }
    self.candidate = seeds.compactMap { candidate[$0] }
    self.baseline = seeds.compactMap { baseline[$0] }
    unpaired = candidate.count + baseline.count - 2 * seeds.count
  }

  /// Pairs the values by position. The seeds become 0, 1, ….
  ///
  /// - Throws: `StatisticsError.unequalLengths`, or `.empty` if there are no values.
  public init(candidate: [Double], baseline: [Double]) throws(StatisticsError) {
    guard candidate.count == baseline.count else {
      throw .unequalLengths(candidate: candidate.count, baseline: baseline.count)
    }
    if candidate.isEmpty { throw .empty(what: "values") }
    seeds = Array(candidate.indices)
    self.candidate = candidate
    self.baseline = baseline
    unpaired = 0
  }

  /// Candidate minus baseline for each seed with which neither run diverged.
  public var differences: [Double] {
    zip(candidate, baseline).filter { Outcomes.isFinite($0) && Outcomes.isFinite($1) }.map { $0 - $1 }
  }
}

/// The direction in which a metric improves.
public enum BetterDirection: String, Sendable, Hashable, Codable, CaseIterable {
  /// For accuracies.
  case higher
  /// For losses, errors and durations.
  case lower

  /// 1 where higher is better, −1 where lower is.
  package var sign: Double { self == .higher ? 1 : -1 }
}
