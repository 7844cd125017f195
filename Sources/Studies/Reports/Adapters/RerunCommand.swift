import Configuration

/// What to type to run a plan again: a recipe's name where the plan is a recipe's, else the plan as a file.
struct RerunCommand: Sendable {
  let text: String
  /// Whether the command takes the plan from a file `plan.yml`.
  let needsPlan: Bool
  /// Of the recipe.
  let budget: Budget?

  init(_ plan: StudyPlan) throws(ConfigurationError) {
    let wanted = try plan.yaml()
    let catalog = Catalog<any Recipe>.all
    for name in catalog.names {
      let recipe = try catalog.make(Choice(name))
      for budget in Budget.allCases {
        let arms = plan.arms.map(\.name)
        guard let candidate = try? recipe.plan(arms: arms, seeds: plan.seeds, budget: budget),
          (try? candidate.yaml()) == wanted
        else { continue }
        let isUsual = arms == recipe.defaultArms
        text =
          (["tanren reproduce \(name)"] + (isUsual ? [] : ["--arms \(arms.joined(separator: ","))"])
          + ["--seeds \(Self.seeds(plan.seeds))"] + (budget == .full ? [] : ["--budget \(budget.rawValue)"]))
          .joined(separator: " ")
        needsPlan = false
        self.budget = budget
        return
      }
    }
    text = "tanren study run plan.yml"
    needsPlan = true
    budget = nil
  }

  /// `10..19`, or `3,5,8`; a single one as a range, since a number alone is a count.
  private static func seeds(_ seeds: [Int]) -> String {
    guard let first = seeds.first, let last = seeds.last else { return "" }
    let isRange = zip(seeds, seeds.dropFirst()).allSatisfy { $0 < Int.max && $1 == $0 + 1 }
    return isRange ? "\(first)..\(last)" : seeds.map(String.init).joined(separator: ",")
  }
}
