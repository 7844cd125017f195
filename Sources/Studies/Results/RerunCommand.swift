import Configuration

/// What to type to run a plan again: a recipe's name and what differs from it where the plan is a recipe's, else what
/// was typed, or the name of the study, which its store has the plan of.
struct RerunCommand: Sendable {
  let text: String
  /// Whether the command works only where the plan's file or its store is.
  let needsPlan: Bool
  /// What should be known of the results: what the recipe's budget leaves out, and settings that aren't the recipe's.
  let notes: [String]

  /// - Parameter words: what was typed after `tanren study run`, where that is known.
  init(_ plan: StudyPlan, words: [String]? = nil) throws(ConfigurationError) {
    var nearest: (recipe: Recipe, budget: String, changes: [String])?
    for recipe in try Recipe.all {
      for budget in [Recipe.published] + recipe.budgets.reversed().map(\.name) {
        guard let made = try? recipe.plan(arms: plan.arms.map(\.name), seeds: plan.seeds, budget: budget),
          let changes = try Self.changes(from: made, to: plan)
        else { continue }
        if nearest.map({ changes.count < $0.changes.count }) ?? true { nearest = (recipe, budget, changes) }
      }
    }
    guard let nearest else {
      text = (["tanren", "study", "run"] + (words ?? [plan.name])).map(Self.quoted).joined(separator: " ")
      (needsPlan, notes) = (true, [])
      return
    }
    let arms = plan.arms.map(\.name)
    var recipeWords = ["tanren", "reproduce", nearest.recipe.name]
    if arms != nearest.recipe.mainArms { recipeWords += ["--arms", arms.joined(separator: ",")] }
    recipeWords += ["--seeds", Self.seeds(plan.seeds)]
    if nearest.budget != Recipe.published { recipeWords += ["--budget", nearest.budget] }
    recipeWords += nearest.changes
    text = recipeWords.map(Self.quoted).joined(separator: " ")
    needsPlan = false
    let settings = nearest.changes.filter { !$0.hasPrefix("name=") && !$0.hasPrefix("title=") }
    notes =
      [try nearest.recipe.departure(of: nearest.budget)].compactMap(\.self)
      + (settings.isEmpty ? [] : ["Not as published: \(settings.joined(separator: ", "))."])
  }

  /// The overrides that make one plan of another; nil where none do.
  private static func changes(from made: StudyPlan, to plan: StudyPlan) throws(ConfigurationError) -> [String]? {
    var changes = plan.grid.filter { !made.grid.contains($0) }.map { axis in
      "\(axis.path)=\(axis.values.map(\.description).joined(separator: ","))"
    }
    changes += try self.changes(of: made.workloads, to: plan.workloads)
    if let untilDecided = plan.untilDecided, made.untilDecided != untilDecided {
      changes.append("seeds=\(SeedList.text(plan.seeds, untilDecided: untilDecided))")
    }
    if let margin = plan.margin, made.margin != margin { changes.append("margin=\(margin)") }
    if plan.name != made.name { changes.append("name=\(plan.name)") }
    if plan.title != made.title { changes.append("title=\(plan.title)") }
    var changed = made
    for change in changes {
      guard (try? changed.override(assignment: change)) != nil else { return nil }
    }
    return try changed.yaml() == plan.yaml() ? changes : nil
  }

  /// The overrides that make workloads of others, as far as there are any.
  private static func changes(of made: [Workload], to planned: [Workload]) throws(ConfigurationError) -> [String] {
    let names = planned.map(\.name)
    var changes = names == made.map(\.name) || names.isEmpty ? [] : ["workloads=\(names.joined(separator: ","))"]
    for workload in planned {
      let old = made.first { $0.name == workload.name }?.written ?? []
      for setting in workload.written where !old.contains(setting) {
        changes.append("workloads.\(workload.name).\(setting.path)=\(try setting.value())")
      }
    }
    return changes
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=.,:/+@%".contains($0)) }
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }

  /// `10..19`, or `3,5,8`; a single one as a range, since a number alone is a count.
  private static func seeds(_ seeds: [Int]) -> String {
    guard let first = seeds.first, let last = seeds.last else { return "" }
    let isRange = zip(seeds, seeds.dropFirst()).allSatisfy { $0 < Int.max && $1 == $0 + 1 }
    return isRange ? "\(first)..\(last)" : seeds.map(String.init).joined(separator: ",")
  }
}
