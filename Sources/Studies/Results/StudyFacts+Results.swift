import Configuration
import Foundation

extension StudyFacts {
  /// What a store knows of a study besides its results.
  /// - Parameter words: what was typed after `tanren study run`, to be typed again; nil for the study's name.
  /// - Throws: `ConfigurationError` for a plan that this version can't expand.
  public init(_ results: StudyResults, runBy words: [String]? = nil) throws(ConfigurationError) {
    let plan = results.study.plan
    let rerun = try RerunCommand(plan, words: words)
    let replaced = Set(results.runs.compactMap(\.dataOrigin).compactMap(StandIn.replaced)).sorted()
    var arms: [ArmFacts] = []
    var isTraining = false
    let findings = try results.searchFindings()
    let planned = try plan.plannedArms()
    for (index, planned) in planned.enumerated() {
      let configuration = try plan.shownConfiguration(of: findings?.arms[index].tuned(planned.arm) ?? planned.arm)
      if configuration.experiment == nil { isTraining = true }
      var facts = ArmFacts(
        planned.arm.name, baseline: planned.baseline, settings: ReportSetting.all(of: configuration),
        evaluationsPerStep: try configuration.method().gradientRule.evaluationsPerStep,
        published: replaced.isEmpty ? planned.arm.published.map(PublishedValue.all) ?? [] : [])
      facts.workload = planned.workload.map { WorkloadPlace($0.name, label: planned.label) }
      arms.append(facts)
    }
    self.init(
      name: results.study.name, title: results.study.title, arms: arms, metric: plan.metric, seeds: plan.seeds,
      targets: isTraining ? plan.targets : [], isTraining: isTraining, command: rerun.text,
      plan: rerun.needsPlan ? try plan.yaml() : nil,
      environment: Self.environment(results),
      failures: results.finalRuns.filter { $0.state == .failed }.map {
        RunFailure(arm: $0.arm, seed: $0.seed, message: $0.error ?? "no reason was recorded")
      },
      notes: replaced.map {
        "\($0) was unavailable, and other data stood in for it: these scores can't be compared with published ones."
      } + rerun.notes + (plan.workloads.isEmpty ? try findings?.notes() ?? [] : []),
      sequential: try plan.sequentialDesign(), margin: plan.margin,
      unfinished: plan.unfolds ? results.finalRuns.count { $0.state == .pending || $0.state == .running } : nil)
    guard !plan.workloads.isEmpty else {
      search = try findings.flatMap { findings throws(ConfigurationError) in try SearchFacts(findings) }
      return
    }
    for workload in plan.workloads {
      let own = planned.filter { $0.workload == workload }.map { ($0.arm.name, $0.label) }
      let found = findings?.ofArms(Dictionary(uniqueKeysWithValues: own))
      workloads.append(try WorkloadFacts(workload, found))
    }
  }

  private static func environment(_ results: StudyResults) -> [EnvironmentFact] {
    var facts: [EnvironmentFact] = []
    let isSeveral = results.environments.count > 1
    for (index, environment) in results.environments.enumerated() {
      let mark = isSeveral ? " \(index + 1)" : ""
      var device: [String] = []
      for word in [environment.device, environment.platform, environment.platformVersion]
      where !word.isEmpty && !device.contains(word) { device.append(word) }
      let gibibytes = Double(environment.memoryBytes) / 1_073_741_824
      facts += [
        EnvironmentFact("Tanren\(mark)", environment.tanren),
        EnvironmentFact("Device\(mark)", device.joined(separator: ", ")),
        EnvironmentFact(
          "Processor\(mark)",
          "\(environment.processor), \(environment.cores) cores, \(Int(gibibytes.rounded())) GiB of memory"),
        EnvironmentFact("System\(mark)", environment.system),
      ]
      if let commit = environment.commit { facts.append(EnvironmentFact("Commit\(mark)", commit)) }
    }
    var origins: [String] = []
    for origin in results.runs.compactMap(\.dataOrigin) where !origins.contains(origin) { origins.append(origin) }
    // Folds are many divisions of the same data.
    let more = origins.count - 3
    if more > 0 { origins = [origins[0], "\(more + 2) other divisions or data sets"] }
    if !origins.isEmpty { facts.append(EnvironmentFact("Data", origins.joined(separator: "; "))) }
    facts.append(EnvironmentFact("Changed", timestamp(results.study.changed)))
    return facts
  }

  /// "2025-11-21 10:12 UTC".
  static func timestamp(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e11 else { return "–" }
    let style = Date.ISO8601FormatStyle(dateSeparator: .dash, dateTimeSeparator: .space, timeSeparator: .colon)
      .year().month().day().time(includingFractionalSeconds: false)
    return Date(timeIntervalSince1970: seconds).formatted(style).prefix(16) + " UTC"
  }
}

extension WorkloadFacts {
  /// - Parameter findings: of the arms on the workload, by their names there.
  /// - Throws: `ConfigurationError` for a setting that can't be read, and as ``SearchFacts`` does.
  fileprivate init(_ workload: Workload, _ findings: SearchFindings?) throws(ConfigurationError) {
    self.init(workload.name, metric: workload.metric, target: workload.target)
    for setting in workload.settings {
      settings.append(ReportSetting(setting.path, try setting.value().description))
    }
    guard let findings else { return }
    search = try SearchFacts(findings)
    notes = try findings.notes()
  }
}

extension StudyReport {
  /// The report of what a store knows of a study; only runs that are done count.
  /// - Parameter words: as ``StudyFacts/init(_:runBy:)`` takes them.
  /// - Throws: `ConfigurationError` for a plan that this version can't expand, and as ``init(_:_:alpha:margin:)`` does.
  public init(
    _ results: StudyResults, runBy words: [String]? = nil, alpha: Double = 0.05, margin: Double? = nil
  ) throws {
    try self.init(StudyFacts(results, runBy: words), results.armResults(), alpha: alpha, margin: margin)
  }
}
