import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct SampleTests {
  @Test func summariesAgreeWithNumPyAndSciPy() throws {
    for row in try StatisticsFixtures.read().summaries {
      let summary = try #require(try Outcomes(row.values).summary(alpha: 0.1))
      #expect(isClose(summary.mean, row.mean))
      #expect(isClose(summary.standardDeviation, row.sd))
      #expect(isClose(summary.lowerQuartile, row.quartiles[0]))
      #expect(isClose(summary.median, row.quartiles[1]))
      #expect(isClose(summary.upperQuartile, row.quartiles[2]))
      #expect(isClose(summary.interquartileRange, row.quartiles[2] - row.quartiles[0]))
      #expect(isClose(summary.interval, row.interval90))
      #expect(summary.minimum == row.values.min())
      #expect(summary.maximum == row.values.max())
      #expect(summary.count == row.values.count)
      #expect(summary.diverged == 0)
    }
  }

  @Test func divergedRunsAreCountedApart() throws {
    let outcomes = try Outcomes([3, .nan, 1, .infinity, -.infinity, 2, 1e200])
    #expect(outcomes.finite == [3, 1, 2])
    #expect(outcomes.diverged == 4)
    #expect(outcomes.count == 7)
    let summary = try #require(try outcomes.summary())
    #expect(summary.mean == 2)
    #expect(summary.count == 3)
    #expect(summary.diverged == 4)
    #expect(try Outcomes([.nan, .infinity]).summary() == nil)
  }

  @Test func aSingleValueHasNoSpread() throws {
    let summary = try #require(try Outcomes([0.97]).summary())
    #expect(summary.standardDeviation == nil)
    #expect(summary.interval == nil)
    #expect(summary.median == 0.97)
    #expect(summary.upperQuartile == 0.97)
  }

  @Test func constantsHaveNoSpreadAtAll() throws {
    let summary = try #require(try Outcomes([0.1, 0.1, 0.1]).summary())
    #expect(summary.mean == 0.1)
    #expect(summary.standardDeviation == 0)
    #expect(summary.interval == Interval(0.1, 0.1))
  }

  @Test func extremeMagnitudesKeepTheirDigits() throws {
    for scale in [1e-300, 1e-160, 1e120, 2.5e149] {
      let summary = try #require(try Outcomes([1 * scale, 2 * scale, 4 * scale]).summary())
      #expect(isClose(summary.mean / scale, 7.0 / 3))
      #expect(isClose((summary.standardDeviation ?? 0) / scale, 7.0.squareRoot() / 3.0.squareRoot()))
    }
  }

  @Test func seedsArePairedByTheirNumber() throws {
    let outcomes = try PairedOutcomes(
      candidate: [4: 1.5, 0: 1, 2: .nan, 9: 7], baseline: [0: 0.5, 2: 1, 4: 1, 5: 3, 6: 3])
    #expect(outcomes.seeds == [0, 2, 4])
    #expect(outcomes.differences == [0.5, 0.5])
    #expect(outcomes.unpaired == 3)
  }

  @Test func whatCannotBeSummarizedIsAnError() {
    #expect(throws: StatisticsError.empty(what: "values")) { try Outcomes([]) }
    for alpha in [0, 1, -0.5, .nan] {
      #expect(throws: StatisticsError.self) { try Outcomes([1, 2]).summary(alpha: alpha) }
    }
    #expect(throws: StatisticsError.unequalLengths(candidate: 2, baseline: 1)) {
      try PairedOutcomes(candidate: [1, 2], baseline: [1])
    }
    #expect(throws: StatisticsError.empty(what: "values")) { try PairedOutcomes(candidate: [], baseline: []) }
    #expect(throws: StatisticsError.empty(what: "seeds that both arms have run")) {
      try PairedOutcomes(candidate: [1: 2], baseline: [2: 2])
    }
  }

  @Test func summariesInWords() throws {
    let summary = try #require(try Outcomes([0.9781, 0.9792, 0.9774, 0.9789, .nan]).summary())
    #expect(summary.meanText(.percent) == "97.84 ± 0.13%, 1 of 5 diverged")
    #expect(summary.medianText(.percent) == "97.85% (97.79–97.90%), 1 of 5 diverged")
    let one = try #require(try Outcomes([0.9781]).summary())
    #expect(one.meanText(.percent) == "97.81%")
    #expect(one.medianText() == "0.9781")
  }
}
