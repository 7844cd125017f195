import Search
import Testing

@testable import Plans

private let space = "search:\n  trials: 4\n  space:\n    optimizer.learningRate: log(1e-3, 1)\n"

@Suite(.tags(.unit)) struct SettingSearchTests {
  static let text = """
    seeds: 0..2
    base: {data: 'syntheticDigits(train: 200, test: 100)', model: 'mlp(hidden: [8])', batchSize: 20, epochs: 9}
    arms:
      sgd: {optimizer: sgd}
      momentum: {optimizer: momentum}
      sam: {gradientRule: sam}

    """

  private func plan(_ search: String) throws -> StudyPlan { try PlanTexts.plan(Self.text + search) }

  @Test func readsEverything() throws {
    let search = try #require(
      try plan(
        """
        search:
          gradients: 1e5
          sampler: tpe(startup: 5)
          judgedBy: heldOut(fraction: 0.25, target: 0.9)
          repeats: 3
          prune: none
          studies: 2
          asWritten: false
          seed: 7
          space:
            optimizer.rate: log(1e-4, 1)
            gradientRule.rho: choice(0.05, 0.1)
          arms:
            sgd: {batchSize: 'integer(10, 50)'}
        """
      ).search)
    #expect(search.budget == .gradients(1e5))
    #expect(search.sampler.description == "tpe(startup: 5)")
    #expect(search.judge == HeldOutJudge(fraction: 0.25, target: .value(0.9)))
    #expect(search.repeats == 3 && search.studies == 2 && !search.triesWritten && search.seed == 7)
    #expect(search.space.map(\.path) == ["gradientRule.rho", "optimizer.learningRate"])
    #expect(search.space[1].origin == "plan.yml:17")
    #expect(search.armSpaces.map(\.arm) == ["sgd"])
    #expect(search.axes(of: "sgd").map(\.path) == ["gradientRule.rho", "optimizer.learningRate", "batchSize"])
    #expect(search.axes(of: "sam").count == 2)
  }

  /// Rules alone search the usual setting; they can be changed, and a space of one's own replaces it.
  @Test func algoPerfIsFiveStudiesOfFiveTrials() throws {
    let seeds = Self.text.replacing("0..2", with: "5")
    let usual = try #require(try PlanTexts.plan(seeds + "search: algoperf").search)
    #expect(usual == .algoPerf())
    #expect(usual.budget == .trials(5) && usual.studies == 5 && !usual.triesWritten && usual.judge.target == .first)
    let own = try #require(
      try PlanTexts.plan(
        seeds + "search:\n  rules: algoperf\n  trials: 3\n  space: {optimizer.learningRate: 'log(0.01, 1)'}"
      ).search)
    #expect(own.budget == .trials(3) && own.studies == 5)
    #expect(own.space == [SearchAxis("optimizer.learningRate", LogScale(0.01, 1))])
  }

  @Test(arguments: [
    space, "search: {rules: algoperf, studies: 3}",
    """
    search:
      seconds: 2.5
      sampler: tpe(startup: 5)
      judgedBy: heldOut(fraction: 0.25, target: first)
      repeats: 3
      space: {optimizer: 'choice(sgd, momentum(momentum: 0.5))', batchSize: 'integer(10, 50, log: true)'}
      arms: {sam: {gradientRule.rho: 'linear(0.01, 0.2)'}}
    """,
  ])
  func plansSurviveTheirYAML(_ text: String) throws {
    let plan = try plan(text)
    let copy = try StudyPlan(yaml: plan.yaml(), source: "copy", name: "plan")
    #expect(copy == plan)
    #expect(try copy.yaml() == plan.yaml())
    #expect(try copy.runs().map(\.id) == plan.runs().map(\.id))
  }

  @Test func commandLinesChangeIt() throws {
    var plan = try plan(space)
    for word in [
      "search.trials=2", "search.sampler=sobol", "search.space.optimizer.rate=log(0.01, 0.1)", "arms=sgd,sam",
    ] {
      try plan.override(assignment: word)
    }
    #expect(plan.search?.budget == .trials(2) && plan.search?.sampler.name == "sobol")
    #expect(plan.search?.space == [SearchAxis("optimizer.learningRate", LogScale(0.01, 0.1))])
    // Two arms as written and two trials of each.
    #expect(try plan.runs().count == 6)
    try plan.override(assignment: "search=none")
    #expect(try plan.search == nil && plan.runs().allSatisfy { $0.stage == .final })
    #expect(throws: ConfigurationError.self) { try plan.override(assignment: "search.trials=3") }
    try plan.override(assignment: "search=algoperf")
    #expect(plan.search == .algoPerf())
  }

  @Test func budgetsOfRecipesChangeIt() throws {
    let recipe = try Recipe(
      yaml: Self.text + space + "budgets:\n  smoke:\n    seeds: 1\n    search: {trials: 1, sampler: random}",
      source: "r", name: "r")
    let plan = try recipe.plan(budget: "smoke")
    #expect(plan.search?.budget == .trials(1) && plan.search?.sampler.name == "random")
    #expect(try recipe.departure(of: "smoke")?.contains("search.trials=1") == true)
  }

  /// The search, and what the error must say.
  @Test(arguments: [
    ("search:\n  trials: 4\n  space: {}", "plan.yml:8: the space of the search is empty"),
    ("search:\n  trials: 4", "plan.yml:8: the search has no space"),
    ("search:\n  trials: 4\n  space:\n    optimizer.learningRate: log(1, 1)", "plan.yml:10: log(1, 1) leaves nothing"),
    (
      "search:\n  trials: 4\n  space:\n    optimizer.learningRate: log(1, 1e-3)",
      "plan.yml:10: the range from 1 to 0.001 is reversed"
    ),
    ("search:\n  trials: 4\n  space:\n    optimizer.learningRate: 0.1", "plan.yml:10: 'a setting to search' takes"),
    (
      "search:\n  trials: 4\n  space:\n    optimizer.momentun: linear(0, 0.9)",
      "plan.yml:10: no arm has the setting 'optimizer.momentun': did you mean 'optimizer.momentum'?"
    ),
    (
      "search:\n  trials: 4\n  space:\n    gradientRule.sigma: linear(0, 0.9)",
      "plan.yml:10: no arm has the setting 'gradientRule.sigma'"
    ),
    (
      "search:\n  trials: 4\n  space:\n    optimizer.momentum: linear(0, 2)",
      "plan.yml:10: 'momentum' is 2, but must be 0 or more and below 1"
    ),
    ("search:\n  trials: 0\n  space: {batchSize: 'integer(10, 20)'}", "plan.yml:8: 'trials' is 0, but must be in 1..."),
    ("search:\n  seconds: 0\n  space: {batchSize: 'integer(10, 20)'}", "plan.yml:8: 'seconds' is 0, but must be in"),
    (
      "search:\n  trials: 3\n  seconds: 5\n  space: {batchSize: 'integer(10, 20)'}",
      "plan.yml:9: 'trials' and 'seconds' are both set"
    ),
    ("search:\n  space: {batchSize: 'integer(10, 20)'}", "plan.yml:8: a search needs a budget for each arm"),
    (space + "  judgedBy: test", "plan.yml:11: a search isn't judged by the test set"),
    (space + "  judgedBy: testSet(fraction: 1)", "plan.yml:11: a search isn't judged by the test set"),
    (space + "  judgedBy: heldOut(fraction: 1)", "plan.yml:11: 'fraction' is 1, but must be in"),
    (space + "  judgedBy: luck", "plan.yml:11: there is no judge 'luck'"),
    (space + "  sampler: haltn", "plan.yml:11: there is no sampler 'haltn': did you mean 'halton'?"),
    (
      space + "  prune: halving(first: 9)",
      "plan.yml:8: trials of 9 epochs can't be compared for the first time after 9"
    ),
    (space + "  prune: halving\n  sampler: tpe", "plan.yml:8: the sampler 'tpe' waits for trials to end"),
    (
      "search:\n  seconds: 9\n  prune: halving\n  space: {batchSize: 'integer(10, 20)'}",
      "plan.yml:8: 'prune' compares all trials with each other, so it needs their number"
    ),
    (
      "search:\n  trials: 9\n  prune: halving\n  space: {epochs: 'integer(10, 20)'}",
      "plan.yml:10: 'prune' compares trials after equally many epochs"
    ),
    (space + "  trails: 3", "plan.yml:11: a search has no setting 'trails': did you mean 'trials'?"),
    (space + "  studies: 4", "plan.yml:8: the search has 4 studies"),
    (
      space + "  judgedBy: heldOut(target: first)\ntargets: []", "plan.yml:8: trials are judged by the time to a target"
    ),
    (space + "  arms: {adam: {batchSize: 'integer(10, 20)'}}", "plan.yml:11: there is no arm 'adam'"),
    ("search:\n  trials: 4\n  space:\n    seed: integer(0, 9)", "plan.yml:10: 'seed' is no setting to search"),
    (
      space + "grid: {optimizer.rate: [0.1, 0.2]}",
      "plan.yml:10: 'optimizer.learningRate' is an axis of the grid and of"
    ),
    ("search: halton", "plan.yml:7: there is no set of rules 'halton'"),
    ("search: [1]", "plan.yml:7: 'search' takes 'trials', 'space' and more"),
    ("search:\n  trials: 10000\n  repeats: 1000\n  space: {batchSize: 'integer(10, 20)'}", "more than 100000 runs"),
  ])
  func saysWhatIsWrong(_ search: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try plan(search).runs() }
    let description = try #require(error).description
    #expect(description.contains(message), "\(description)")
  }

  /// A space of more settings than a sampler can choose.
  @Test func samplersHaveALimit() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try SearchSetup(SettingSearch(.trials(1), space: []), plan(space), nil).space(
        (0..<101).map { ("setting\($0)", LinearScale(0, 1)) })
    }
    #expect((try #require(error)).description.contains("'halton' covers at most 100 settings"))
  }

  /// What is recorded once can't be compared along the way.
  @Test func pruningNeedsAMetricOfEachEpoch() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try PlanTexts.plan(
        """
        seeds: 1
        base: {experiment: reservoirClassification, data: vowels}
        arms: {a: {}}
        search:
          trials: 3
          prune: halving
          space: {experiment.parts: 'integer(1, 5)'}
        """
      ).runs()
    }
    #expect((try #require(error)).description.contains("is recorded once, at the end"))
  }

  @Test func trialsDoNotSeeOtherSeedsTestSets() throws {
    let text = "seeds: 2\nbase: {data: 'heldOut(data: digits, seed: seed)'}\narms: {a: {}}\n" + space
    let error = #expect(throws: ConfigurationError.self) { try PlanTexts.plan(text).runs() }
    #expect((try #require(error)).description.contains("each seed of 'a' tests on another part"))
    let noisy = text.replacing("heldOut(data", with: "noisyLabels(data")
    #expect(try PlanTexts.plan(noisy).runs()[0].configuration.data.description.contains("seed: 1000000"))
  }
}
