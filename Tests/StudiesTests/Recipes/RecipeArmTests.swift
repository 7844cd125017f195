import Configuration
import Studies
import Testing

@Suite struct RecipeArmTests {
  private static let recipes = Catalog<any Recipe>.all.types.compactMap { ($0 as? any Recipe.Type)?.init() }

  @Test func articleTwosRecipesAreThere() {
    let names = Catalog<any Recipe>.all.names
    #expect(Set(names).isSuperset(of: ["activations-mnist", "flooding-mnist", "nesterov-mnist", "article2-replay"]))
    #expect(Self.recipes.count == names.count)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: recipes.indices)
  func armsAreValidConfigurations(_ index: Int) throws {
    let recipe = Self.recipes[index]
    let base = [Studies.Setting](recipe.base, origin: "base")
    #expect(!recipe.arms.isEmpty)
    #expect(!recipe.title.isEmpty)
    var seen: [RunConfiguration: String] = [:]
    for arm in recipe.arms {
      let configuration = try arm.configuration(base: base, seed: recipe.firstSeed)
      #expect(configuration.seed == recipe.firstSeed)
      // Two arms of one configuration would compare nothing.
      #expect(seen[configuration] == nil, "\(arm.name) is \(seen[configuration] ?? "") again")
      seen[configuration] = arm.name
      for value in [arm.printed?.firstTrain, arm.printed?.firstTest].compactMap(\.self) {
        #expect((0...60).contains(value))
      }
      for value in [arm.printed?.train, arm.printed?.test, arm.printed?.best].compactMap(\.self) {
        #expect((60...100).contains(value))
      }
      if let printed = arm.printed, let test = printed.test, let best = printed.best { #expect(test <= best) }
      if let reached = arm.printed?.reached { #expect(reached.count == 3) }
    }
    let names = recipe.arms.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(recipe.defaultArms).isSubset(of: names))
    #expect(try recipe.arms(named: recipe.defaultArms).map(\.name) == names.filter { recipe.defaultArms.contains($0) })
  }

  @Test func imageRecipesAreThere() {
    #expect(Set(Catalog<any Recipe>.all.names).isSuperset(of: ["lamb-cnn", "sam-cnn", "sam-wrn"]))
  }

  /// Every budget has the same arms, each another configuration, on data that are at hand where it is to be quick.
  @Test(arguments: recipes.indices, Budget.allCases)
  func budgetsKeepTheArms(_ index: Int, _ budget: Budget) throws {
    let recipe = Self.recipes[index]
    let plan = try recipe.plan(budget: budget)
    #expect(plan.arms.map(\.name) == recipe.defaultArms)
    let runs = try plan.runs()
    #expect(try Set(runs.map(\.configuration)).count == plan.plannedArms().count * plan.seeds.count)
    #expect((recipe.departure(of: budget) == nil) == (budget == .full || recipe.overrides(for: budget).isEmpty))
    guard budget == .smoke else { return }
    for run in runs {
      #expect(run.configuration.epochs <= 2)
      let data = run.configuration.data.name
      #expect(data.hasPrefix("synthetic") || ["sine", "sines", "mackeyGlass", "narma"].contains(data), "\(data)")
    }
  }

  @Test func twiceTheEpochsStayTwiceTheEpochs() throws {
    for budget in Budget.allCases {
      let arms = Dictionary(
        uniqueKeysWithValues: try SAMWRN().plan(budget: budget).runs().map { ($0.arm, $0.configuration) })
      for kind in ["basic", "cutout"] {
        let (sgd, sam, longer) = (arms["\(kind)-sgd200"], arms["\(kind)-sam200"], arms["\(kind)-sgd400"])
        #expect(sgd?.epochs == sam?.epochs)
        #expect(longer?.epochs == (sgd?.epochs ?? 0) * 2)
        #expect(sam?.rule.name == "sam" && sgd?.rule.name == "plain")
      }
    }
    #expect(try SAMWRN().plan().runs().map(\.configuration.epochs) == [200, 200, 400, 200, 200, 400])
  }

  @Test func unknownArmsAreErrors() throws {
    let error = #expect(throws: ConfigurationError.self) { try NesterovMNIST().arms(named: ["sgd", "nestrov"]) }
    #expect(error?.description.hasPrefix("nesterov-mnist: there is no arm 'nestrov': did you mean 'nesterov'?") == true)
    // The recipe's order, not the asked one, and each once.
    #expect(try NesterovMNIST().arms(named: ["nesterov", "sgd", "sgd"]).map(\.name) == ["sgd", "nesterov"])
  }

  @Test func laterSettingsReplaceEarlierOnes() throws {
    let base = [Studies.Setting](["optimizer": "sgd(rate: 0.1, momentum: 0.5)", "epochs": "9", "batch": "30"])
    let arm = Arm("fast", ["optimizer.rate": "0.3", "epochs": "4", "model.hidden": "[5]"])
    let configuration = try arm.configuration(base: base, seed: 8)
    #expect(configuration.optimizer.description == "sgd(momentum: 0.5, rate: 0.3)")
    #expect(configuration.model.description == "mlp(hidden: [5])")
    #expect((configuration.epochs, configuration.batch, configuration.seed) == (4, 30, 8))
    // A method before its options, however they are spelled.
    let both = Arm("both", ["optimizer.rate": "0.3", "optimizer": "adam"])
    #expect(try both.configuration(base: base, seed: 0).optimizer.description == "adam(rate: 0.3)")
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
