import Configuration

/// The part of a study that one of several tasks trains in a store of its own. It follows from the plan and the task's number: tasks
/// needn't know of each other, and ``StudyMerge`` puts their stores together.
///
/// What one program trains is never divided, so that each run has the bits that it has on a single machine. Trials of a search follow
/// from results of the same arm: there a task takes whole arms.
public struct StudyShare: Sendable, Hashable {
  /// Tasks that a study may be divided among.
  public static let limit = 10_000

  /// Counted from 1.
  public let task: Int
  public let tasks: Int
  /// Whether one program trains runs that are alike, which stay together then.
  public var vectorizes: Bool

  /// The name of the task's store in the folder of all of them.
  public var storeName: String {
    let digits = "\(task)"
    return "task-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).sqlite"
  }

  /// - Throws: `ConfigurationError` for a task that isn't one of `tasks`.
  public init(task: Int, of tasks: Int, vectorizes: Bool = false) throws(ConfigurationError) {
    for (name, value, limit) in [("tasks", tasks, Self.limit), ("task", task, tasks)] where !(1...limit).contains(value)
    {
      throw .outOfRange(key: name, value: "\(value)", range: "in 1...\(limit)", origin: "")
    }
    (self.task, self.tasks, self.vectorizes) = (task, tasks, vectorizes)
  }

  /// How many tasks of a plan have something to do at most.
  /// - Throws: `ConfigurationError` for a plan that can't be run or divided.
  public static func count(of plan: StudyPlan, vectorizes: Bool = false) throws(ConfigurationError) -> Int {
    try check(plan)
    let runs = try plan.runs()
    return (units(of: runs, vectorizes: vectorizes) { groups(of: runs) }.max() ?? -1) + 1
  }

  /// - Throws: `ConfigurationError` for a plan whose arms depend on each other.
  static func check(_ plan: StudyPlan) throws(ConfigurationError) {
    guard plan.untilDecided != nil else { return }
    throw .invalid(
      message:
        "'seeds: until decided' can't be divided among tasks, since the results of all arms decide which seeds follow: "
        + "give a number of seeds, or let several 'tanren study worker' share one store on one machine",
      origin: plan.name)
  }

  /// The places of this task's runs.
  func places(in runs: [PlannedRun], groups: () -> [Int]) -> [Int] {
    let units = Self.units(of: runs, vectorizes: vectorizes, groups: groups)
    return units.indices.filter { units[$0] % tasks == task - 1 }
  }

  /// The runs of this task's arms that aren't known yet.
  /// - Parameter runs: those that are.
  func expected(_ expected: [ExpectedRuns], beside runs: [PlannedRun]) -> [ExpectedRuns] {
    let arms = Self.arms(of: runs)
    return expected.filter { arms[$0.arm].map { $0 % tasks == task - 1 } ?? false }
  }

  /// For each run the number of what it can't be divided from, in the plan's order.
  private static func units(of runs: [PlannedRun], vectorizes: Bool, groups: () -> [Int]) -> [Int] {
    if runs.contains(where: { $0.stage != .final }) {
      let arms = arms(of: runs)
      return runs.map { arms[$0.arm] ?? 0 }
    }
    if vectorizes { return groups() }
    var known: [String: Int] = [:]
    return runs.map { run in
      let unit = known[run.id] ?? known.count
      known[run.id] = unit
      return unit
    }
  }

  /// The arms' numbers, in the order of their first runs.
  private static func arms(of runs: [PlannedRun]) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for run in runs where numbers[run.arm] == nil { numbers[run.arm] = numbers.count }
    return numbers
  }

  private static func groups(of runs: [PlannedRun]) -> [Int] {
    var groups = RunGroups(areSearched: runs.contains { $0.stage != .final })
    return runs.map { groups.group(of: $0.id, family: $0.configuration.family, arm: $0.arm, trial: $0.stage.trial) }
  }
}

extension StudyShare: CustomStringConvertible {
  /// As a store keeps it: `3 of 20`, `3 of 20, vectorized`.
  public var description: String { "\(task) of \(tasks)" + (vectorizes ? Self.mark : "") }

  private static let mark = ", vectorized"

  /// nil for what ``description`` doesn't write.
  init?(text: String) {
    let vectorizes = text.hasSuffix(Self.mark)
    let words = text.dropLast(vectorizes ? Self.mark.count : 0).split(separator: " ")
    guard words.count == 3, let task = Int(words[0]), let tasks = Int(words[2]),
      let share = try? StudyShare(task: task, of: tasks, vectorizes: vectorizes)
    else { return nil }
    self = share
  }
}
