import Configuration

extension StudyPlan {
  /// The arms as written crossed with the grid, in that order; all of them on the first workload, then on the next.
  /// - Throws: `ConfigurationError` for names that are missing, names or settings that are twice there, an axis
  ///   without values, a baseline that no arm has, a setting of both an arm and a workload, or more runs than a study may
  ///   have.
  public func plannedArms() throws(ConfigurationError) -> [PlannedArm] {
    try checkParts()
    let points = try gridPoints()
    let single = !grid.contains { $0.values.count > 1 }
    var planned: [(arm: Arm, label: String, workload: Workload?, written: String, point: Int)] = []
    for (place, workload) in (workloads.isEmpty ? [nil] : workloads.map(Optional.some)).enumerated() {
      for arm in arms.isEmpty ? [Arm("", settings: [])] : arms {
        for (index, point) in points.enumerated() {
          func joined(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }
          let name = joined([arm.name, workload?.name ?? "", point.name])
          let crossed = Arm(
            name.isEmpty ? self.name : name, settings: (workload?.settings ?? []) + arm.settings + point.settings,
            published: single && workload == nil ? arm.published : nil)
          let label = workload == nil ? crossed.name : joined([arm.name, point.name])
          planned.append((crossed, label, workload, arm.name, place * points.count + index))
        }
      }
    }
    guard Set(planned.map(\.arm.name)).count == planned.count else {
      throw .invalid(
        message: "two \(workloads.isEmpty ? "points of the grid" : "arms on a workload") have the same name",
        origin: name)
    }
    let baselines = try baselines(planned.map { (name: $0.arm.name, written: $0.written, point: $0.point) })
    return zip(planned, baselines).map {
      PlannedArm(
        arm: $0.arm, label: $0.label, workload: $0.workload, written: $0.written, baseline: $1)
    }
  }

  /// The arms with their configurations, all of which are checked.
  func expandedArms() throws(ConfigurationError) -> [ExpandedArm] {
    try checkSeeds()
    let planned = try plannedArms()
    var configurations: [RunConfiguration] = []
    let metric = metric
    for arm in planned {
      configurations.append(try configuration(of: arm, recording: arm.workload?.metric ?? metric))
    }
    try checkPoints(planned, configurations)
    var arms: [ExpandedArm] = []
    for (arm, configuration) in zip(planned, configurations) {
      let followsSeed = try dataFollowSeed(arm.arm, configuration)
      arms.append(ExpandedArm(arm, base: base, configuration, followsSeed: followsSeed))
    }
    return arms
  }

  /// Whether an arm's data differ from seed to seed: `data: table(…, folds: 10, fold: seed)`.
  private func dataFollowSeed(_ arm: Arm, _ configuration: RunConfiguration) throws(ConfigurationError) -> Bool {
    for setting in base + arm.settings where setting.path == "data" || setting.path.hasPrefix("data.") {
      guard try setting.value().description.contains("seed") else { continue }
      return try arm.configuration(base: base, seed: 1).data != configuration.data
    }
    return false
  }

  /// What pages say of an arm's runs: settings of the data that follow the seed are the word `seed`.
  /// - Throws: `ConfigurationError` for what a run's configuration doesn't take.
  package func shownConfiguration(of arm: Arm) throws(ConfigurationError) -> RunConfiguration {
    var configuration = try arm.configuration(base: base, seed: 0)
    if try dataFollowSeed(arm, configuration) {
      let other = try arm.configuration(base: base, seed: 1).data
      configuration.data = try configuration.data.markingSeed(whereUnlike: other)
    }
    return configuration
  }

