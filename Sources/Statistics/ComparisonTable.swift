import Dispatch
import Synchronization

/// The comparisons between the arms of a study, with p values adjusted for their number.
public struct ComparisonTable: Sendable, Equatable, Encodable {
  public let options: ComparisonOptions
  /// In the order of the arms.
  public let comparisons: [ArmComparison]

  /// Arms that share seeds are compared by those, and ``Comparison/unpairedRuns`` counts the others. Arms that share
  /// fewer than half the seeds of the smaller arm are compared as independent groups.
  ///
  /// - Throws: `StatisticsError.duplicateArm`, `.unknownBaseline`, or `.empty` for no arms or one without runs.
  public init(
    _ arms: [ArmOutcomes], family: ComparisonFamily, options: ComparisonOptions
  ) throws(StatisticsError) {
    try Self.check(arms)
    let compared = try Self.compare(try Self.pairs(of: arms, family), options)
    // A comparison that cannot be tested still counts as one of those made.
    let adjusted = Holm.adjusted(checked: compared.map { $0.comparison.test?.p ?? 1 })
    let equivalence = Holm.adjusted(checked: compared.map { $0.comparison.equivalenceP ?? 1 })
    self.options = options
    comparisons = zip(compared, zip(adjusted, equivalence)).map { entry, p in
      let adjustedP = entry.comparison.test.map { _ in p.0 }
      return ArmComparison(
        candidate: entry.candidate.name, baseline: entry.baseline.name, comparison: entry.comparison,
        adjustedP: adjustedP,
        verdict: Verdict(
          entry.comparison, candidate: entry.candidate.name, baseline: entry.baseline.name, adjustedP: adjustedP,
          equivalenceP: entry.comparison.equivalenceP.map { _ in p.1 }, comparisons: compared.count, options: options))
    }
  }

  /// Compares pairs, as many at a time as there are cores: resampling takes milliseconds for each.
  private static func compare(
    _ pairs: [(ArmOutcomes, ArmOutcomes)], _ options: ComparisonOptions
  ) throws(StatisticsError) -> [(candidate: ArmOutcomes, baseline: ArmOutcomes, comparison: Comparison)] {
    let results = Mutex<[Result<Comparison, StatisticsError>?]>(pairs.map { _ in nil })
    DispatchQueue.concurrentPerform(iterations: pairs.count) { index in
      let result = Result { () throws(StatisticsError) in try compare(pairs[index].0, pairs[index].1, options) }
      results.withLock { $0[index] = result }
    }
    var compared: [(candidate: ArmOutcomes, baseline: ArmOutcomes, comparison: Comparison)] = []
    for (pair, result) in zip(pairs, results.withLock(\.self)) {
      if let result { compared.append((pair.0, pair.1, try result.get())) }
    }
    return compared
  }

  private static func check(_ arms: [ArmOutcomes]) throws(StatisticsError) {
    if arms.isEmpty { throw .empty(what: "arms") }
    var names: Set<String> = []
    for arm in arms {
      if !names.insert(arm.name).inserted { throw .duplicateArm(arm.name) }
      if arm.values.isEmpty { throw .empty(what: "runs of the arm '\(arm.name)'") }
    }
  }

  private static func pairs(
    of arms: [ArmOutcomes], _ family: ComparisonFamily
  ) throws(StatisticsError) -> [(ArmOutcomes, ArmOutcomes)] {
    switch family {
    case .against(let name):
      guard let baseline = arms.first(where: { $0.name == name }) else {
        throw .unknownBaseline(name, arms: arms.map(\.name))
      }
      return arms.filter { $0.name != name }.map { ($0, baseline) }
    case .allPairs: return arms.indices.flatMap { later in arms[..<later].map { (arms[later], $0) } }
    case .chosen(let baselines):
      var pairs: [(ArmOutcomes, ArmOutcomes)] = []
      for arm in arms {
        guard let name = baselines[arm.name], name != arm.name else { continue }
        guard let baseline = arms.first(where: { $0.name == name }) else {
          throw .unknownBaseline(name, arms: arms.map(\.name))
        }
        pairs.append((arm, baseline))
      }
      return pairs
    }
  }

