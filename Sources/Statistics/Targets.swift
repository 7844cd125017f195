import Figures

/// When a run first reached a target, or that it hadn't by the end.
public struct TargetTime: Sendable, Hashable, Encodable {
  /// The first epoch, from 1, whose value was at least as good as the target; for a run that never got there, the
  /// number of epochs it was given.
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
  ///   - target: reached by a value as good or better.
  ///   - budget: how many epochs the run was meant to have, if it may have ended early. A run that diverged at epoch 3
  ///     of 50 won't have reached the target by epoch 50 either, and should count so.
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

/// How soon the runs of an arm reached a target, those that never did included.
public struct TargetSummary: Sendable, Equatable, Encodable {
  public let runs: Int
  /// Runs that hadn't reached the target when they ended.
  public let never: Int
  public let curve: SurvivalCurve
  /// Epochs; nil if half the runs never reach the target.
  public let median: Double?
  /// The epoch by which a quarter of the runs has; nil if fewer ever do.
  public let lowerQuartile: Double?
  /// The epoch by which three quarters have; nil if fewer ever do.
  public let upperQuartile: Double?
  /// The mean number of epochs when none counts for more than ``horizon``.
  public let restrictedMean: Double
  public let horizon: Int

  /// - Parameter horizon: for the restricted mean; the longest run's epochs by default. Give arms that are compared the
  ///   same one.
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

  /// "4 (3–6), 1 of 5 never": the median, the quartiles, and how many runs never got there; "-" if none did.
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

/// Which of two arms reaches a target sooner.
public struct TargetComparison: Sendable, Equatable, Encodable {
  /// Seeds for which the candidate got there first.
  public let sooner: Int
  public let later: Int
  /// Seeds for which both got there in the same epoch, neither did, or the one that didn't ended too soon to tell.
  public let undecided: Int
  /// Over the shared seeds; exact. Nil if the arms share no seed.
  public let signTest: SignificanceTest?
  /// Over all runs, whatever their seeds (Mantel, 1966); approximate, so trust it from about ten runs an arm.
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
    // The larger time is the later one: a win of the sign test is a loss here.
    signTest = sooner + later + undecided > 0 ? try .sign(wins: later, losses: sooner) : nil
    logRank = Self.logRank(Array(candidate.values), Array(baseline.values))
  }

  /// A run that ended without reaching the target is known to be later only than what came before its end.
  private static func isSooner(_ time: TargetTime, _ other: TargetTime) -> Bool {
    guard time.isReached else { return false }
    return other.isReached ? time.epoch < other.epoch : time.epoch <= other.epoch
  }

  private static func logRank(_ candidate: [TargetTime], _ baseline: [TargetTime]) -> SignificanceTest {
    let all = candidate + baseline
    var excess = 0.0
    var variance = 0.0
    for epoch in Set(all.filter(\.isReached).map(\.epoch)) {
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

/// The share of runs that haven't reached a target yet, by epoch, estimated from runs of unlike lengths (Kaplan and
/// Meier, 1958).
public struct SurvivalCurve: Sendable, Equatable, Encodable {
  /// The epochs at which some run reached the target, ascending.
  public let epochs: [Int]
  /// The share still on its way after each of `epochs`.
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

  /// The epoch by which a share `fraction` of the runs has reached the target; nil if so many never do.
  ///
  /// Where exactly that share has, it is the middle between that epoch and the next at which one does, so that the
  /// median of complete runs is the ordinary one.
  ///
  /// - Parameter fraction: above 0 and below 1.
  public func epoch(reachedBy fraction: Double) -> Double? {
    let level = 1 - fraction
    guard let first = remaining.firstIndex(where: { $0 <= level + 1e-12 }) else { return nil }
    let isExact = (remaining[first] - level).magnitude <= 1e-12
    guard isExact, first + 1 < epochs.count else { return Double(epochs[first]) }
    return Double(epochs[first] + epochs[first + 1]) / 2
  }

  /// The mean number of epochs to the target when none counts for more than `horizon`: the area under the curve.
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
