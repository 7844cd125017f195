import Configuration
import Search
import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct OverrideTests {
  private func plan(_ assignments: String...) throws -> StudyPlan {
    var plan = try PlanTexts.plan(PlanTexts.rates)
    for assignment in assignments { try plan.override(assignment: assignment) }
    return plan
  }

  @Test func oneValueIsSetForAllArms() throws {
    let plan = try plan("epochs=7")
    #expect(try plan.plannedArms().count == 6)
    #expect(try plan.runs().allSatisfy { $0.configuration.epochs == 7 })
  }

  @Test func commasMakeAnAxis() throws {
    let plan = try plan("optimizer.learningRate=0.1", "gradientRule=plain,sam(rho: 0.1, eta: 0)")
    #expect(plan.grid.map(\.path) == ["batchSize", "optimizer.learningRate", "gradientRule"])
    #expect(
      try plan.plannedArms().map(\.arm.name).prefix(2) == [
        "sgd gradientRule=plain", "sgd gradientRule=sam(eta: 0, rho: 0.1)",
      ])
  }

  @Test func aListInBracketsIsOneValue() throws {
    let plan = try plan("optimizer.learningRate=0.1", "model.hidden=[8, 4]")
    #expect(try plan.plannedArms().count == 3)
    #expect(try plan.runs()[0].configuration.model.description == "mlp(hidden: [8, 4])")
  }

  @Test func aReplacedMethodTakesItsOptionsWithIt() throws {
    let plan = try plan("optimizer=adam")
    #expect(plan.grid.map(\.path) == ["batchSize", "optimizer"])
    #expect(try self.plan("batch=7").grid.map(\.path) == ["optimizer.learningRate", "batch"])
    #expect(try plan.runs()[0].configuration.optimizer.description == "adam")
  }

  @Test func thePlansOwnKeysAreReplaced() throws {
    let plan = try plan(
      "seeds=10,11", "arms=sgd, adam", "baseline=adam", "name=other", "title=Other one", "metric=val_accuracy",
      "targets=0.5,0.6")
    #expect(plan.seeds == [10, 11])
    #expect(plan.arms.map(\.name) == ["sgd", "adam"])
    #expect(plan.baseline == "adam")
    #expect(plan.name == "other")
    #expect(plan.title == "Other one")
    #expect(plan.metric.better == .higher)
    #expect(plan.targets == [0.5, 0.6])
    #expect(try self.plan("seeds=2").seeds == [0, 1])
    #expect(try self.plan("seeds=0..9").seeds == Array(0...9))
    #expect(try self.plan("metric=val_accuracy").targets == [0.95, 0.97, 0.98])
  }

  @Test(arguments: [
    ("epochs", "'epochs' is no setting"), ("epochs=", "can't read ''"), ("epochs=5,", "can't read '5,'"),
    ("arms=sgd,adm", "there is no arm 'adm': did you mean 'adam'?"), ("seeds=", "can't read"),
    ("=5", "is no setting's name"),
    (
      "optimizer.learningRate=fast",
      "command line: 'learningRate' takes a number or a schedule (batchScaled, constant, cosine,"
    ),
    ("optimizer.learningRate=quick", "), not 'quick'"),
    ("optimizer.learningRate=cosin", "there is no named schedule 'cosin': did you mean 'cosine'?"),
    ("metric=val_top5", "there is no metric 'val_top5'"),
    ("seed=3", "'seed' is no axis"), ("a b=1", "a run has no setting 'ab'"),
    ("targets=high", "'targets' takes a list of numbers"),
    ("epochs=5)", "can't read '5)'"),
  ])
  func saysWhatIsWrong(_ assignment: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try plan(assignment).runs() }
    let description = try #require(error).description
    #expect(description.contains(message), "\(description)")
  }

  @Test func everyRecipeIsAPlanForEveryBudget() throws {
    for recipe in try Recipe.all {
      for budget in recipe.budgets.map(\.name) + [Recipe.published] {
        let plan = try recipe.plan(arms: recipe.plan.arms.map(\.name), seeds: [3, 4], budget: budget)
        let unfolded = try PlanUnfolder(plan).runs(given: KnownResults())
        // Of a search the trials are known first, and the runs that they choose settings for are still to come.
        #expect(unfolded.runs.isEmpty == false && (plan.search == nil) == (unfolded.more == 0))
        let known = unfolded.more + unfolded.runs.count { $0.stage == .final }
        let final = try 2 * plan.plannedArms().count
        // An adaptive search has trials to come too.
        let isAdaptive = try plan.search.map { try Registry<any Sampler>.all.build($0.sampler).isAdaptive } ?? false
        #expect(isAdaptive ? known > final : known == final)
        #expect(try StudyPlan(yaml: plan.yaml(), source: "copy") == plan)
      }
      guard try recipe.plan().runs().allSatisfy({ $0.configuration.experiment == nil }) else {
        // An experiment has no epochs.
        #expect(throws: ConfigurationError.self) { try recipe.plan(overrides: ["epochs=1"]).runs() }
        continue
      }
      #expect(try recipe.plan(overrides: ["epochs=1"]).runs().allSatisfy { $0.configuration.epochs == 1 })
    }
  }
}
