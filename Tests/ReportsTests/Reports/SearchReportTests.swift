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
      let study = try #require(found.studies.first)
      let best = try #require(study.best)
      #expect(found.studies.count == 1 && study.score == arm.trials[best].score)
      #expect(arm.trials.allSatisfy { !($0.score > arm.trials[best].score) })
      #expect(study.seconds == 40 && study.gradientEvaluations == 12_000 && study.trials == 20)
      #expect(found.curve?.points.last?.expected == arm.trials[best].score)
      let shares = try #require(found.sensitivities).settings
      #expect(shares[0].share > 0.6, "\(shares)")
      #expect(shares[1].rankCorrelation == nil)
    }
    #expect(search.arms[1].studies[0].edges["optimizer.learningRate"] == false)
    #expect(search.arms[0].studies[0].edges["optimizer.learningRate"] == nil)
    #expect(search.comparisons.map(\.candidate) == ["better", "alike"])
    #expect(search.comparisons[0].budgets.points.count == 20)
  }

  /// A trial that a pruner stopped isn't chosen, however good it was by then.
  @Test func stoppedTrialsAreNotChosen() throws {
    let space = try SearchSpace([("rate", LinearScale(0, 1))])
    let trials = [
      SearchTrialFacts(values: [.number(0.2)], score: 0.99, seconds: 1, gradientEvaluations: 1, epochs: 1),
      SearchTrialFacts(values: [.number(0.4)], score: 0.9, seconds: 1, gradientEvaluations: 1),
    ]
    let arm = try SearchArmFacts("a", space: space, trials: trials)
    let found = try SearchReport(SearchFacts(arms: [arm], sampler: "random", metric: PrimaryMetric("accuracy"))).arms[0]
    #expect(found.studies[0].best == 1)
    // What the study went on with counts, if it says so; better default settings are mentioned.
    let other = try SearchArmFacts(
      "a", space: space, trials: trials, standard: 0.995, studies: [SearchStudyFacts(.trial(0))])
    let page = try Self.report(SearchFacts(arms: [other], sampler: "random", metric: PrimaryMetric("val_accuracy")))
      .text(.html)
    #expect(page.contains("the default settings scored better than those found"))
    #expect(page.contains("rate=0.2") && !page.contains("rate=0.4"))
    #expect(found.studies[0].stopped == 1)
    #expect(found.sensitivities == nil)
    // Where nothing was better than the arm as written, that went on.
    let kept = try SearchArmFacts(
      "a", space: space, trials: trials, standard: 0.995, studies: [SearchStudyFacts(.standard)])
    let text = try Self.report(SearchFacts(arms: [kept], sampler: "random", metric: PrimaryMetric("val_accuracy")))
      .text(.markdown)
    #expect(text.contains("the default settings scored better than all trials and were kept"))
    #expect(text.contains("| a | as written | 99.50% |") && !text.contains("rate=0.4"))
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
    // A map per arm, of its two numbers: the choice of an activation is none.
    #expect(page.contains("Trials over the two numbers") && page.contains("worst fifth, or diverged"))
    let few = try Self.report(Self.facts(trials: 3)).text(.html)
    #expect(few.contains("id=\"search\"") && !few.contains("Trials over the two numbers"))
    #expect(!(try ReportFixture.load().report().text(.html)).contains("id=\"search\""))
    // Every number of it is in the data as well.
    let json = try report.text(.json)
    #expect(json.contains("\"rankCorrelation\"") && json.contains("\"bestSoFar\""))
  }

  /// What is on the page is in tables for papers and programs as well.
  @Test func papersAndProgramsGetTheSearch() throws {
    let report = try Self.report(Self.facts())
    let paper = try report.text(.latex)
    #expect(paper.contains("\\label{tab:search}") && paper.contains("\\label{tab:sensitivities}"))
    #expect(
      paper.contains("optimizer.learningRate=") && paper.contains("* model.activation=") && paper.contains("A star"))
    #expect(!paper.contains("⚠"))
    #expect(try !ReportFixture.load().report().text(.latex).contains("tab:search"))

    func rows(_ text: String) -> [[String: String]] {
      let lines = text.split(whereSeparator: \.isNewline).map { $0.components(separatedBy: ",") }
      return lines.dropFirst().map { Dictionary(zip(lines[0], $0), uniquingKeysWith: { $1 }) }
    }
    let arms = rows(try report.text(.csv))
    let found = try #require(report.search).arms[0]
    let best = try #require(found.studies[0].best)
    let trial = try #require(report.search).facts.arms[0].trials[best]
    #expect(arms.map { $0["search_trials"] } == ["20", "20", "20"])
    #expect(arms[0]["search_score"] == "\(trial.score)" && arms[0]["search_score_default"] == "0.93")
    #expect(arms[1]["search_score_default"] == "" && arms[0]["search_seconds"] == "40.0")
    #expect(arms[0]["search_gradient_evaluations"] == "12000")
    #expect(try #require(arms[0]["search_settings"]).hasPrefix("optimizer.learningRate=\(trial.values[0]) model.act"))
    let budgets = rows(try report.text(.csvBudgets))
    #expect(budgets.count == 60)
    let point = try #require(found.curve).points[4]
    #expect(budgets[4]["trials"] == "5" && budgets[4]["expected"] == "\(point.expected)")
    #expect(budgets[4]["expected_lower"] == point.interval.map { "\($0.lower)" } && budgets[5]["expected_lower"] == "")
    #expect(budgets[0]["baseline"] == "" && budgets[20]["baseline"] == "base" && budgets[20]["difference_lower"] != "")
    #expect(budgets[19]["best_so_far"] == "\(trial.score)")
    #expect(rows(try ReportFixture.load().report().text(.csvBudgets)).isEmpty)
  }

  /// Several searches of an arm have each found settings of their own.
  @Test func everyStudyOfASearchIsReported() throws {
    let space = try SearchSpace([("rate", LogScale(1e-4, 1))])
    let scores = [[0.9, 0.91, 0.95], [0.9, 0.97, 0.94], [.nan, .nan, .nan]]
    let trials = scores.enumerated().flatMap { study, scores in
      scores.enumerated().map { trial, score in
        SearchTrialFacts(
          values: [.number([0.001, 0.01, 1][trial])], score: score, seconds: 2, gradientEvaluations: 10, study: study)
      }
    }
    let arm = try SearchArmFacts(
      "base", space: space, trials: trials,
      studies: [SearchStudyFacts(), SearchStudyFacts(.trial(4)), SearchStudyFacts()])
    let facts = SearchFacts(arms: [arm], sampler: "halton", metric: PrimaryMetric("val_accuracy"))
    let found = try SearchReport(facts).arms[0]
    #expect(found.studies.map(\.best) == [2, 4, nil] && found.studies.map(\.diverged) == [0, 0, 3])
    #expect(found.studies.map(\.edges) == [["rate": false], [:], [:]])
    // A lost study counts as the worst score.
    #expect(distance(found.bestSoFar, [0.9, (0.91 + 0.97 + 0.9) / 3, (0.95 + 0.97 + 0.9) / 3]) < 1e-12)
    #expect(found.curve?.points.count == 9)
    let report = try Self.report(facts)
    for format in [ReportFormat.html, .markdown, .terminal, .latex] {
      let text = try report.text(format).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(text.contains("Each arm had 3 studies of 3 trials"), "\(format)")
      #expect(text.contains("rate=1") && text.contains("rate=0.01"), "\(format)")
    }
    let markdown = try report.text(.markdown)
    #expect(markdown.contains("| base | 1 | rate=1 ⚠ | 95.00% |") && markdown.contains("|  | 2 | rate=0.01 | 97.00% |"))
    #expect(markdown.contains("in 1 of 3 studies the best rate, 1, lies at the upper edge"))
    #expect(markdown.contains("in 1 of 3 studies no trial ended with a finite score"))
    #expect(try report.text(.html).contains("from the trials of all 3 studies of an arm together"))
    #expect(try report.text(.csv).contains("rate=1; rate=0.01; ,0.96,,9,3,0,18.0,90"))
    var adaptive = facts
    adaptive.isAdaptive = true
    #expect(try Self.report(adaptive).text(.html).contains("The best score so far in a study, the mean over 3 studies"))
  }

  @Test func aLearningSamplerHasNoExpectation() throws {
    let report = try Self.report(Self.facts(sampler: TPESampler()))
    let page = try report.text(.html)
    #expect(page.contains("Trials were chosen by the results before them"))
    #expect(!page.contains("clearly better"))
  }

  /// What the scores can't tell isn't claimed.
  @Test func budgetsSayHowFarTheyGo() throws {
    let text = try Self.report(Self.facts()).text(.markdown)
    #expect(text.contains("; with more, 20 trials are too few to tell."))
    #expect(!text.contains("with 20 trials"))
    #expect(try Self.report(Self.facts()).text(.html).contains("interval up to a quarter of the trials"))
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
