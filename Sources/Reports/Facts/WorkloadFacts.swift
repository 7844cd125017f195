/// What a report knows of one of a study's workloads: the metric that arms are compared by there, and what they are
/// timed to.
public struct WorkloadFacts: Sendable, Equatable, Encodable {
  public var name: String
  public var metric: PrimaryMetric
  /// A value of the metric: arms are timed by the gradient evaluations until one at least as good is recorded.
  public var target: Double
  /// What was set for it.
  public var settings: [ReportSetting]
  /// What was tried before the runs, if settings were searched; arms have their names on the workload.
  public var search: SearchFacts?
  /// What else a reader must know. A sentence each.
  public var notes: [String]

  public init(
    _ name: String, metric: PrimaryMetric, target: Double, settings: [ReportSetting] = [], search: SearchFacts? = nil,
    notes: [String] = []
  ) {
    (self.name, self.metric, self.target) = (name, metric, target)
    (self.settings, self.search, self.notes) = (settings, search, notes)
  }
}

/// Where an arm was trained.
public struct WorkloadPlace: Sendable, Hashable, Encodable {
  /// The workload's name.
  public var workload: String
  /// The arm's name there, the same on all workloads.
  public var label: String

  public init(_ workload: String, label: String) { (self.workload, self.label) = (workload, label) }
}

extension StudyFacts {
  /// The study as far as it is about one workload, with the arms' names there.
  func part(_ workload: WorkloadFacts) -> StudyFacts {
    let own = arms.filter { $0.workload?.workload == workload.name }
    let labels = Dictionary(own.map { ($0.name, $0.workload?.label ?? $0.name) }) { one, _ in one }
    var part = StudyFacts(
      name: name, title: workload.name,
      arms: own.map { arm in
        var renamed = arm
        renamed.name = labels[arm.name] ?? arm.name
        renamed.baseline = arm.baseline.map { labels[$0] ?? $0 }
        return renamed
      },
      metric: workload.metric, seeds: seeds, targets: [workload.target], isTraining: isTraining,
      failures: failures.compactMap { failure in
        labels[failure.arm].map { RunFailure(arm: $0, seed: failure.seed, message: failure.message) }
      },
      notes: workload.notes)
    part.search = workload.search
    return part
  }
}
