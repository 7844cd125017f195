@_exported import Plans
import Statistics

/// What a study found: the statistics of its arms, each comparison with its verdict, and all that it takes to judge and
/// to repeat them. Renderers turn it into text.
///
/// ```swift
/// let report = try StudyReport(facts, results)
/// try report.text(.html).write(toFile: "report.html", atomically: true, encoding: .utf8)
/// ```
public struct StudyReport: Sendable, Equatable, Encodable {
  /// Of the JSON that this is written as; it grows when keys change their meaning.
  public let format: Int
  public let facts: StudyFacts
  public let options: ComparisonOptions
  /// In the order of the plan. Those of a study with workloads are in ``workloads``, as are its comparisons.
  public let arms: [ArmReport]
  /// With each arm's baseline, p values adjusted for all of them together.
  public let comparisons: [ArmComparison]
  public let published: [PublishedComparison]
  public let sweeps: [Sweep]
  /// What the search for settings found; nil for a study without one.
  public let search: SearchReport?
  /// The names of all metrics recorded, the primary one first, then those of validation.
  public let metrics: [String]
  /// What was found on each workload and over all of them; nil for a study without workloads.
  public let workloads: WorkloadsReport?

  /// - Parameters:
  ///   - results: of arms that `facts` names; arms without runs are reported as such.
  ///   - alpha: one minus the confidence of intervals, and how often equal arms may be called different.
  ///   - margin: differences up to this don't matter in practice; nil for the plan's.
  /// - Throws: `ReportError` for arms that aren't in the facts or twice there, no runs at all, a metric that none
  ///   recorded, or a margin for several workloads; `StatisticsError` for options out of range or a baseline that isn't
  ///   there.
  public init(
    _ facts: StudyFacts, _ results: [ArmResult], alpha: Double = 0.05, margin: Double? = nil
  ) throws {
    try self.init(facts, results, alpha: alpha, margin: margin, comparing: true)
  }

  /// A report for learning curves, without comparisons: most of the time of a report of many arms goes into them. With
  /// workloads they are there, since the curves are drawn per workload.
  package init(curvesOf facts: StudyFacts, _ results: [ArmResult]) throws {
    try self.init(facts, results, alpha: 0.05, margin: nil, comparing: false)
  }

  private init(
    _ facts: StudyFacts, _ results: [ArmResult], alpha: Double, margin: Double?, comparing: Bool
  ) throws {
    let options = try ComparisonOptions(
      better: facts.metric.direction, alpha: alpha, margin: margin ?? facts.margin, sequential: facts.sequential)
    try Self.check(facts, results)
    format = 2
    self.facts = facts
    self.options = options
    guard facts.workloads.isEmpty else {
      if margin != nil { throw ReportError.marginOfWorkloads(study: facts.name) }
      (arms, comparisons, published, sweeps, metrics, search) = ([], [], [], [], [], nil)
      workloads = try WorkloadsReport(facts, results, alpha: alpha)
      return
    }
    workloads = nil
    let metrics = Self.metrics(of: results, first: facts.metric.name)
    guard metrics.contains(facts.metric.name) else {
      throw ReportError.metricNotRecorded(facts.metric.name, recorded: metrics)
    }
    self.metrics = metrics
    let runs = Dictionary(results.map { ($0.arm.name, $0.runs) }) { one, _ in one }
    let arms = try facts.arms.map { arm in
      let runs = runs[arm.name] ?? []
      let reports = runs.sorted { $0.seed < $1.seed }.map { run in
        RunReport(
          seed: run.seed, history: run.history, metric: facts.metric, targets: facts.targets,
          evaluationsPerStep: arm.evaluationsPerStep)
      }
      return try ArmReport(arm, runs: reports, of: facts, metrics: metrics, alpha: alpha)
    }
    self.arms = arms
    comparisons = comparing ? try Self.comparisons(facts, arms, options) : []
    published = try zip(facts.arms, arms).flatMap { arm, report in
      try arm.published.compactMap {
        try PublishedComparison($0, arm: arm.name, runs: report.runs, study: facts, alpha: alpha)
      }
    }
    sweeps = Sweep.all(facts.arms)
    let baselines = facts.arms.compactMap { arm in arm.baseline.map { (arm.name, $0) } }
    search = try facts.search.map {
      try SearchReport($0, baselines: Dictionary(baselines, uniquingKeysWith: { $1 }), alpha: alpha)
    }
  }

