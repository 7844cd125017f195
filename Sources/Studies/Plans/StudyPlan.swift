import Configuration

/// A comparison before it is run: arms that differ by what is compared, each trained with the same seeds.
///
/// ```swift
/// var plan = StudyPlan(
///   name: "rates", base: ["data": "mnist", "epochs": "10"],
///   arms: [Arm("sgd", ["optimizer": "sgd"]), Arm("adam", ["optimizer": "adam"])], seeds: Array(0..<10))
/// plan.grid = [GridAxis("batch", [64, 128])]
/// ```
public struct StudyPlan: Sendable, Hashable {
  /// What the store and files call the study: letters, digits, `.`, `_` and `-`.
  public var name: String
  /// The heading.
  public var title: String
  /// What all arms share.
  public var base: [Override]
  /// The arms as written; none where a grid alone makes them.
  public var arms: [Arm]
  /// Settings that every arm is crossed with.
  public var grid: [GridAxis]
  public var seeds: [Int]
  /// What arms are compared by: where it isn't set, the first that all of them record of validation besides the loss, or
  /// of an experiment.
  public var metric: PrimaryMetric {
    get { chosenMetric ?? usualMetric }
    set { chosenMetric = newValue }
  }
  /// The arm that others are compared with: one as written, which is compared at the same point of the grid, or
  /// one of ``plannedArms()``. The first one where it isn't given.
  public var baseline: String?
  /// Values of the primary metric whose first epochs are reported.
  public var targets: [Double] {
    get { chosenTargets ?? Self.usualTargets(of: metric) }
    set { chosenTargets = newValue }
  }
  private var chosenMetric: PrimaryMetric?
  private var chosenTargets: [Double]?

  /// Runs that a study may have.
  public static let runLimit = 100_000

  /// - Parameter targets: 0.95, 0.97 and 0.98 for accuracies and none for other metrics, where they aren't given.
  public init(
    name: String, title: String? = nil, base: [Override] = [], arms: [Arm] = [], grid: [GridAxis] = [],
    seeds: [Int] = [0], metric: PrimaryMetric? = nil, baseline: String? = nil, targets: [Double]? = nil
  ) {
    self.name = name
    self.title = title ?? name
    self.base = base
    self.arms = arms
    self.grid = grid
    self.seeds = seeds
    chosenMetric = metric
    self.baseline = baseline
    chosenTargets = targets
  }

  /// - Parameter base: values as a person writes them, by key.
  public init(
    name: String, title: String? = nil, base: [String: String], arms: [Arm], seeds: [Int] = [0],
    metric: PrimaryMetric? = nil, baseline: String? = nil
  ) {
    self.init(
      name: name, title: title, base: [Override](base, origin: "base"), arms: arms, seeds: seeds, metric: metric,
      baseline: baseline)
  }

  /// Equal plans compare the same runs by the same number, whether that is set or follows from the runs.
  public static func == (one: StudyPlan, other: StudyPlan) -> Bool {
    one.name == other.name && one.title == other.title && one.base == other.base && one.arms == other.arms
      && one.grid == other.grid && one.seeds == other.seeds && one.baseline == other.baseline
      && one.metric == other.metric && one.targets == other.targets
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(base)
    hasher.combine(arms)
    hasher.combine(grid)
    hasher.combine(seeds)
  }

  /// Sets the metric, and with it the targets where they were the old one's usual ones.
  mutating func compare(by metric: PrimaryMetric) {
    if chosenTargets == Self.usualTargets(of: self.metric) { chosenTargets = nil }
    chosenMetric = metric
  }

  static func usualTargets(of metric: PrimaryMetric) -> [Double] {
    metric.name.lowercased().hasSuffix("accuracy") ? [0.95, 0.97, 0.98] : []
  }
}