  /// Values may be alike in all but their spelling, `0.1` and `0.10`, which their method alone knows.
  private func checkPoints(_ planned: [PlannedArm], _ configurations: [RunConfiguration]) throws(ConfigurationError) {
    var seen: [[String]: String] = [:]
    for (arm, configuration) in zip(planned, configurations) where grid.contains(where: { $0.values.count > 1 }) {
      let place = [arm.written, arm.workload?.name ?? "", configuration.id]
      if let other = seen.updateValue(arm.arm.name, forKey: place) {
        throw .invalid(message: "the grid has the same run twice: '\(other)' and '\(arm.arm.name)'", origin: name)
      }
    }
  }

  private func configuration(
    of planned: PlannedArm, recording metric: PrimaryMetric
  ) throws(ConfigurationError) -> RunConfiguration {
    let configuration = try planned.arm.configuration(base: base, seed: 0)
    let recorded = configuration.recordedMetrics
    guard recorded.contains(metric.name) else {
      let place = planned.workload.flatMap { $0.origin.isEmpty ? nil : $0.origin } ?? "arm '\(planned.arm.name)'"
      throw .unknownName(kind: "metric", name: metric.name, known: recorded, origin: place)
    }
    return configuration
  }

  private func checkParts() throws(ConfigurationError) {
    guard name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._\-]{0,99}/#) != nil else {
      throw .invalid(
        message: "a study's name is made of letters, digits, '.', '_' and '-', up to 100, not '\(name)'", origin: "")
    }
    guard !arms.isEmpty || !grid.isEmpty else {
      throw .invalid(message: "there is nothing to compare: a study needs arms or a grid", origin: name)
    }
    var names: Set<String> = []
    for arm in arms {
      guard arm.name.wholeMatch(of: #/[\p{L}\p{N}][\p{L}\p{N} ._+=%\/\-]{0,99}/#) != nil else {
        throw .invalid(
          message: "an arm's name is made of letters, digits, spaces and ._+=%/-, up to 100, not '\(arm.name)'",
          origin: name)
      }
      guard names.insert(arm.name).inserted else {
        throw .invalid(message: "there are two arms '\(arm.name)'", origin: arm.settings.first?.origin ?? name)
      }
    }
    try checkWorkloads()
    for settings in [base] + arms.map(\.settings) + workloads.map(\.settings) {
      var paths: Set<String> = []
      for setting in settings where !paths.insert(setting.path.presentPath).inserted {
        throw .duplicateKey(key: setting.path, origin: setting.origin.isEmpty ? name : setting.origin)
      }
    }
    for setting in base + arms.flatMap(\.settings) + workloads.flatMap(\.settings) where setting.path == "seed" {
      throw .invalid(
        message: "'seed' isn't an arm's: 'seeds' of the plan are trained by all arms", origin: setting.origin)
    }
  }

  private func checkSeeds() throws(ConfigurationError) {
    guard !seeds.isEmpty else { throw .invalid(message: "there are no seeds", origin: name) }
    var seen: Set<Int> = []
    for seed in seeds {
      guard (0...Int(UInt32.max)).contains(seed) else {
        throw .outOfRange(key: "seeds", value: "\(seed)", range: "in 0...\(UInt32.max)", origin: name)
      }
      guard seen.insert(seed).inserted else { throw .invalid(message: "seed \(seed) is there twice", origin: name) }
    }
  }

  /// The points of the grid, the last axis changing fastest; one without a name if there is no grid.
  private func gridPoints() throws(ConfigurationError) -> [(name: String, settings: [Override])] {
    var count = max(1, arms.count) * max(1, seeds.count) * max(1, workloads.count)
    var paths: Set<String> = []
    for axis in grid {
      guard axis.path != "seed" else {
        throw .invalid(message: "'seed' is no axis: write 'seeds' instead", origin: axis.origin)
      }
      guard paths.insert(axis.path.presentPath).inserted else {
        throw .duplicateKey(key: axis.path, origin: axis.origin)
      }
      guard !axis.values.isEmpty else { throw .invalid(message: "'\(axis.path)' has no values", origin: axis.origin) }
      guard Set(axis.values).count == axis.values.count else {
        throw .invalid(message: "'\(axis.path)' has a value twice", origin: axis.origin)
      }
      let product = count.multipliedReportingOverflow(by: axis.values.count)
      count = product.overflow ? Int.max : product.partialValue
    }
    guard count <= Self.runLimit else {
      throw .invalid(message: "the plan has more than \(Self.runLimit) runs: take fewer values or seeds", origin: name)
    }
    var points: [(name: String, settings: [Override])] = [("", [])]
    for axis in grid {
      points = points.flatMap { point in
        axis.values.map { value in
          let part = axis.values.count > 1 ? "\(label(of: axis))=\(value)" : ""
          return (
            [point.name, part].filter { !$0.isEmpty }.joined(separator: " "),
            point.settings + [Override(axis.path, value, origin: axis.origin)]
          )
        }
      }
    }
    return points
  }

  /// An axis by its last key, or by all of them where two axes share it.
  private func label(of axis: GridAxis) -> String {
    func last(_ path: String) -> Substring { path.split(separator: ".").last ?? "" }
    let isShared = grid.contains { $0.path != axis.path && $0.values.count > 1 && last($0.path) == last(axis.path) }
    return isShared ? axis.path : String(last(axis.path))
  }

  private func baselines(
    _ planned: [(name: String, written: String, point: Int)]
  ) throws(ConfigurationError) -> [String?] {
    guard let baseline else {
      let first = planned.first.map { arms.isEmpty ? $0.name : $0.written }
      return baselines(planned, named: first ?? "")
    }
    // On another workload an arm's results are no baseline.
    guard planned.contains(where: { workloads.isEmpty && $0.name == baseline || $0.written == baseline }) else {
      let known = arms.map(\.name) + (workloads.isEmpty ? planned.map(\.name) : [])
      throw .unknownName(kind: "arm", name: baseline, known: known.uniqued, origin: "\(name): baseline")
    }
    return baselines(planned, named: baseline)
  }

  private func baselines(
    _ planned: [(name: String, written: String, point: Int)], named baseline: String
  ) -> [String?] {
    // An arm at a point of the grid is the baseline of all; an arm as written is that of each point.
    if workloads.isEmpty, planned.contains(where: { $0.name == baseline }) {
      return planned.map { $0.name == baseline ? nil : baseline }
    }
    return planned.map { arm in
      arm.written == baseline ? nil : planned.first { $0.written == baseline && $0.point == arm.point }?.name
    }
  }
}

