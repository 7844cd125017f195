import Configuration
import Recipes
import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct RecipeTests {
  private static let names = RecipeFile.all.map(\.name)
  private static let computed = [
    "sine", "sines", "mackeyGlass", "narma", "lorenz", "doubleScroll", "kuramotoSivashinsky", "channel", "delays",
  ]

  @Test func everyFileIsARecipe() throws {
    #expect(try Recipe.all.map(\.name) == Self.names)
    #expect(Self.names == Self.names.sorted())
    #expect(
      Set(Self.names).isSuperset(of: ["activations-mnist", "flooding-mnist", "numpy-replay", "lamb-cnn", "sam-wrn"]))
  }

  @Test(arguments: names)
  func armsAreValidConfigurations(_ name: String) throws {
    let recipe = try Recipe(named: name)
    let plan = recipe.plan
    let seed = try #require(plan.seeds.first)
    #expect(!plan.arms.isEmpty && !recipe.summary.isEmpty && plan.title != plan.name)
    #expect(!recipe.sources.isEmpty && recipe.sources.allSatisfy { $0.link?.hasPrefix("https://") ?? true })
    var seen: [RunConfiguration: String] = [:]
    for arm in plan.arms {
      let configuration = try arm.configuration(base: plan.base, seed: seed)
      #expect(configuration.seed == seed)
      // Two arms of one configuration would compare nothing.
      #expect(seen[configuration] == nil, "\(arm.name) is \(seen[configuration] ?? "") again")
      seen[configuration] = arm.name
      for value in [arm.published?.firstTrain, arm.published?.firstTest].compactMap(\.self) {
        #expect((0...60).contains(value))
      }
      for value in [arm.published?.train, arm.published?.test, arm.published?.best].compactMap(\.self) {
        #expect((60...100).contains(value))
      }
      if let published = arm.published, let test = published.test, let best = published.best { #expect(test <= best) }
      if let reached = arm.published?.reached { #expect(reached.count == 3) }
    }
    let names = plan.arms.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(recipe.mainArms).isSubset(of: names))
    #expect(try recipe.plan(arms: recipe.mainArms) == recipe.plan())
  }

  /// Every budget has the same arms, each another configuration, on data that are at hand where it is to be quick.
  @Test(arguments: names, ["smoke", "cpu", Recipe.published])
  func budgetsKeepTheArms(_ name: String, _ budget: String) throws {
    let recipe = try Recipe(named: name)
    let plan = try recipe.plan(budget: budget)
    #expect(plan.arms.map(\.name) == recipe.plan.arms.map(\.name).filter(recipe.mainArms.contains))
    #expect(plan.name == name + (budget == Recipe.published ? "" : "-\(budget)"))
    let runs = try plan.runs()
    // The final runs of a search aren't known before its trials.
    if plan.search == nil {
      #expect(try Set(runs.map(\.configuration)).count == plan.plannedArms().count * plan.seeds.count)
    }
    let isChanged = recipe.budgets.contains { $0.name == budget && $0 != Budget(budget) }
    #expect(try (recipe.departure(of: budget) == nil) == !isChanged)
    guard budget == "smoke" else { return }
    for run in runs {
      #expect(run.configuration.epochs <= 2)
      var data = run.configuration.data
      // A trial's, of which a part is held out.
      if data.name == "heldOut", case .choice(let whole)? = data.options.pairs.first(where: { $0.key == "data" })?.value
      {
        data = whole
      }
      #expect(
        data.description.contains("synthetic") || Self.computed.contains(data.name),
        "\(data)")
    }
  }

  @Test func twiceTheEpochsStayTwiceTheEpochs() throws {
    let recipe = try Recipe(named: "sam-wrn")
    for budget in ["smoke", "cpu", Recipe.published] {
      let arms = Dictionary(
        uniqueKeysWithValues: try recipe.plan(budget: budget).runs().map { ($0.arm, $0.configuration) })
      for kind in ["basic", "cutout"] {
        let (sgd, sam, longer) = (arms["\(kind)-sgd200"], arms["\(kind)-sam200"], arms["\(kind)-sgd400"])
        #expect(sgd?.epochs == sam?.epochs)
        #expect(longer?.epochs == (sgd?.epochs ?? 0) * 2)
        #expect(sam?.gradientRule.name == "sam" && sgd?.gradientRule.name == "plain")
      }
    }
    #expect(try recipe.plan().runs().map(\.configuration.epochs) == [200, 200, 400, 200, 200, 400])
  }

  /// A budget's rates are those of the published batch sizes, and change at the same parts of the training.
  @Test func budgetsScaleTheRates() throws {
    let recipe = try Recipe(named: "warmup-batchsize")
    func configurations(_ budget: String) throws -> [RunConfiguration] {
      try recipe.plan(arms: ["strong", "warmup", "lamb"], budget: budget).runs().map(\.configuration)
    }
    let (full, cpu) = (try configurations(Recipe.published), try configurations("cpu"))
    #expect(full.count == 21 && full.map { $0.batchSize / 4 } == cpu.map(\.batchSize))
    for (one, other) in zip(full, cpu) {
      let rates = try [one, other].map { configuration in
        let text = configuration.optimizer.description
        let milestones = try #require(text.firstMatch(of: #/milestones: \[([\d.]+), ([\d.]+)\]/#))
        return (
          text.replacing(#/milestones: [^\]]*\]|epochs: [\d.]+|reference: \d+/#, with: ""),
          [milestones.1, milestones.2].map { (Double($0) ?? 0) / Double(configuration.epochs) }
        )
      }
      #expect(rates[0].0 == rates[1].0)
      #expect(zip(rates[0].1, rates[1].1).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func oldNamesAreKnown() throws {
    #expect(try Recipe(named: "article" + "2-replay").name == "numpy-replay")
    #expect(try Recipe(named: "sam-cnn").plan(budget: "full") == Recipe(named: "sam-cnn").plan())
  }

  @Test func unknownNamesAreErrors() throws {
    let nesterov = try Recipe(named: "nesterov-mnist")
    let arm = #expect(throws: ConfigurationError.self) { try nesterov.plan(arms: ["sgd", "nestrov"]) }
    #expect(arm?.description.hasPrefix("nesterov-mnist: there is no arm 'nestrov': did you mean 'nesterov'?") == true)
    // The recipe's order, not the asked one, and each once.
    #expect(try nesterov.plan(arms: ["nesterov", "sgd", "sgd"]).arms.map(\.name) == ["sgd", "nesterov"])
    let budget = #expect(throws: ConfigurationError.self) { try nesterov.plan(budget: "smoky") }
    #expect(budget?.description.hasPrefix("nesterov-mnist: there is no budget 'smoky': did you mean 'smoke'?") == true)
    let name = #expect(throws: ConfigurationError.self) { try Recipe(named: "nestrov-mnist") }
    #expect(name?.description.contains("there is no recipe 'nestrov-mnist': did you mean 'nesterov-mnist'?") == true)
  }

  @Test func laterSettingsReplaceEarlierOnes() throws {
    let base = [Override](["optimizer": "sgd(learningRate: 0.1, momentum: 0.5)", "epochs": "9", "batchSize": "30"])
    let arm = Arm("fast", ["optimizer.learningRate": "0.3", "epochs": "4", "model.hidden": "[5]"])
    let configuration = try arm.configuration(base: base, seed: 8)
    #expect(configuration.optimizer.description == "sgd(learningRate: 0.3, momentum: 0.5)")
    #expect(configuration.model.description == "mlp(hidden: [5])")
    #expect((configuration.epochs, configuration.batchSize, configuration.seed) == (4, 30, 8))
    // A method before its options, however they are spelled.
    let both = Arm("both", ["optimizer.learningRate": "0.3", "optimizer": "adam"])
    #expect(try both.configuration(base: base, seed: 0).optimizer.description == "adam(learningRate: 0.3)")
  }

  @Test(
    arguments: [
      (["sed": "1"], 0, "'sed'"), (["seed": "1"], 0, "'seed' is set twice"), ([:], -1, "'seed' is -1"),
      (["epochs": "]"], 0, "can't read"), (["epochs.rate": "1"], 0, "'epochs.rate' can't be set"),
      (["optimizer.rat": "1"], 0, "sgd has no setting 'rat'"),
    ] as [([String: String], Int, String)])
  func mistakesNameTheArm(_ settings: [String: String], _ seed: Int, _ part: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Arm("slow", settings).configuration(base: [], seed: seed)
    }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("arm 'slow'") == true, "\(error?.description ?? "")")
  }
}
