import Configuration

/// A problem that every arm of a plan is trained on: data, a model and so on, with the metric that arms are compared by
/// there and the value of it that they are timed to.
///
/// Each arm is searched, trained and compared with its baseline on each workload apart.
///
/// ```swift
/// var plan = StudyPlan(
///   name: "two", arms: [Arm("sgd") { $0.optimizer = SGD() }, Arm("adam") { $0.optimizer = Adam() }], seeds: [0, 1])
/// plan.workloads = [
///   Workload("digits", ["data": "digits", "epochs": "5"], metric: PrimaryMetric("val_accuracy"), target: 0.9),
///   Workload("sine", ["data": "sine", "loss": "meanSquaredError"], metric: PrimaryMetric("val_loss"), target: 0.01),
/// ]
/// print(try plan.plannedArms().map(\.arm.name))  // ["sgd digits", "adam digits", "sgd sine", "adam sine"]
/// ```
public struct Workload: Sendable, Hashable {
  /// Letters, digits, `_` and `-`.
  public let name: String
  /// Settings that replace those of the plan's base, none of which an arm has too.
  public private(set) var settings: [Override]
  /// What the arms are compared by on this workload.
  public private(set) var metric: PrimaryMetric
  /// A value of the metric. Arms are timed by the gradient evaluations until a value at least as good is recorded.
  public private(set) var target: Double
  /// Where it was written.
  let origin: String

  public init(_ name: String, settings: [Override], metric: PrimaryMetric, target: Double) {
    (self.name, self.settings, self.metric, self.target, origin) = (name, settings, metric, target, "")
  }

  /// - Parameter settings: values as a person writes them, by key.
  public init(_ name: String, _ settings: [String: String], metric: PrimaryMetric, target: Double) {
    self.init(
      name, settings: [Override](settings, origin: "workload '\(name)'"), metric: metric, target: target)
  }

  /// A workload as a plan has it: `metric` and `target` among its settings.
  /// - Throws: `ConfigurationError` for one without a metric or a target, and as ``set(_:)`` does.
  init(_ name: String, written settings: [Override], origin: String) throws(ConfigurationError) {
    for (key, example) in [("metric", "metric: val_accuracy"), ("target", "target: 0.95")]
    where !settings.contains(where: { $0.path == key }) {
      throw .invalid(message: "the workload '\(name)' has no \(key): write '\(example)', say", origin: origin)
    }
    (self.name, self.settings, metric, target, self.origin) = (name, [], PrimaryMetric(), 0, origin)
    try set(settings)
  }

  /// Replaces settings, or the metric or the target among them.
  /// - Throws: `ConfigurationError` for a metric that can't be read, and a target that is no finite number.
  mutating func set(_ changes: [Override]) throws(ConfigurationError) {
    for change in changes {
      var options = Options(origin: change.origin)
      switch change.path {
      case "metric":
        try options.set("metric", change.value(), origin: change.origin)
        if let choice = try options.optionalMethod("metric") { metric = try PrimaryMetric(choice) }
      case "target":
        try options.set("target", change.value(), origin: change.origin)
        target = try options.number("target", default: 0)
        guard target.isFinite else {
          throw .outOfRange(key: "target", value: "\(target)", range: "a finite number", origin: change.origin)
        }
      default: break
      }
    }
    settings = settings.replaced(by: changes.filter { !["metric", "target"].contains($0.path) })
  }

  /// All that a plan says of it: the metric and the target first.
  package var written: [Override] {
    [Override("metric", .choice(metric.choice)), Override("target", .number(target))] + settings
  }

  /// Workloads are equal wherever they were written.
  public static func == (one: Workload, other: Workload) -> Bool {
    one.name == other.name && one.settings == other.settings && one.metric == other.metric
      && one.target == other.target
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(settings)
  }
}

/// What a budget changes of a workload: settings, its metric or its target.
public struct WorkloadChange: Sendable, Hashable {
  public let workload: String
  public let settings: [Override]

  public init(_ workload: String, settings: [Override]) { (self.workload, self.settings) = (workload, settings) }
}

