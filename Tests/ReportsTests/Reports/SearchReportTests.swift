import Foundation
import Reports
import Search
import TestSupport
import Testing

/// What a report says of the search before its runs.
@Suite(.tags(.unit)) struct SearchReportTests {
  /// Twenty trials per arm: the score depends on the rate, and for one arm on its upper edge.
  static func facts(sampler: some Sampler = HaltonSampler(), trials: Int = 20) throws -> SearchFacts {
    let arms = try ["base", "better", "alike"].enumerated().map { place, name in
      let space = try SearchSpace([
        ("optimizer.learningRate", LogScale(1e-4, 1)),
        ("model.activation", ChoiceScale([.text("relu"), .text("tanh")])),
        ("batch", IntegerScale(16, 256, isLog: true)),
      ])
      var history: [TrialResult] = []
      let tried = try (0..<trials).map { trial in
        let values = try sampler.values(of: trial, in: space, seed: 7, history: history)
        let point = try space.point(of: values)
        let target = [0.6, 1, 0.3][place]
        let distance = (point[0] - target) * (point[0] - target)
        let score = point[0] > 0.97 && place == 2 ? .nan : 0.95 - distance * [0.2, 0.4, 0.1][place]
        history.append(TrialResult(trial: trial, values: values, loss: -score))
        return SearchTrialFacts(values: values, score: score, seconds: 2, gradientEvaluations: 600)
      }
      return try SearchArmFacts(name, space: space, trials: tried, standard: place == 0 ? 0.93 : nil)
    }
    return SearchFacts(
      arms: arms, sampler: "halton", isAdaptive: sampler.isAdaptive, metric: PrimaryMetric("val_accuracy"),
      judgedBy: "20 % of the training data")
  }

  static func report(_ facts: SearchFacts) throws -> StudyReport {
    let fixture = try ReportFixture.load()
    var study = fixture.facts
    study.search = facts
    return try StudyReport(study, fixture.results)
  }

  @Test func theBestTrialAndItsEdgesAreFound() throws {
    let facts = try Self.facts()
    let search = try SearchReport(facts, baselines: ["better": "base", "alike": "base"])
    for (arm, found) in zip(facts.arms, search.arms) {
      let best = try #require(found.best)
      #expect(arm.trials.allSatisfy { !($0.score > arm.trials[best].score) })
      #expect(found.seconds == 40 && found.gradientEvaluations == 12_000)
      #expect(found.curve?.points.last?.expected == arm.trials[best].score)
      let shares = try #require(found.sensitivities).settings
      #expect(shares[0].share > 0.6, "\(shares)")
      #expect(shares[1].rankCorrelation == nil)
    }
    #expect(search.arms[1].edges["optimizer.learningRate"] == false)
    #expect(search.arms[0].edges["optimizer.learningRate"] == nil)
    #expect(search.comparisons.map(\.candidate) == ["better", "alike"])
    #expect(search.comparisons[0].budgets.points.count == 20)
  }

  /// A trial that a pruner stopped isn't chosen, however good it was by then.
  @Test func stoppedTrialsAreNotChosen() throws {
    let space = try SearchSpace([("rate", LinearScale(0, 1))])
    let arm = try SearchArmFacts(
      "a", space: space,
      trials: [
        SearchTrialFacts(values: [.number(0.2)], score: 0.99, seconds: 1, gradientEvaluations: 1, epochs: 1),
        SearchTrialFacts(values: [.number(0.4)], score: 0.9, seconds: 1, gradientEvaluations: 1),
      ])
    let found = try SearchReport(SearchFacts(arms: [arm], sampler: "random", metric: PrimaryMetric("accuracy"))).arms[0]
    #expect(found.best == 1)
    // What the study went on with counts, if it says so; better default settings are mentioned.
    var other = arm
    (other.chosen, other.standard) = (0, 0.995)
    let page = try Self.report(SearchFacts(arms: [other], sampler: "random", metric: PrimaryMetric("val_accuracy")))
      .text(.html)
    #expect(page.contains("the default settings scored better than those found"))
    #expect(page.contains("rate=0.2") && !page.contains("rate=0.4"))
    #expect(found.stopped == 1)
    #expect(found.sensitivities == nil)
    #expect(throws: SearchError.self) {
      try SearchArmFacts(
        "a", space: space,
        trials: [SearchTrialFacts(values: [.number(2)], score: 0, seconds: 0, gradientEvaluations: 0)])
    }
  }

  @Test func everyFormatTellsOfTheSearch() throws {
    let report = try Self.report(Self.facts())
    for format in [ReportFormat.html, .markdown] {
      let text = try report.text(format)
      #expect(
        text.contains("Each arm had 20 trials, drawn by halton and judged by accuracy on 20 % of the"), "\(format)")
      #expect(text.contains("lies at the upper edge of log(0.0001, 1)"), "\(format)")
      #expect(text.contains("clearly better"), "\(format)")
    }
    let terminal = TerminalReport(report).text()
    #expect(terminal.contains("default"))
    #expect(terminal.contains("optimizer.learningRate"))
    #expect(terminal.contains("93"))
    let page = try report.text(.html)
    #expect(page.contains("id=\"search\""))
    #expect(page.contains("Sensitivity of the score"))
    #expect(!(try ReportFixture.load().report().text(.html)).contains("id=\"search\""))
    // Every number of it is in the data as well.
    let json = try report.text(.json)
    #expect(json.contains("\"rankCorrelation\"") && json.contains("\"bestSoFar\""))
  }

  @Test func aLearningSamplerHasNoExpectation() throws {
    let report = try Self.report(Self.facts(sampler: TPESampler()))
    let page = try report.text(.html)
    #expect(page.contains("Trials were chosen by the results before them"))
    #expect(!page.contains("clearly better"))
  }

  @Test func anArmWhoseTrialsAllDivergedIsReported() throws {
    let space = try SearchSpace([("rate", LinearScale(0, 1))])
    let trials = (0..<10).map {
      SearchTrialFacts(values: [.number(Double($0) / 10)], score: .nan, seconds: 1, gradientEvaluations: 1)
    }
    let arm = try SearchArmFacts("base", space: space, trials: trials)
    let page = try Self.report(SearchFacts(arms: [arm], sampler: "random", metric: PrimaryMetric("val_accuracy")))
      .text(.html)
    #expect(page.contains("no trial ended with a finite score"))
  }
}
