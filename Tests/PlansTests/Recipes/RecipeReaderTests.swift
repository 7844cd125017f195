import TestSupport
import Testing

@testable import Plans

/// What a plan's file may say besides the plan.
@Suite(.tags(.unit)) struct RecipeReaderTests {
  private static let text = """
    title: Rates
    summary: two rates
    formerly: speeds
    sources:
      - title: A note
      - {title: "Rates: a survey", authors: Doe et al., year: 2020, link: https://example.org}
    progress: "lines(closing: 'done in {seconds} s')"
    seeds: [5]
    main: [slow, 2]
    baseline: slow
    base: {data: syntheticDigits, optimizer.learningRate: 0.1, epochs: 3}
    arms:
      slow:
      2:
        optimizer: &fast sgd(learningRate: 0.5)
        published:
          test: 97.5
          seed: 7
          log: |
            epoch accuracy val_loss
            0 0.1 2.5
            1 0.75 1e-05
      adam: {optimizer: adam}
      again: {optimizer: *fast, batchSize: 10}
    grid:
      batchSize: [20, 40]
    budgets:
      smoke:
        note: Small.
        seeds: 2
        base: {optimizer: adam, epochs: 1}
        arms:
          2: {optimizer.learningRate: 0.25}
        grid: {batchSize: 10}
      empty:
      list:
        base: {epochs: 2}
        arms: {adam: {optimizer: lamb, published: {test: 1}}}
        grid: {batchSize: [1, 2]}
    """

  private func recipe(_ text: String = text) throws -> Recipe { try Recipe(yaml: text, source: "r.yml", name: "rates") }

  @Test func readsEverything() throws {
    let recipe = try recipe()
    #expect(recipe.name == "rates" && recipe.summary == "two rates" && recipe.formerly == "speeds")
    #expect(
      recipe.sources.map(\.description) == ["A note", "Doe et al. 2020: Rates: a survey, https://example.org"])
    #expect(recipe.progress == EpochListing(closing: "done in {seconds} s"))
    #expect(recipe.mainArms == ["slow", "2"])
    #expect(recipe.plan.arms.map(\.name) == ["slow", "2", "adam", "again"])
    #expect(recipe.budgets.map(\.name) == ["smoke", "empty", "list"])
    let log = try #require(recipe.plan.arms[1].published?.log)
    #expect(log.metrics == ["accuracy", "val_loss"])
    #expect(log.rows.map(\.epoch) == [0, 1] && log.rows[1].values == [0.75, 1e-5])
    #expect(recipe.plan.arms[1].published?.seed == 7)
    // An anchor before a method in its own notation.
    #expect(try recipe.plan(arms: ["again"]).runs()[0].configuration.optimizer.description == "sgd(learningRate: 0.5)")
  }

  @Test func aPlanHasTheMainArms() throws {
    let plan = try recipe().plan()
    #expect(plan.arms.map(\.name) == ["slow", "2"] && plan.baseline == "slow" && plan.seeds == [5])
    #expect(try StudyPlan(yaml: Self.text, source: "r.yml", name: "rates") == plan)
    // The log is kept wherever the plan goes.
    #expect(try StudyPlan(yaml: plan.yaml(), source: "copy") == plan)
    #expect(
      try plan.yaml().contains("    published:\n      test: 97.5\n      seed: 7\n      log: |\n        epoch acc"))
    #expect(try recipe().plan(arms: ["adam"], seeds: [1, 2], overrides: ["epochs=9"]).runs().count == 4)
  }

  @Test func aBudgetReplaces() throws {
    let plan = try recipe().plan(budget: "smoke")
    #expect(plan.name == "rates-smoke" && plan.seeds == [5, 6])
    let runs = try plan.runs()
    #expect(runs.map(\.arm) == ["slow", "2", "slow", "2"])
    #expect(runs.allSatisfy { $0.configuration.epochs == 1 && $0.configuration.batchSize == 10 })
    // The base's optimizer takes the rate that was set for the old one with it.
    #expect(runs.map(\.configuration.optimizer.description).prefix(2) == ["adam", "sgd(learningRate: 0.25)"])
    #expect(try recipe().plan(budget: "empty").runs().map(\.id) == recipe().plan().runs().map(\.id))
    let list = try recipe().plan(arms: ["adam"], budget: "list")
    #expect(list.arms[0].published?.test == 1)
    #expect(try list.runs().map(\.configuration.batchSize) == [1, 2])
  }

  /// A budget may train seeds until comparisons are decided, and a fixed number where the plan doesn't.
  @Test func aBudgetHasSeedsOfEitherKind() throws {
    let text = """
      seeds: until decided (at most 0..19)
      margin: 0.01
      base: {data: syntheticDigits, epochs: 1}
      arms: {sgd: , adam: {optimizer: adam}}
      budgets:
        fixed: {seeds: 2}
        more: {seeds: 'until decided (first 8, at most 40)'}
        later: {seeds: 'until decided (at most [3, 5..12])'}
      """
    let recipe = try recipe(text)
    #expect(try recipe.plan().untilDecided == UntilDecided())
    let fixed = try recipe.plan(budget: "fixed")
    #expect(fixed.untilDecided == nil && fixed.seeds == [0, 1])
    let more = try recipe.plan(budget: "more")
    #expect(more.untilDecided == UntilDecided(first: 8) && more.seeds == Array(0..<40))
    #expect(try #require(try more.sequentialDesign()).first == 8)
    #expect(try StudyPlan(yaml: more.yaml(), source: "copy") == more)
    #expect(try recipe.plan(budget: "later").seeds == [3] + Array(5...12))
  }

  @Test func departuresAreTold() throws {
    let recipe = try recipe()
    #expect(try recipe.departure(of: Recipe.published) == nil)
    #expect(try recipe.departure(of: "empty") == nil)
    #expect(try recipe.departure(of: "smoke") == "Budget 'smoke', not what was published: Small.")
    #expect(
      try recipe.departure(of: "list")
        == "Budget 'list', not what was published: epochs=2, batchSize=1,2, optimizer=lamb of 'adam'.")
  }

  @Test(arguments: [
    ("budgets: [smoke]", "r.yml:3: 'budgets' takes names"), ("budgets: {a: 3}", "r.yml:3: 'a' takes 'base'"),
    ("budgets: {published: {}}", "a budget's name is made of"), ("budgets: {a b: {}}", "a budget's name is made of"),
    ("budgets:\n  a: {epochs: 3}", "a budget has no setting 'epochs'"),
    ("budgets:\n  a: {arms: {c: {epochs: 3}}}", "x: budget 'a': there is no arm 'c'"),
    ("budgets:\n  a: {seeds: none}", "'seeds' takes"),
    ("budgets:\n  a: {seeds: until decided}", "r.yml:4: 'seeds' takes"), ("main: [a, c]", "x: there is no arm 'c'"),
    ("main: [[a]]", "'main' takes a list of names"), ("sources: 3", "'sources' takes a list"),
    ("sources: [{authors: Doe}]", "a source needs a title"), ("sources: [{title: A, yaer: 1}]", "'yaer'"),
    ("progress: bars", "there is no progress 'bars'"), ("progress: lines(end: x)", "lines has no setting 'end'"),
  ])
  func saysWhatIsWrong(_ line: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Recipe(yaml: "seeds: 1\narms: {a: {}}\n" + line, source: "r.yml", name: "x")
        .plan(budget: line.contains("arms") ? "a" : Recipe.published)
    }
    let description = try #require(error).description
    #expect(description.contains(message), "\(description)")
  }

  @Test(arguments: [
    ("", "a log begins with a line of names"), ("0 1 2", "a log begins with a line of names"),
    ("epoch", "a log begins with"), ("epoch loss\n0 1 2", "a line of a log has an epoch and 1 numbers, not '0 1 2'"),
    ("epoch loss\n0 nan", "not '0 nan'"), ("epoch loss\n0.5 1", "not '0.5 1'"),
    ("epoch loss\n1 1\n1 2", "the log has epoch 1 twice"),
  ])
  func saysWhatIsWrongWithALog(_ text: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try EpochLog(text, origin: "r.yml") }
    #expect(try #require(error).description.contains(message))
  }
}
