/// A comparison as a file has it: the plan of all its arms, which of them are run unless others are named, the budgets it
/// can be run at, and what it reproduces.
///
/// ```swift
/// let plan = try Recipe(file: "mine.yml").plan(seeds: [0, 1, 2], budget: "smoke")
/// let results = try StudyRunner(StudyStore("out/studies.sqlite")).run(plan)
/// ```
public struct Recipe: Sendable, Hashable {
  /// All arms, as they were published.
  public var plan: StudyPlan
  /// What it compares, on a line.
  public var summary: String
  /// What it reproduces, and the papers behind that.
  public var sources: [Citation]
  /// The arms that are run where none are named; none for all.
  public var main: [String]
  /// Smaller or larger versions of the plan.
  public var budgets: [Budget]
  /// How the runs' epochs are listed at the end; nil for not at all.
  public var progress: EpochListing?
  /// The recipe's name in earlier versions.
  public var formerly: String?

  /// The budget of the plan as it stands.
  public static let published = "published"

  public init(
    _ plan: StudyPlan, summary: String = "", sources: [Citation] = [], main: [String] = [], budgets: [Budget] = [],
    progress: EpochListing? = nil, formerly: String? = nil
  ) {
    self.plan = plan
    self.summary = summary
    self.sources = sources
    self.main = main
    self.budgets = budgets
    self.progress = progress
    self.formerly = formerly
  }

  public var name: String { plan.name }

  /// The arms that are run where none are named.
  public var mainArms: [String] { main.isEmpty ? plan.arms.map(\.name) : main }

  /// The recipe as a study.
  /// - Parameters:
  ///   - names: the arms to run; none for the main ones.
  ///   - seeds: none for the budget's.
  ///   - budget: one of ``budgets``, which makes a study of another name, or ``published``.
  ///   - overrides: `key=value`, as ``StudyPlan/override(assignment:)`` takes them, applied after the budget.
  /// - Throws: `ConfigurationError` for an arm or a budget that isn't there, or an override that can't be.
  public func plan(
    arms names: [String] = [], seeds: [Int] = [], budget: String = Recipe.published, overrides: [String] = []
  ) throws(ConfigurationError) -> StudyPlan {
    var plan = plan
    let chosen = try self.budget(named: budget)
    if let chosen { try chosen.apply(to: &plan) }
    let arms = names.isEmpty ? main : names
    if !arms.isEmpty { try plan.select(arms: arms) }
    if !seeds.isEmpty { plan.train(SeedList(seeds)) }
    if let chosen { plan.name += "-\(chosen.name)" }
    for assignment in overrides { try plan.override(assignment: assignment) }
    return plan
  }

  /// What a budget changes, as a sentence; nil where everything is as it was published.
  /// - Throws: `ConfigurationError` for a budget that isn't there.
  public func departure(of budget: String) throws(ConfigurationError) -> String? {
    guard let chosen = try self.budget(named: budget), let text = try chosen.departure() else { return nil }
    return "Budget '\(chosen.name)', not \(sources.isEmpty ? "the whole plan" : "what was published"): \(text)"
  }

  /// - Returns: nil for ``published``, which early versions called `full`.
  private func budget(named name: String) throws(ConfigurationError) -> Budget? {
    if name == Self.published || name == "full" { return nil }
    guard let budget = budgets.first(where: { $0.name == name }) else {
      throw .unknownName(
        kind: "budget", name: name, known: budgets.map(\.name) + [Self.published], origin: self.name)
    }
    return budget
  }
}

/// A version of a recipe of another size: what it replaces in the plan.
public struct Budget: Sendable, Hashable {
  public let name: String
  /// What it changes, in sentences for those who judge the results.
  public var note: String
  /// Nil for the plan's.
  public var seeds: SeedList?
  /// Settings that replace those of the plan's base.
  public var base: [Override]
  /// Arms of the plan with the settings that replace theirs.
  public var arms: [Arm]
  /// Axes that replace the plan's, or are added; one of a single value sets it for all arms.
  public var grid: [GridAxis]
  /// What it changes of the plan's workloads.
  public var workloads: [WorkloadChange]
  /// What it changes of the plan's search: `trials`, `sampler` and so on.
  public var search: [Override]

