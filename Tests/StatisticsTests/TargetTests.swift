import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct TargetTests {
  private func times(_ rows: [[Int]]) throws -> [Int: TargetTime] {
    var times: [Int: TargetTime] = [:]
    for (seed, row) in rows.enumerated() { times[seed] = try TargetTime(epoch: row[0], isReached: row[1] == 1) }
    return times
  }

  @Test func firstEpochAtTheTarget() throws {
    let curve = [0.91, 0.95, 0.949, 0.971]
    #expect(try TargetTime(curve: curve, target: 0.95) == TargetTime(epoch: 2, isReached: true))
    #expect(try TargetTime(curve: curve, target: 0.98) == TargetTime(epoch: 4, isReached: false))
    #expect(try TargetTime(curve: curve, target: 0.92, better: .lower) == TargetTime(epoch: 1, isReached: true))
    #expect(try TargetTime(curve: [.nan, .nan, 1], target: 1) == TargetTime(epoch: 3, isReached: true))
    // A run that diverged at once won't have got there by the end of its budget either.
    #expect(try TargetTime(curve: [.nan], target: 0.5, budget: 50) == TargetTime(epoch: 50, isReached: false))
    #expect(try TargetTime(curve: [0.2, 0.6], target: 0.5, budget: 50).epoch == 2)
  }

  @Test func survivalAndLogRankAgreeWithSciPy() throws {
    for row in try StatisticsFixtures.read().targets {
      let (candidate, baseline) = (try times(row.candidate), try times(row.baseline))
      let summary = try TargetSummary(Array(candidate.values))
      #expect(summary.curve.epochs == row.remaining.map { Int($0[0]) })
      for (share, expected) in zip(summary.curve.remaining, row.remaining) { #expect(isClose(share, expected[1])) }
      #expect(isClose(summary.restrictedMean, row.restrictedMean), "\(row.name)")
      let comparison = try TargetComparison(candidate: candidate, baseline: baseline)
      #expect(isClose(comparison.logRank.p, row.logRankP ?? 1, 1e-10), "\(row.name)")
      #expect(isClose(comparison.logRank.statistic, row.logRank ?? 0, 1e-10), "\(row.name)")
    }
  }

  @Test func logRankIsRoundedTheSameEveryTime() throws {
    let candidate = try times((0..<40).map { [7 * $0 % 61 + 1, 1] })
    let baseline = try times((0..<40).map { [11 * $0 % 67 + 2, $0 % 5 == 0 ? 0 : 1] })
    // Mantel's sums, epoch by epoch.
    let (own, all) = (Array(candidate.values), Array(candidate.values) + Array(baseline.values))
    var (excess, variance) = (0.0, 0.0)
    for epoch in 1...70 where all.contains(where: { $0.isReached && $0.epoch == epoch }) {
      let atRisk = Double(all.count { $0.epoch >= epoch })
      let reached = Double(all.count { $0.isReached && $0.epoch == epoch })
      let share = Double(own.count { $0.epoch >= epoch }) / atRisk
      excess += Double(own.count { $0.isReached && $0.epoch == epoch }) - reached * share
      if atRisk > 1 { variance += reached * share * (1 - share) * (atRisk - reached) / (atRisk - 1) }
    }
    let statistic = try TargetComparison(candidate: candidate, baseline: baseline).logRank.statistic
    #expect(statistic == excess / variance.squareRoot())
  }

  @Test func textTellsMedianQuartilesAndWhoNeverGotThere() throws {
    func text(_ rows: [[Int]]) throws -> String { try TargetSummary(Array(times(rows).values)).text }
    #expect(try text([[4, 1], [3, 1], [6, 1], [4, 1], [50, 0]]) == "4 (4–6), 1 of 5 never")
    #expect(try text([[3, 1], [3, 1], [3, 1]]) == "3")
    #expect(try text([[2, 1], [4, 1], [5, 1], [9, 1]]) == "4.5 (3–7)")
    #expect(try text([[2, 1], [10, 0], [10, 0], [10, 0], [10, 0]]) == "never, 4 of 5 never")
    #expect(try text([[2, 1], [4, 1], [10, 0], [10, 0]]) == "4 (3–never), 2 of 4 never")
    #expect(try text([[10, 0], [10, 0]]) == "-")
    #expect(try text([[1_000_000_000, 1]]) == "1000000000")
  }

  @Test func completeRunsHaveTheOrdinaryMedianAndMean() throws {
    for epochs in [[7], [2, 9], [5, 1, 3], [4, 4, 1, 8], [3, 1, 4, 1, 5, 9, 2, 6]] {
      let summary = try TargetSummary(epochs.map { try TargetTime(epoch: $0, isReached: true) })
      #expect(summary.median == Quantiles.median(epochs.map(Double.init)))
      #expect(isClose(summary.restrictedMean, Double(epochs.reduce(0, +)) / Double(epochs.count)))
    }
  }

  @Test func seedsAreComparedPairwise() throws {
    let candidate = try times([[3, 1], [5, 1], [4, 1], [20, 0], [2, 1], [3, 0], [9, 1]])
    let baseline = try times([[4, 1], [5, 1], [20, 0], [20, 0], [1, 1], [5, 1], [6, 0]])
    let comparison = try TargetComparison(candidate: candidate, baseline: baseline)
    // The last two runs without the target ended before the other one got there: nobody knows.
    #expect(comparison.sooner == 2)
    #expect(comparison.later == 1)
    #expect(comparison.undecided == 4)
    #expect(comparison.signTest?.p == 1)
    #expect(comparison.signTest?.shift == -1)
    let apart = try TargetComparison(candidate: times([[3, 1]]), baseline: [8: TargetTime(epoch: 4, isReached: true)])
    #expect(apart.signTest == nil)
  }

  @Test func impossibleTargetsAreErrors() {
    #expect(throws: StatisticsError.empty(what: "epochs")) { try TargetTime(curve: [], target: 1) }
    #expect(throws: StatisticsError.self) { try TargetTime(curve: [1], target: .nan) }
    #expect(throws: StatisticsError.self) { try TargetTime(curve: [1], target: 1, budget: 0) }
    #expect(throws: StatisticsError.self) { try TargetTime(epoch: 0, isReached: true) }
    #expect(throws: StatisticsError.self) { try TargetTime(epoch: .max, isReached: true) }
    #expect(throws: StatisticsError.self) { try TargetSummary([]) }
    #expect(throws: StatisticsError.self) { try TargetSummary([.init(epoch: 1, isReached: true)], horizon: .max) }
    #expect(throws: StatisticsError.self) { try TargetComparison(candidate: [:], baseline: [:]) }
  }

  @Test func costsAreSummedAndSummarized() throws {
    let costs = [12.5, 13.5, .nan].map { RunCost(seconds: $0, steps: 300, gradientEvaluations: 600) }
    let summary = try CostSummary(costs)
    #expect(summary.seconds?.median == 13)
    #expect(summary.seconds?.diverged == 1)
    #expect(summary.totalSeconds == 26)
    #expect(summary.steps?.mean == 300)
    #expect(summary.gradientEvaluations?.maximum == 600)
    #expect(throws: StatisticsError.empty(what: "runs")) { try CostSummary([]) }
  }
}
