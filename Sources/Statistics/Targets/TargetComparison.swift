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
