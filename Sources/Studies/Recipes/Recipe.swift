/// A published comparison that one command runs again: arms that differ by what is compared, with the
/// printed numbers to put ours beside.
public protocol Recipe: Catalogued {
  init()
  /// The article or paper, for the heading.
  var title: String { get }
  /// What all arms share: a run's settings.
  var base: [String: String] { get }
  var arms: [Arm] { get }
  /// The seed of the first run; further ones count up from it.
  var firstSeed: Int { get }
  /// The number that arms are compared by.
  var metric: PrimaryMetric { get }
  /// How many seeds a budget runs where none are named.
  func seedCount(for budget: Budget) -> Int
  /// Arms that are run where none are named; all by default.
  var defaultArms: [String] { get }
  /// Accuracies whose first epochs are reported.
  var targets: [Double] { get }
  /// What a budget changes for all arms, as ``StudyPlan/override(assignment:)`` takes it.
  func overrides(for budget: Budget) -> [String]
  /// The arms as a budget has them; for comparisons of arms of different lengths.
  func arms(for budget: Budget) -> [Arm]
  /// What a budget does without, as sentences; nil where everything is as it was published.
  func departure(of budget: Budget) -> String?
  /// Whether the runs' epochs are listed line by line, as the article prints them.
  var printsEpochs: Bool { get }
  /// A published log to compare an arm's epochs with, digit by digit.
  func log(of arm: String) -> String?
}

extension Recipe {
  public var firstSeed: Int { 0 }
  public var metric: PrimaryMetric { PrimaryMetric() }
  public func seedCount(for budget: Budget) -> Int { 1 }
  public var defaultArms: [String] { arms.map(\.name) }
  public func overrides(for budget: Budget) -> [String] {
    budget == .smoke ? ["data=syntheticDigits(train: 500, test: 200)", "epochs=2"] : []
  }
  public var targets: [Double] { [0.95, 0.97, 0.98] }
  public func arms(for budget: Budget) -> [Arm] { arms }
  public var printsEpochs: Bool { false }
  public func log(of arm: String) -> String? { nil }

  /// A recipe has no options: its arms are what can be chosen.
  public init(from options: inout Options) throws(ConfigurationError) { self.init() }

  public func departure(of budget: Budget) -> String? {
    let changes = overrides(for: budget)
    guard !changes.isEmpty else { return nil }
    return "The budget '\(budget.rawValue)' isn't what was published: \(changes.joined(separator: ", "))."
      + (budget == .smoke ? " It shows that every arm runs, and nothing else." : "")
  }

  /// The arms of the given names, in the recipe's order.
  /// - Throws: `ConfigurationError` for a name that isn't there, with the nearest one.
  public func arms(named names: [String], for budget: Budget = .full) throws(ConfigurationError) -> [Arm] {
    let arms = arms(for: budget)
    let all = arms.map(\.name)
    if let unknown = names.first(where: { !all.contains($0) }) {
      throw .unknownName(kind: "arm", name: unknown, known: all, origin: Self.name)
    }
    return arms.filter { names.contains($0.name) }
  }
}