  /// The arm of a name.
  public func arm(_ name: String) -> ArmReport? { arms.first { $0.name == name } }

  /// Seconds of training that a step of an arm takes, the median of its runs.
  func costPerStep(_ name: String) -> Double? { arm(name)?.cost?.secondsPerStep?.median }

  /// Arms that others are compared with.
  public var baselines: [String] {
    let compared = Set(facts.arms.compactMap(\.baseline))
    return facts.arms.map(\.name).filter(compared.contains)
  }

  /// Runs that were planned and have neither ended nor failed.
  public var missingRuns: Int {
    if let unfinished = facts.unfinished { return unfinished }
    let planned = Set(facts.seeds)
    return arms.reduce(0) { sum, arm in
      let known = Set(arm.runs.map(\.seed)).union(facts.failures.filter { $0.arm == arm.name }.map(\.seed))
      return sum + planned.subtracting(known).count
    }
  }

  private static func check(_ facts: StudyFacts, _ results: [ArmResult]) throws(ReportError) {
    let names = facts.arms.map(\.name)
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) { throw .duplicateArm(twice) }
    var told: Set<String> = []
    for result in results {
      guard seen.contains(result.arm.name) else { throw .unknownArm(result.arm.name, arms: names) }
      guard told.insert(result.arm.name).inserted else { throw .duplicateArm(result.arm.name) }
      var seeds: Set<Int> = []
      for run in result.runs where !seeds.insert(run.seed).inserted {
        throw .duplicateSeed(run.seed, arm: result.arm.name)
      }
    }
    guard results.contains(where: { !$0.runs.isEmpty }) else { throw .noRuns(study: facts.name) }
  }

  private static func metrics(of results: [ArmResult], first: String) -> [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for record in results.flatMap(\.runs).flatMap(\.history.epochs) {
      for name in record.metrics.keys where seen.insert(name).inserted { names.append(name) }
    }
    func rank(_ name: String) -> Int { name == first ? 0 : name.hasPrefix("val_") ? 1 : 2 }
    return (0...2).flatMap { place in names.filter { rank($0) == place } }
  }

  private static func comparisons(
    _ facts: StudyFacts, _ arms: [ArmReport], _ options: ComparisonOptions
  ) throws(StatisticsError) -> [ArmComparison] {
    let ran = Set(arms.filter { !$0.runs.isEmpty }.map(\.name))
    let names = Set(facts.arms.map(\.name))
    var baselines: [String: String] = [:]
    for arm in facts.arms {
      guard let baseline = arm.baseline else { continue }
      guard names.contains(baseline) else {
        throw .unknownBaseline(baseline, arms: facts.arms.map(\.name))
      }
      if ran.contains(arm.name), ran.contains(baseline) { baselines[arm.name] = baseline }
    }
    let outcomes = arms.filter { ran.contains($0.name) }.map { arm in
      ArmOutcomes(
        arm.name,
        values: Dictionary(uniqueKeysWithValues: arm.runs.map { ($0.seed, $0.value(facts.metric.reading)) }))
    }
    return try ComparisonTable(outcomes, family: .chosen(baselines: baselines), options: options).comparisons
  }
}

/// Why no report can be made of what was given.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No run of the study has ended yet.
  case noRuns(study: String)
  /// Results of an arm that isn't in the study.
  case unknownArm(String, arms: [String])
  case duplicateArm(String)
  case duplicateSeed(Int, arm: String)
  /// No run recorded the metric that arms are to be compared by.
  case metricNotRecorded(String, recorded: [String])
  /// A largest irrelevant difference for a study whose workloads have different metrics.
  case marginOfWorkloads(study: String)

  public var description: String {
    switch self {
    case .noRuns(let study): "no run of '\(study)' has ended yet: there is nothing to report"
    case .unknownArm(let name, let arms):
      "there are results of an arm '\(name)', but the study's arms are: \(arms.joined(separator: ", "))"
    case .duplicateArm(let name): "there are two arms '\(name)': give each its own name"
    case .duplicateSeed(let seed, let arm): "arm '\(arm)' has two runs with seed \(seed): a seed counts once"
    case .metricNotRecorded(let name, let recorded):
      "no run recorded '\(name)'; compare by one of: \(recorded.joined(separator: ", "))"
    case .marginOfWorkloads(let study):
      "a margin is a difference of one metric, but each workload of '\(study)' has its own: leave the margin out"
    }
  }
}
