import Configuration

extension Recipe {
  /// The recipe as a study.
  /// - Parameters:
  ///   - names: the arms to run; none for the recipe's main ones.
  ///   - seeds: none for the published one.
  ///   - budget: a smaller one makes a study of another name.
  ///   - overrides: `key=value`, as ``StudyPlan/override(assignment:)`` takes them, applied after the budget's.
  /// - Throws: `ConfigurationError` for an arm that isn't there, or an override that can't be.
  public func plan(
    arms names: [String] = [], seeds: [Int] = [], budget: Budget = .full, overrides: [String] = []
  ) throws(ConfigurationError) -> StudyPlan {
    var plan = StudyPlan(
      name: Self.name + (budget == .full ? "" : "-\(budget.rawValue)"), title: title, base: base,
      arms: try arms(named: names.isEmpty ? defaultArms : names, for: budget),
      seeds: seeds.isEmpty ? (0..<seedCount(for: budget)).map { firstSeed + $0 } : seeds, metric: metric)
    plan.targets = targets
    for assignment in self.overrides(for: budget) + overrides { try plan.override(assignment: assignment) }
    return plan
  }
}
