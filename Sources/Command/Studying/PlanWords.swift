import ArgumentParser
import Foundation
import Tanren

/// The plan that command-line arguments name: a YAML file, a recipe or a study in the store, followed by `key=value`.
struct PlanWords {
  static let help = ArgumentHelp(
    "Plan, and settings for all its arms.", valueName: "plan.yml | recipe | study | key=value")

  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// - Parameter store: searched if a name is neither a file nor a recipe.
  func plan(store: StoreOptions) throws -> StudyPlan { try chosen(store: store).plan }

  /// The plan, and the recipe or file that it comes from; `nil` for a study in the store.
  func chosen(store: StoreOptions) throws -> (plan: StudyPlan, recipe: Recipe?) {
    let names = words.filter { !RunChoices.isAssignment($0) }
    guard names.count == 1, let name = names.first else {
      throw UsageError(
        names.isEmpty
          ? "name a plan: a YAML file, a recipe or a study of the store"
          : "expected one plan, but got \(names.joined(separator: ", "))")
    }
    let assignments = words.filter(RunChoices.isAssignment)
    guard let recipe = try Self.recipe(named: name) else {
      var plan = try Self.study(named: name, store)
      for assignment in assignments { try plan.override(assignment: assignment) }
      return (plan, nil)
    }
    // The arms and budgets of a recipe are chosen before its plan exists.
    let arms = assignments.last { $0.hasPrefix("arms=") }?.dropFirst(5).split(separator: ",")
    let budget = assignments.last { $0.hasPrefix("budget=") }.map { String($0.dropFirst(7)) }
    let plan = try recipe.plan(
      arms: (arms ?? []).map { $0.trimmingCharacters(in: .whitespaces) }, budget: budget ?? Recipe.published,
      overrides: assignments.filter { !$0.hasPrefix("arms=") && !$0.hasPrefix("budget=") })
    return (plan, recipe)
  }

  /// The recipe in a file or with a name; `nil` if there is neither.
  static func recipe(named name: String) throws -> Recipe? {
    // A folder with the name of a study holds its report.
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
      return try Recipe(file: name)
    }
    return try Recipe.all.first { $0.name == name || $0.formerly == name }
  }

  private static func study(named name: String, _ store: StoreOptions) throws -> StudyPlan {
    var known = Recipe.names
    if FileManager.default.fileExists(atPath: store.path) {
      let studies = try store.open(.read).studies()
      if let study = studies.first(where: { $0.name == name }) { return study.plan }
      known += studies.map(\.name).filter { !known.contains($0) }
    }
    // An argument that looks like a path is one.
    if name.contains("/") || name.contains(".") { return try StudyPlan(file: name) }
    throw ConfigurationError.unknownName(kind: "plan", name: name, known: known, origin: "")
  }
}