extension RunConfiguration {
  /// The names of what a run records after each epoch.
  public var recordedMetrics: [String] {
    if let made = try? makeExperiment() { return made.recordedMetrics }
    guard let method = try? method() else { return ["loss", "val_loss"] }
    return method.recordedNames + method.validationNames
  }
}

extension StudyPlan {
  /// What arms are compared by where the plan doesn't say; the validation loss if they have nothing else in common.
  var usualMetric: PrimaryMetric {
    let names = usualConfigurations.map { configuration in
      let recorded = configuration.recordedMetrics
      return configuration.experiment == nil ? recorded.filter { $0.hasPrefix("val_") && $0 != "val_loss" } : recorded
    }
    let shared = names.first?.first { name in names.allSatisfy { $0.contains(name) } }
    return PrimaryMetric(shared ?? "val_loss")
  }

  /// A configuration of each kind that may record something else; none where the plan can't be expanded.
  private var usualConfigurations: [RunConfiguration] {
    guard let planned = try? plannedArms() else { return [] }
    let keys: Set<Substring> = ["loss", "metrics", "experiment"]
    let isVaried = grid.contains { axis in axis.path.split(separator: ".").first.map(keys.contains) ?? false }
    var seen: Set<String> = []
    let kinds = planned.filter { isVaried || seen.insert($0.written).inserted }
    return kinds.compactMap { try? $0.arm.configuration(base: base, seed: 0) }
  }
}

extension Array where Element: Hashable {
  /// Each once, where it came first.
  package var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
