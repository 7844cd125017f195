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

/// One arm of a study: the value a metric reached for each seed.
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

/// Two arms over the same seeds: runs that share initialization, order and augmentation, and differ in the method.
public struct PairedOutcomes: Sendable, Equatable {
  /// The seeds both arms have run, ascending.
  public let seeds: [Int]
  /// The candidate's value for each of `seeds`, diverged ones included.
  public let candidate: [Double]
  /// The baseline's value for each of `seeds`, diverged ones included.
  public let baseline: [Double]
  /// How many runs were left out because the other arm lacks their seed.
  public let unpaired: Int

  /// The seeds that both arms have.
  ///
  /// - Throws: `StatisticsError.empty` if there is no such seed.
  public init(candidate: [Int: Double], baseline: [Int: Double]) throws(StatisticsError) {
    seeds = candidate.keys.filter { baseline[$0] != nil }.sorted()
    if seeds.isEmpty { throw .empty(what: "seeds that both arms have run") }
    self.candidate = seeds.compactMap { candidate[$0] }
    self.baseline = seeds.compactMap { baseline[$0] }
    unpaired = candidate.count + baseline.count - 2 * seeds.count
  }

  /// Values of equal seeds at equal positions; the seeds are named 0, 1, ….
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

/// Which values of a metric are the good ones.
public enum BetterDirection: String, Sendable, Hashable, Codable, CaseIterable {
  /// As for accuracies.
  case higher
  /// As for losses, errors and times.
  case lower

  /// 1 where higher is better, −1 where lower is.
  package var sign: Double { self == .higher ? 1 : -1 }
}
