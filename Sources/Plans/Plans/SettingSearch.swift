import Configuration
import Search

/// How a study chooses the settings of its arms before it compares them: every arm gets the same number of trials, or
/// the same cost, and is then trained anew with its best settings.
///
/// ```swift
/// var plan = StudyPlan(
///   name: "tuned", base: ["data": "digits", "epochs": "5"],
///   arms: [Arm("sgd") { $0.optimizer = SGD() }, Arm("adam") { $0.optimizer = Adam() }], seeds: Array(0..<5))
/// plan.search = SettingSearch(
///   .trials(10), space: [SearchAxis("optimizer.learningRate", LogScale(1e-4, 1))])
/// print(try plan.runs().count)  // 22
/// ```
public struct SettingSearch: Sendable, Hashable {
  public var budget: SearchBudget
  /// What chooses the settings of the trials: a `Sampler`.
  public var sampler = MethodSpec("halton")
  public var judge = HeldOutJudge()
  /// Seeds of each trial, whose median counts.
  public var repeats = 1
  /// What stops trials early: a `Pruner`.
  public var pruner = MethodSpec("none")
  /// Searches of each arm, each with draws and seeds of its own: the plan's seeds take turns with their results.
  public var studies = 1
  /// Whether each arm is tried as it is written too, as trial 0.
  public var triesWritten = true
  /// Another one gives other draws.
  public var seed = 0
  /// What all arms may vary.
  public var space: [SearchAxis]
  /// What single arms vary besides, or otherwise.
  public var armSpaces: [ArmSpace] = []
  /// Where it was written.
  var origin = ""

  public init(_ budget: SearchBudget, space: [SearchAxis]) { (self.budget, self.space) = (budget, space) }

  /// The rules of AlgoPerf's external tuning (Dahl et al., "Benchmarking Neural Network Training Algorithms", 2023,
  /// <https://arxiv.org/abs/2306.07179>): five studies of five quasi-random trials, in each of which the trial counts
  /// that is the first to reach the target on held-out data.
  public static func algoPerf(space: [SearchAxis] = [usualAxis]) -> SettingSearch {
    var search = SettingSearch(.trials(5), space: space)
    (search.studies, search.triesWritten) = (5, false)
    search.judge.target = .first
    return search
  }

  /// What `search: algoperf` varies where nothing is said.
  public static let usualAxis = SearchAxis("optimizer.learningRate", LogScale(1e-4, 1))

  /// The first of the seeds that trials are trained with, far from those that people write.
  static let firstSeed = 1_000_000

  /// Searches are equal wherever they were written.
  public static func == (one: SettingSearch, other: SettingSearch) -> Bool {
    one.parts == other.parts && one.space == other.space && one.armSpaces == other.armSpaces
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(parts)
    hasher.combine(space)
    hasher.combine(armSpaces)
  }
}

/// What each arm may spend on each of its studies. The trial of the arm as written is free.
public enum SearchBudget: Sendable, Hashable {
  /// Settings that are tried.
  case trials(Int)
  /// Seconds of training and evaluation: trials begin as long as those before them have taken less.
  case seconds(Double)
  /// Gradient evaluations: a step of a rule that evaluates two counts as two.
  case gradients(Double)
}

/// What trials are judged by: a part of the training data that they aren't trained on. The test set is never used.
public struct HeldOutJudge: Sendable, Hashable {
  /// A value of the plan's metric to be reached.
  public enum Target: Sendable, Hashable {
    /// The first of the plan's targets.
    case first
    case value(Double)
  }

  /// Held out of the training data, above 0 and below 1.
  public var fraction: Double
  /// Where it is set, trials are judged by the gradient evaluations that they take to reach it, and those that never do
  /// by the metric; nil judges all by the metric.
  public var target: Target?

  public init(fraction: Double = 0.2, target: Target? = nil) { (self.fraction, self.target) = (fraction, target) }
}

/// A setting that a search varies.
public struct SearchAxis: Sendable, Hashable {
  /// A run's key, or keys of methods inside methods: `optimizer.learningRate`.
  public let path: String
  /// A `SearchScale` as people write it.
  public let scale: OptionValue
  /// Where it was written.
  public let origin: String

  /// - Parameters:
  ///   - path: may have names of earlier versions.
  ///   - scale: may be in quotes.
  public init(_ path: String, _ scale: OptionValue, origin: String = "") {
    (self.path, self.scale, self.origin) = (path.presentSetting, scale.withoutQuotes, origin)
  }

  public init(_ path: String, _ scale: some SearchScale) {
    let text = scale.notation
    self.init(path, (try? OptionValue(parsing: text)) ?? .text(text))
  }

  /// Axes are equal wherever they were written.
  public static func == (one: SearchAxis, other: SearchAxis) -> Bool {
    one.path == other.path && one.scale == other.scale
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(scale)
  }

  /// - Throws: `ConfigurationError` for what is no scale, and for a range that is empty or reversed.
  func makeScale() throws(ConfigurationError) -> any SearchScale {
    try Registry<any SearchScale>.all.scale(scale, origin: origin)
  }
}

extension OptionValue {
  /// Notation within quotes as what it says.
  fileprivate var withoutQuotes: OptionValue {
    guard case .text(let text) = self, Self.isNotation(text) else { return self }
    return (try? OptionValue(parsing: text)) ?? self
  }
}

extension String {
  /// As ``presentPath``, for settings of optimizers too.
  var presentSetting: String {
    let path = presentPath
    let parts = path.split(separator: ".")
    guard parts.count == 2, parts[0] == "optimizer" else { return path }
    return "optimizer." + (RenamedSettings.name(of: String(parts[1]), in: "sgd") ?? String(parts[1]))
  }
}

/// What one arm varies besides what all do, or on another scale.
public struct ArmSpace: Sendable, Hashable {
  /// The arm's name as written.
  public let arm: String
  public let axes: [SearchAxis]
  let origin: String

  public init(_ arm: String, _ axes: [SearchAxis]) { self.init(arm, axes, origin: "") }

  init(_ arm: String, _ axes: [SearchAxis], origin: String) {
    (self.arm, self.axes, self.origin) = (arm, axes, origin)
  }

  public static func == (one: ArmSpace, other: ArmSpace) -> Bool { one.arm == other.arm && one.axes == other.axes }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(arm)
    hasher.combine(axes)
  }
}
