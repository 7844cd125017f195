import Configuration

/// A comparison before it is run: arms that differ by what is compared, each trained with the same seeds.
///
/// ```swift
/// var plan = StudyPlan(
///   name: "rates", base: ["data": "mnist", "epochs": "10"],
///   arms: [Arm("sgd") { $0.optimizer = SGD() }, Arm("adam") { $0.optimizer = Adam() }], seeds: Array(0..<10))
/// plan.grid = [GridAxis("batchSize", [.number(64), .number(128)])]
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
  /// Problems that every arm is trained on, each with its own metric and comparisons; none for a plan of one problem.
  public var workloads: [Workload] = []
  public var seeds: [Int]
  /// How the settings of the arms are chosen before they are compared; nil trains them as they are written.
  public var search: SettingSearch?
  /// Whether only as many of the seeds are trained as it takes to decide the comparisons; nil for all of them.
  public var untilDecided: UntilDecided?
  /// The largest difference of the metric that is irrelevant in practice; nil if all matter.
  public var margin: Double?
  /// What arms are compared by: where it isn't set, the first that all of them record of validation besides the loss, or
  /// of an experiment. That of the first workload where there are workloads, which ``PlannedArm/workload`` has.
  public var metric: PrimaryMetric {
    get { workloads.first?.metric ?? chosenMetric ?? usualMetric }
    set { chosenMetric = newValue }
  }
  /// The arm that others are compared with: one as written, which is compared at the same point of the grid, or
  /// one of ``plannedArms()``. The first one where it isn't given.
  public var baseline: String?
  /// Values of the primary metric whose first epochs are reported.
  public var targets: [Double] {
    get { workloads.first.map { [$0.target] } ?? chosenTargets ?? Self.usualTargets(of: metric) }
    set { chosenTargets = newValue }
  }
  private var chosenMetric: PrimaryMetric?
  private var chosenTargets: [Double]?

  /// Runs that a study may have.
  public static let runLimit = 100_000

  /// - Parameter targets: 0.95, 0.97 and 0.98 for accuracies and none for other metrics, where they aren't given.
  public init(
    name: String, title: String? = nil, base: [Override] = [], arms: [Arm] = [], grid: [GridAxis] = [],
    seeds: [Int] = [0], metric: PrimaryMetric? = nil, baseline: String? = nil, targets: [Double]? = nil,
    search: SettingSearch? = nil
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
    self.search = search
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
      && one.grid == other.grid && one.workloads == other.workloads && one.seeds == other.seeds
      && one.untilDecided == other.untilDecided
      && one.margin == other.margin && one.baseline == other.baseline && one.search == other.search
      && one.metric == other.metric && one.targets == other.targets
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(base)
    hasher.combine(arms)
    hasher.combine(grid)
    hasher.combine(workloads)
    hasher.combine(seeds)
    hasher.combine(untilDecided)
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

extension StudyPlan {
  /// Changes the plan as a command line writes it.
  ///
  /// `search.trials=5` changes the search, and `search=none` leaves it out: arms are then trained as they are written.
  /// `epochs=5` sets a key for all arms, `optimizer.learningRate=0.1,0.5` makes a grid's axis of it (a list in brackets is
  /// one value), `workloads=mnist,table` keeps some workloads and `workloads.table.epochs=5` sets a key of one,
  /// `seeds=0..9` or `seeds='until decided (at most 40)'`, `margin=0.002`, `arms=relu,swish`,
  /// `metric=val_loss`, `baseline=relu`, `targets=0.95,0.97`, `name=…` and `title=…` replace the plan's own.
  /// - Throws: `ConfigurationError` if the text isn't a setting or can't be read, or names an arm that isn't there.
  public mutating func override(assignment: String) throws(ConfigurationError) {
    let origin = "command line"
    guard let equals = assignment.firstIndex(of: "=") else {
      throw .invalid(message: "'\(assignment)' is no setting: write key=value", origin: origin)
    }
    let key = assignment[..<equals].filter { !$0.isWhitespace }
    let text = String(assignment[assignment.index(after: equals)...])
    try checkWorkloadsAllow(key, origin: origin)
    switch key {
    case "seeds": train(try SeedList(parsing: text, first: seeds.first ?? 0, origin: origin))
    case "margin":
      var options = Options(["margin": try OptionValue(parsing: text, origin: origin)], origin: origin)
      margin = try Self.margin(from: &options)
    case "arms": try select(arms: text.split(separator: ",").map { String($0).trimmed })
    case "workloads": try select(workloads: text.split(separator: ",").map { String($0).trimmed })
    case let key where key.hasPrefix("workloads."):
      try override(workload: String(key.dropFirst("workloads.".count)), text, origin: origin)
    case "baseline": baseline = text.trimmed
    case "name": name = text.trimmed
    case "title": title = text
    case "search":
      search = try Self.search(named: text.trimmed, instead: search, origin: origin)
    case let key where key.hasPrefix("search."):
      guard var changed = search else {
        throw .invalid(message: "the plan has no search to change: give it one first", origin: origin)
      }
      try changed.set(
        String(key.dropFirst("search.".count)), OptionValue(parsing: text, origin: origin), origin: origin)
      search = changed
    case "metric":
      compare(by: try PrimaryMetric(MethodSpec(parsing: text, origin: origin)))
    case "targets":
      var options = Options(["targets": .list(try OptionValue.list(parsing: text, origin: origin))], origin: origin)
      targets = try options.numbers("targets", default: [])
    default: set(GridAxis(key, try OptionValue.list(parsing: text, origin: origin), origin: origin))
    }
  }

  /// - Returns: the search by the rules of a name, in the space of the one that it replaces; nil for `none`.
  private static func search(
    named name: String, instead old: SettingSearch?, origin: String
  ) throws(ConfigurationError) -> SettingSearch? {
    if name == "none" { return nil }
    var search = try SettingSearch(rules: name, origin: origin)
    if let old { (search.space, search.armSpaces) = (old.space, old.armSpaces) }
    return search
  }

  /// Sets the seeds, and whether all of them are trained.
  package mutating func train(_ list: SeedList) { (seeds, untilDecided) = (list.seeds, list.untilDecided) }

  /// Reads `margin`; nil where it isn't given.
  static func margin(from options: inout Options) throws(ConfigurationError) -> Double? {
    let origin = options.origin(of: "margin")
    guard options.pairs.contains(where: { $0.key == "margin" }) else { return nil }
    let margin = try options.number("margin", default: 0)
    guard margin > 0, margin.isFinite else {
      throw .outOfRange(
        key: "margin", value: "\(margin)", range: "a difference of the metric above 0, such as 0.002", origin: origin)
    }
    return margin
  }

  /// Keeps the arms of the given names, in the plan's order.
  /// - Throws: `ConfigurationError` for a name that isn't there, with the nearest one.
  public mutating func select(arms names: [String]) throws(ConfigurationError) {
    let known = arms.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw .unknownName(kind: "arm", name: unknown, known: known, origin: name)
    }
    arms.removeAll { !names.contains($0.name) }
    search?.armSpaces.removeAll { !names.contains($0.arm) }
    if let baseline, !names.contains(baseline) { self.baseline = nil }
  }

  /// Replaces the axis of the same setting, or adds one.
  mutating func set(_ axis: GridAxis) {
    // What is below a replaced method belonged to the old one.
    let path = axis.path.presentPath
    grid.removeAll { $0.path.presentPath == path || $0.path.presentPath.hasPrefix(path + ".") }
    grid.append(axis)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension StudyPlan {
  /// The plan as YAML that ``init(yaml:source:name:)`` reads back to an equal plan; equal plans have equal texts.
  /// - Throws: `ConfigurationError` for a setting whose text can't be read.
  public func yaml() throws(ConfigurationError) -> String {
    var lines = ["name: \(name.yaml)", "title: \(title.yaml)"]
    if workloads.isEmpty {
      lines.append("metric: \(OptionValue.choice(metric.choice).yaml)")
      lines.append("targets: \(OptionValue.list(targets.map(OptionValue.number)).yaml)")
    }
    lines.append(
      "seeds: "
        + (untilDecided.map { SeedList.text(seeds, untilDecided: $0) }
          ?? OptionValue.list(seeds.map { .number(Double($0)) }).yaml))
    if let margin { lines.append("margin: \(OptionValue.number(margin).yaml)") }
    if let baseline { lines.append("baseline: \(baseline.yaml)") }
    if !base.isEmpty { lines.append("base:") }
    for setting in base { lines.append("  \(try Self.line(setting))") }
    if !workloads.isEmpty { lines.append("workloads:") }
    for workload in workloads {
      lines.append("  \(workload.name.yaml):")
      for setting in workload.written { lines.append("    \(try Self.line(setting))") }
    }
    if !arms.isEmpty { lines.append("arms:") }
    for arm in arms {
      var settings: [String] = []
      for setting in arm.settings { settings.append(try Self.line(setting)) }
      if let published = arm.published { settings += published.yaml }
      lines.append("  \(arm.name.yaml):" + (settings.isEmpty ? " {}" : ""))
      lines += settings.map { "    " + $0 }
    }
    if !grid.isEmpty { lines.append("grid:") }
    for axis in grid { lines.append("  \(axis.path.yaml): \(OptionValue.list(axis.values).yaml)") }
    if let search { lines += try ["search:"] + search.yaml().map { "  " + $0 } }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ setting: Override) throws(ConfigurationError) -> String {
    "\(setting.path.yaml): \(try setting.value().yaml)"
  }
}