extension StudyPlan {
  /// Keeps the workloads of the given names, in the plan's order.
  /// - Throws: `ConfigurationError` for a name that isn't there, with the nearest one.
  public mutating func select(workloads names: [String]) throws(ConfigurationError) {
    for name in names { _ = try index(ofWorkload: name, origin: self.name) }
    workloads.removeAll { !names.contains($0.name) }
  }

  /// Changes settings of a workload.
  /// - Throws: `ConfigurationError` for a workload that isn't there, and as ``Workload/set(_:)`` does.
  mutating func change(_ change: WorkloadChange, origin: String) throws(ConfigurationError) {
    try workloads[index(ofWorkload: change.workload, origin: origin)].set(change.settings)
  }

  /// Changes a setting of a workload as command lines write it: `table.epochs=3` after `workloads.`.
  mutating func override(workload path: String, _ text: String, origin: String) throws(ConfigurationError) {
    guard let dot = path.firstIndex(of: "."), path.index(after: dot) < path.endIndex else {
      throw .invalid(message: "'workloads.\(path)' is no setting: write workloads.NAME.KEY=value", origin: origin)
    }
    let setting = Override(String(path[path.index(after: dot)...]), text: text, origin: origin)
    try change(WorkloadChange(String(path[..<dot]), settings: [setting]), origin: origin)
  }

  private func index(ofWorkload name: String, origin: String) throws(ConfigurationError) -> Int {
    guard let index = workloads.firstIndex(where: { $0.name == name }) else {
      throw .unknownName(kind: "workload", name: name, known: workloads.map(\.name), origin: origin)
    }
    return index
  }

  /// What only a plan without workloads may say.
  static let replacedByWorkloads = [
    "metric": "each has its own 'metric'", "targets": "each has its own 'target'",
    "margin": "a margin is a difference of one metric, and each has its own",
  ]

  /// - Throws: `ConfigurationError` for a setting of the plan that its workloads have instead.
  func checkWorkloadsAllow(_ key: String, origin: String) throws(ConfigurationError) {
    guard !workloads.isEmpty, let reason = Self.replacedByWorkloads[key] else { return }
    throw .invalid(message: "'\(key)' isn't for a plan with workloads: \(reason)", origin: origin)
  }

  /// - Throws: `ConfigurationError` for workloads that the plan can't have.
  func checkWorkloads() throws(ConfigurationError) {
    guard let first = workloads.first else { return }
    let place = first.origin.isEmpty ? name : first.origin
    guard !arms.isEmpty else {
      throw .invalid(message: "workloads need arms: a grid alone makes none that could be compared", origin: place)
    }
    if margin != nil { try checkWorkloadsAllow("margin", origin: name) }
    if let untilDecided {
      throw .invalid(
        message: "a plan with workloads has a fixed number of seeds: 'until decided' looks at one metric",
        origin: untilDecided.origin)
    }
    var names: Set<String> = []
    for workload in workloads {
      guard workload.name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9_\-]{0,59}/#) != nil else {
        throw .invalid(
          message: "a workload's name is made of letters, digits, '_' and '-', up to 60, not '\(workload.name)'",
          origin: workload.origin.isEmpty ? name : workload.origin)
      }
      guard names.insert(workload.name).inserted else {
        throw .invalid(message: "there are two workloads '\(workload.name)'", origin: name)
      }
      for arm in arms { try checkSettings(of: workload, with: arm) }
    }
  }

  /// A setting is the workload's or the arm's: which of them should count would be a guess.
  private func checkSettings(of workload: Workload, with arm: Arm) throws(ConfigurationError) {
    for setting in workload.settings {
      let path = setting.path.presentPath
      let shared = arm.settings.first { own in
        let other = own.path.presentPath
        return path == other || path.hasPrefix(other + ".") || other.hasPrefix(path + ".")
      }
      guard let shared else { continue }
      let paths = shared.path == setting.path ? "'\(path)' is" : "'\(setting.path)' and '\(shared.path)' are"
      throw .invalid(
        message: "\(paths) set by the workload '\(workload.name)' and by the arm '\(arm.name)': leave one of them out",
        origin: setting.origin.isEmpty ? name : setting.origin)
    }
  }
}
