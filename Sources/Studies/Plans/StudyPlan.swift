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
  public var base: [Setting]
  /// The arms as written; none where a grid alone makes them.
  public var arms: [Arm]
  /// Settings that every arm is crossed with.
  public var grid: [GridAxis]
  public var seeds: [Int]
  public var metric: PrimaryMetric
  /// The arm that others are compared with: one as written, which is compared at the same point of the grid, or
  /// one of ``plannedArms()``. The first one where it isn't given.
  public var baseline: String?
  /// Values of the primary metric whose first epochs are reported.
  public var targets: [Double]

  /// Runs that a study may have.
  public static let runLimit = 100_000

  /// - Parameter targets: 0.95, 0.97 and 0.98 for accuracies and none for other metrics, where they aren't given.
  public init(
    name: String, title: String? = nil, base: [Setting] = [], arms: [Arm] = [], grid: [GridAxis] = [],
    seeds: [Int] = [0], metric: PrimaryMetric = PrimaryMetric(), baseline: String? = nil, targets: [Double]? = nil
  ) {
    self.name = name
    self.title = title ?? name
    self.base = base
    self.arms = arms
    self.grid = grid
    self.seeds = seeds
    self.metric = metric
    self.baseline = baseline
    self.targets = targets ?? Self.usualTargets(of: metric)
  }

  /// - Parameter base: values as a person writes them, by key.
  public init(
    name: String, title: String? = nil, base: [String: String], arms: [Arm], seeds: [Int] = [0],
    metric: PrimaryMetric = PrimaryMetric(), baseline: String? = nil
  ) {
    self.init(
      name: name, title: title, base: [Setting](base, origin: "base"), arms: arms, seeds: seeds, metric: metric,
      baseline: baseline)
  }

  static func usualTargets(of metric: PrimaryMetric) -> [Double] {
    metric.name.lowercased().hasSuffix("accuracy") ? [0.95, 0.97, 0.98] : []
  }
}