  public init(
    _ name: String, note: String = "", seeds: SeedList? = nil, base: [Override] = [], arms: [Arm] = [],
    grid: [GridAxis] = [], workloads: [WorkloadChange] = [], search: [Override] = []
  ) {
    self.name = name
    self.note = note
    self.seeds = seeds
    self.base = base
    self.arms = arms
    self.grid = grid
    self.workloads = workloads
    self.search = search
  }

  /// - Throws: `ConfigurationError` for an arm or a workload that the plan hasn't, and for a search where it has none.
  func apply(to plan: inout StudyPlan) throws(ConfigurationError) {
    let known = plan.arms.map(\.name)
    if let unknown = arms.first(where: { !known.contains($0.name) }) {
      throw .unknownName(kind: "arm", name: unknown.name, known: known, origin: "\(plan.name): budget '\(name)'")
    }
    plan.base = plan.base.replaced(by: base)
    plan.arms = plan.arms.map { arm in
      guard let change = arms.first(where: { $0.name == arm.name }) else { return arm }
      return Arm(
        arm.name, settings: arm.settings.replaced(by: change.settings), published: change.published ?? arm.published)
    }
    for axis in grid { plan.set(axis) }
    for change in workloads { try plan.change(change, origin: "\(plan.name): budget '\(name)'") }
    if let seeds { plan.train(seeds) }
    for setting in search {
      guard var changed = plan.search else {
        throw .invalid(message: "the plan has no search that a budget could change", origin: setting.origin)
      }
      try changed.set(setting.path, setting.value(), origin: setting.origin)
      plan.search = changed
    }
  }

  /// The note, or a list of the changes; nil where there are none.
  fileprivate func departure() throws(ConfigurationError) -> String? {
    guard note.isEmpty else { return note }
    var changes: [String] = []
    for setting in base { changes.append("\(setting.path)=\(try setting.value())") }
    for axis in grid { changes.append("\(axis.path)=\(axis.values.map(\.description).joined(separator: ","))") }
    for change in workloads {
      for setting in change.settings {
        changes.append("workloads.\(change.workload).\(setting.path)=\(try setting.value())")
      }
    }
    for setting in search { changes.append("search.\(setting.path)=\(try setting.value())") }
    for arm in arms {
      for setting in arm.settings { changes.append("\(setting.path)=\(try setting.value()) of '\(arm.name)'") }
    }
    return changes.isEmpty ? nil : changes.joined(separator: ", ") + "."
  }
}

/// A publication: an article, a paper, a data set.
public struct Citation: Sendable, Hashable, CustomStringConvertible {
  public var title: String
  /// As they are cited: `Foret et al.`.
  public var authors: String?
  public var year: Int?
  public var link: String?

  public init(_ title: String, authors: String? = nil, year: Int? = nil, link: String? = nil) {
    self.title = title
    self.authors = authors
    self.year = year
    self.link = link
  }

  /// "Foret et al. 2021: Sharpness-Aware Minimization …, https://arxiv.org/abs/2010.01412".
  public var description: String {
    let who = [authors, year.map(String.init)].compactMap(\.self).joined(separator: " ")
    return (who.isEmpty ? "" : who + ": ") + title + (link.map { ", " + $0 } ?? "")
  }
}

/// The epochs of runs as lines of numbers with all their digits, and a last line in words of the recipe's own.
public struct EpochListing: Sendable, Hashable {
  /// The line after the last epoch, in which `{minutes}` and `{seconds}` stand for the time taken; nil for the usual one.
  public var closing: String?

  public init(closing: String? = nil) { self.closing = closing }
}

extension [Override] {
  /// With others in place of those of the same paths, and of what is below these; sorted, as files are read.
  func replaced(by others: [Override]) -> [Override] {
    let replaced = others.map(\.path.presentPath)
    let kept = filter { mine in
      let path = mine.path.presentPath
      return !replaced.contains { path == $0 || path.hasPrefix($0 + ".") }
    }
    return (kept + others).sorted { $0.path < $1.path }
  }
}
