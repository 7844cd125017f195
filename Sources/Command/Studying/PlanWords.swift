import ArgumentParser
import Foundation
import Tanren

/// A plan as the words of a command name it: a YAML file, a recipe, or a study that a store has, and `key=value`
/// after it.
struct PlanWords {
  static let help = ArgumentHelp(
    "The plan, and settings for all its arms.", valueName: "plan.yml | recipe | study | key=value")

  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// - Parameter store: looked into where a name is neither a file nor a recipe.
  func plan(store: StoreOptions) throws -> StudyPlan {
    let names = words.filter { !RunChoices.isAssignment($0) }
    guard names.count == 1, let name = names.first else {
      throw UsageError(
        names.isEmpty
          ? "name a plan: a YAML file, a recipe or a study of the store"
          : "one plan at a time can be taken, but there are \(names.joined(separator: ", "))")
    }
    var plan = try named(name, store)
    for assignment in words where RunChoices.isAssignment(assignment) { try plan.override(assignment: assignment) }
    return plan
  }

  private func named(_ name: String, _ store: StoreOptions) throws -> StudyPlan {
    // A study's report is a folder of its name.
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
      return try StudyPlan(file: name)
    }
    let catalog = Catalog<any Recipe>.all
    if catalog.type(named: name) != nil { return try catalog.make(Choice(name)).plan() }
    var known = catalog.names
    if FileManager.default.fileExists(atPath: store.path) {
      let studies = try store.open(.read).studies()
      if let study = studies.first(where: { $0.name == name }) { return study.plan }
      known += studies.map(\.name).filter { !known.contains($0) }
    }
    // What looks like a file's name was meant as one.
    if name.contains("/") || name.contains(".") { return try StudyPlan(file: name) }
    throw ConfigurationError.unknownName(kind: "plan", name: name, known: known, origin: "")
  }
}
