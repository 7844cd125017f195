import Figures

/// The epoch at which a run first reached a target, or the epoch at which it ended without reaching it.
public struct TargetTime: Sendable, Hashable, Encodable {
  /// The first epoch, from 1, at which the metric was at least as good as the target; for a run that never reached it,
  /// the number of epochs of its budget.
  public let epoch: Int
  public let isReached: Bool

  /// - Throws: `StatisticsError.outOfRange` for an epoch outside 1...1,000,000,000.
  public init(epoch: Int, isReached: Bool) throws(StatisticsError) {
    try Checks.epoch(epoch, "epoch")
    self.epoch = epoch
    self.isReached = isReached
  }

  /// - Parameters:
  ///   - curve: the metric after each epoch. NaN never reaches a target.
  ///   - target: reached by a value at least as good.
  ///   - budget: the planned number of epochs, if the run may have ended early. A run that diverged at epoch 3 of 50
  ///     will not have reached the target by epoch 50 either, and counts accordingly.
  /// - Throws: `StatisticsError.empty` for no epochs, `.notFinite` for a target that is NaN, `.outOfRange` for a budget
  ///   outside 1...1,000,000,000.
  public init(
    curve: [Double], target: Double, better: BetterDirection = .higher, budget: Int? = nil
  ) throws(StatisticsError) {
    if curve.isEmpty { throw .empty(what: "epochs") }
    if target.isNaN { throw .notFinite(what: "targets", count: 1) }
    if let budget { try Checks.epoch(budget, "budget") }
    let first = curve.firstIndex { better == .higher ? $0 >= target : $0 <= target }
    isReached = first != nil
    epoch = first.map { $0 + 1 } ?? Swift.max(curve.count, budget ?? 0)
  }
}

/// The epochs at which the runs of an arm reached a target, including those that never did.
public struct TargetSummary: Sendable, Equatable, Encodable {
  public let runs: Int
  /// The number of runs that ended without reaching the target.
  public let never: Int
  public let curve: SurvivalCurve
  /// In epochs; `nil` if half of the runs never reach the target.
  public let median: Double?
  /// The epoch by which a quarter of the runs reached the target; `nil` if fewer ever do.
  public let lowerQuartile: Double?
  /// The epoch by which three quarters of the runs reached the target; `nil` if fewer ever do.
  public let upperQuartile: Double?
  /// The mean number of epochs, each counting at most ``horizon``.
  public let restrictedMean: Double
  public let horizon: Int

  /// - Parameter horizon: for the restricted mean; the length of the longest run by default. Use the same horizon for
  ///   arms that are compared.
  /// - Throws: `StatisticsError.empty` for no runs, `.outOfRange` for a horizon outside 1...1,000,000,000.
  public init(_ times: [TargetTime], horizon: Int? = nil) throws(StatisticsError) {
    let curve = try SurvivalCurve(times)
    let horizon = horizon ?? times.reduce(1) { Swift.max($0, $1.epoch) }
    try Checks.epoch(horizon, "horizon")
    runs = times.count
    never = times.count { !$0.isReached }
    self.curve = curve
    median = curve.epoch(reachedBy: 0.5)
    lowerQuartile = curve.epoch(reachedBy: 0.25)
    upperQuartile = curve.epoch(reachedBy: 0.75)
    restrictedMean = curve.restrictedMean(horizon: horizon)
    self.horizon = horizon
  }

  /// The median, the quartiles and the number of runs that never reached the target: "4 (3–6), 1 of 5 never". "-" if
  /// none did.
  public var text: String {
    if never == runs { return "-" }
    let median = Self.text(median)
    let (lower, upper) = (Self.text(lowerQuartile), Self.text(upperQuartile))
    let range = lower == median && upper == median ? "" : " (\(lower)–\(upper))"
    return median + range + (never > 0 ? ", \(never) of \(runs) never" : "")
  }

  private static func text(_ epoch: Double?) -> String {
    epoch.map { NumberText.decimal($0, places: $0 == $0.rounded() ? 0 : 1) } ?? "never"
  }
}

/// A comparison of how soon two arms reach a target.
public struct TargetComparison: Sendable, Equatable, Encodable {
  /// The number of seeds with which the candidate reached the target first.
  public let sooner: Int
  /// The number of seeds with which the baseline reached the target first.
  public let later: Int
  /// The number of seeds with which both reached the target in the same epoch, neither did, or the one that did not
  /// ended too early to tell.
  public let undecided: Int
  /// The exact test over the common seeds; `nil` if there are none.
  public let signTest: SignificanceTest?
  /// The log-rank test over all runs, whatever their seeds (Mantel, 1966). It is approximate: trust it from about ten
  /// runs per arm.
  public let logRank: SignificanceTest