  private static func compare(
    _ candidate: ArmOutcomes, _ baseline: ArmOutcomes, _ options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let shared = candidate.values.keys.count { baseline.values[$0] != nil }
    if shared > 0, 2 * shared >= Swift.min(candidate.values.count, baseline.values.count) {
      return try .paired(PairedOutcomes(candidate: candidate.values, baseline: baseline.values), options: options)
    }
    return try .unpaired(candidate: candidate.inSeedOrder, baseline: baseline.inSeedOrder, options: options)
  }
}

/// A comparison within a family, with its adjusted p value and its verdict.
public struct ArmComparison: Sendable, Equatable, Encodable {
  public let candidate: String
  public let baseline: String
  public let comparison: Comparison
  /// Adjusted by Holm's method over the family; `nil` if divergence left nothing to test.
  public let adjustedP: Double?
  public let verdict: Verdict
}

/// The pairs of arms that a study compares.
public enum ComparisonFamily: Sendable, Hashable, Codable {
  /// Every other arm with the named one.
  case against(baseline: String)
  /// Every arm with every earlier one. More comparisons need more seeds.
  case allPairs
  /// Each arm with a baseline of its own, by name. Arms without an entry are baselines only.
  case chosen(baselines: [String: String])
}

/// How two arms are compared.
public struct ComparisonOptions: Sendable, Equatable, Encodable {
  /// The deciding test for paired arms.
  public enum PairedTest: String, Sendable, Hashable, Codable, CaseIterable {
    /// The sign-flip permutation test of the mean difference.
    case signFlip
    /// Wilcoxon's signed rank test, for differences with outliers.
    case wilcoxon
  }

  public let better: BetterDirection
  /// Significance level: the false-positive rate among equal methods.
  public let alpha: Double
  /// The probability with which the estimated number of seeds would detect a difference of the observed size.
  public let power: Double
  /// Equivalence margin: the largest difference that is irrelevant in practice, in units of the metric; `nil` for none.
  public let margin: Double?
  public let pairedTest: PairedTest
  /// How the seeds are looked at; `nil` for a number of seeds that was fixed. A sequential design decides by
  /// ``SignificanceTest/sequentialSignFlip(_:design:)``, whatever ``pairedTest`` is.
  public let sequential: SequentialDesign?
  /// The number of resamples for the bootstrap, and for permutation tests with too many seeds to enumerate.
  public let resamples: Int
  /// The seed of the random numbers. Equal seeds give equal results.
  public let seed: UInt64

  /// - Throws: `StatisticsError.outOfRange` for `alpha` or `power` outside 0 to 1, a margin that is not a positive
  ///   number, or `resamples` outside 100...10,000,000.
  public init(
    better: BetterDirection = .higher, alpha: Double = 0.05, power: Double = 0.8, margin: Double? = nil,
    pairedTest: PairedTest = .signFlip, sequential: SequentialDesign? = nil, resamples: Int = 10_000,
    seed: UInt64 = 0
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
    self.sequential = sequential
    self.resamples = resamples
    self.seed = seed
  }
}

/// Holm's adjustment of p values for multiple comparisons (1979). Each adjusted p value may be compared with alpha as
/// if it were the only one; the probability of any false finding stays below alpha.
public enum Holm {
  /// - Parameter p: the p values of all comparisons made, significant or not.
  /// - Returns: the adjusted values, in the same order.
  /// - Throws: `StatisticsError.outOfRange` for a value outside 0...1.
  public static func adjusted(_ p: [Double]) throws(StatisticsError) -> [Double] {
    for value in p where !(0...1).contains(value) {
      throw .outOfRange(option: "p", value: value, allowed: "from 0 to 1")
    }
    return adjusted(checked: p)
  }

  static func adjusted(checked p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (place, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated() {
      largest = Swift.max(largest, Swift.min(1, Double(p.count - place) * p[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
