import Reports
import TestSupport
import Testing

@Suite(.tags(.unit)) struct PublishedComparisonTests {
  private func agreements(_ published: [PublishedValue], runs: [[Double]]) throws -> [PublishedComparison.Agreement] {
    let facts = StudyFacts(name: "published", arms: [ArmFacts("a", published: published)], targets: [0.95])
    return try StudyReport(facts, [ArmResult("a", "val_accuracy", runs)]).published.map(\.agreement)
  }

  @Test func aPrintedRunIsHeldAgainstSingleRuns() throws {
    let fixture = try ReportFixture.load()
    let expected = try #require(fixture.expected.arms["base"])
    var facts = fixture.facts
    let values = [
      expected.prediction[0] - 1e-6, expected.prediction[0] + 1e-6, expected.mean, expected.prediction[1] + 1e-6,
    ]
    facts.arms[0].published = values.map { PublishedValue(.last(metric: "val_accuracy"), $0) }
    let matches = try StudyReport(facts, fixture.results).published
    #expect(matches.map(\.agreement) == [.outside, .inside, .inside, .outside])
    #expect(abs((matches[0].interval?.lower ?? 0) - expected.prediction[0]) < 1e-12)
    // Known to four places only, the first might have been inside.
    facts.arms[0].published = [PublishedValue(.last(metric: "val_accuracy"), values[0], resolution: 1e-4)]
    #expect(try StudyReport(facts, fixture.results).published.map(\.agreement) == [.inside])
  }

  @Test func epochsLieInTheRangeOfOurs() throws {
    let runs = [[0.94, 0.95, 0.96], [0.93, 0.94, 0.95]]
    let target = PublishedValue.Quantity.firstEpoch(metric: "val_accuracy", target: 0.95)
    let published = [2, 3, 1, nil].map { PublishedValue(target, $0) }
    #expect(try agreements(published, runs: runs) == [.inside, .inside, .outside, .outside])
    #expect(try agreements([PublishedValue(target, nil)], runs: runs + [[0.9, 0.9, 0.9]]) == [.inside])
    // All are there by the third epoch; one that isn't might have been in the fourth.
    #expect(try agreements([PublishedValue(target, 4)], runs: runs) == [.outside])
    #expect(try agreements([PublishedValue(target, 4)], runs: runs + [[0.9, 0.9, 0.9]]) == [.unjudged])
  }

  @Test func whatCantBeJudgedIsNot() throws {
    let numbers = [PublishedValue(.last(metric: "val_accuracy"), 0.5), PublishedValue(.seconds, 40)]
    #expect(try agreements(numbers, runs: [[0.9]]) == [.unjudged, .unjudged])
    #expect(try agreements([PublishedValue(.last(metric: "nobody"), 0.5)], runs: [[0.9], [0.8]]).isEmpty)
  }

  @Test func singleEpochsAreCompared() throws {
    let runs = [[0.5, 0.7, 0.6], [0.52, 0.6, 0.65], [0.51, 0.66, 0.61]]
    let first = PublishedValue.Quantity.at(metric: "val_accuracy", epoch: 1)
    #expect(try agreements([0.51, 0.7].map { PublishedValue(first, $0) }, runs: runs) == [.inside, .outside])
    // The best epochs are 2, 3 and 2.
    let best = PublishedValue.Quantity.bestEpoch(metric: "val_accuracy")
    #expect(try agreements([2, 3, 1].map { PublishedValue(best, $0) }, runs: runs) == [.inside, .inside, .outside])
    #expect(try agreements([PublishedValue(best, 2)], runs: [runs[0]]) == [.unjudged])
    // An epoch that no run has gets no row.
    #expect(try agreements([PublishedValue(.at(metric: "val_accuracy", epoch: 9), 0.5)], runs: runs).isEmpty)
    let numbers = PublishedValue.all(
      of: PublishedValues(bestEpoch: 25, testLoss: 0.9479, firstTrain: 20.01, firstTestLoss: 1.7953))
    #expect(
      numbers.map(\.quantity) == [
        .at(metric: "accuracy", epoch: 1), .last(metric: "val_loss"), .at(metric: "val_loss", epoch: 1),
        .bestEpoch(metric: "val_accuracy"),
      ])
    #expect(zip(numbers, [0.2001, 0.9479, 1.7953, 25]).allSatisfy { abs(($0.value ?? .nan) - $1) < 1e-12 })
  }

  @Test func articlesRowsAreReadInPercent() {
    let numbers = PublishedValue.all(of: PublishedValues(test: 97.85, reached: [2, nil, nil], seconds: 41))
    #expect(numbers.count == 5)
    #expect(numbers[0].quantity == .last(metric: "val_accuracy"))
    #expect(abs((numbers[0].value ?? 0) - 0.9785) < 1e-12)
    #expect(numbers[2].value == nil)
  }
}