  /// - Parameters:
  ///   - candidate: by seed.
  ///   - baseline: by seed.
  /// - Throws: `StatisticsError.empty` for an arm without runs.
  public init(candidate: [Int: TargetTime], baseline: [Int: TargetTime]) throws(StatisticsError) {
    if candidate.isEmpty { throw .empty(what: "candidate's runs") }
    if baseline.isEmpty { throw .empty(what: "baseline's runs") }
    var (sooner, later, undecided) = (0, 0, 0)
    for (seed, time) in candidate {
      guard let other = baseline[seed] else { continue }
      if Self.isSooner(time, other) {
        sooner += 1
      } else if Self.isSooner(other, time) {
        later += 1
      } else {
        undecided += 1
      }
    }
    (self.sooner, self.later, self.undecided) = (sooner, later, undecided)
    // A larger epoch is a later one: a win in the sign test is a loss here.
    signTest = sooner + later + undecided > 0 ? try .sign(wins: later, losses: sooner) : nil
    logRank = Self.logRank(Array(candidate.values), Array(baseline.values))
  }

  /// A run that ended without reaching the target is known to be later only than epochs before its end.
  private static func isSooner(_ time: TargetTime, _ other: TargetTime) -> Bool {
    guard time.isReached else { return false }
    return other.isReached ? time.epoch < other.epoch : time.epoch <= other.epoch
  }

  private static func logRank(_ candidate: [TargetTime], _ baseline: [TargetTime]) -> SignificanceTest {
    let all = candidate + baseline
    var excess = 0.0
    var variance = 0.0
    // In order, so that rounding is the same every time.
    for epoch in Set(all.filter(\.isReached).map(\.epoch)).sorted() {
      let atRisk = Double(all.count { $0.epoch >= epoch })
      let reached = Double(all.count { $0.isReached && $0.epoch == epoch })
      let share = Double(candidate.count { $0.epoch >= epoch }) / atRisk
      excess += Double(candidate.count { $0.isReached && $0.epoch == epoch }) - reached * share
      if atRisk > 1 { variance += reached * share * (1 - share) * (atRisk - reached) / (atRisk - 1) }
    }
    let z = variance > 0 ? excess / variance.squareRoot() : 0
    // More arrivals than expected: shorter times.
    return SignificanceTest(
      .logRank, .approximate, p: 2 * StandardNormal.upperTail(z.magnitude), shift: -z, statistic: z)
  }
}

/// The fraction of runs that have not reached a target by each epoch, estimated from runs of different lengths (Kaplan
/// and Meier, 1958).
public struct SurvivalCurve: Sendable, Equatable, Encodable {
  /// The epochs at which runs reached the target, ascending.
  public let epochs: [Int]
  /// The fraction that has not reached it after each of `epochs`.
  public let remaining: [Double]

  /// - Throws: `StatisticsError.empty`.
  public init(_ times: [TargetTime]) throws(StatisticsError) {
    if times.isEmpty { throw .empty(what: "runs") }
    self.init(checked: times)
  }

  init(checked times: [TargetTime]) {
    epochs = Set(times.filter(\.isReached).map(\.epoch)).sorted()
    var share = 1.0
    remaining = epochs.map { epoch in
      let atRisk = times.count { $0.epoch >= epoch }
      let reached = times.count { $0.isReached && $0.epoch == epoch }
      share *= Double(atRisk - reached) / Double(atRisk)
      return share
    }
  }

  /// The epoch by which a fraction of the runs has reached the target; `nil` if it never does.
  ///
  /// If exactly that fraction has, the result is halfway to the next epoch at which a run does, so that the median of
  /// complete runs is the ordinary one.
  ///
  /// - Parameter fraction: above 0 and below 1.
  public func epoch(reachedBy fraction: Double) -> Double? {
    let level = 1 - fraction
    guard let first = remaining.firstIndex(where: { $0 <= level + 1e-12 }) else { return nil }
    let isExact = (remaining[first] - level).magnitude <= 1e-12
    guard isExact, first + 1 < epochs.count else { return Double(epochs[first]) }
    return Double(epochs[first] + epochs[first + 1]) / 2
  }

  /// The mean number of epochs to the target, each counting at most `horizon`: the area under the curve.
  public func restrictedMean(horizon: Int) -> Double {
    var area = 0.0
    var share = 1.0
    var start = 0
    for (epoch, remaining) in zip(epochs, remaining) where epoch < horizon {
      area += share * Double(epoch - start)
      (share, start) = (remaining, epoch)
    }
    return area + share * Double(Swift.max(horizon - start, 0))
  }
}
