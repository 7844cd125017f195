import Statistics

/// What a study found on several workloads: a report of each, and how soon the arms reach the targets over all of them.
public struct WorkloadsReport: Sendable, Equatable, Encodable {
  /// In the order of the plan, those with results.
  public let workloads: [WorkloadReport]
  /// The names of workloads without results so far.
  public let missing: [String]
  /// The arms' names on the workloads, in the order of the plan.
  public let arms: [String]
  /// How often each arm is within a factor of the fastest one, by the median gradient evaluations to the target: over
  /// the workloads that have results.
  public let profile: PerformanceProfile
  /// The area below each arm's profile up to ``limit``: 1 for an arm that is the fastest everywhere.
  public let scores: [String: Double]

  /// The factor up to which profiles count, that of AlgoPerf.
  public static let limit = 4.0

  init(_ facts: StudyFacts, _ results: [ArmResult], alpha: Double) throws {
    var labels: [String] = []
    for arm in facts.arms {
      if let label = arm.workload?.label, !labels.contains(label) { labels.append(label) }
    }
    var workloads: [WorkloadReport] = []
    for workload in facts.workloads {
      let part = facts.part(workload)
      let own = zip(facts.arms.filter { $0.workload?.workload == workload.name }, part.arms).compactMap {
        arm, renamed in
        results.first { $0.arm.name == arm.name }.map { ArmResult(Arm(renamed.name, settings: []), runs: $0.runs) }
      }
      guard own.contains(where: { !$0.runs.isEmpty }) else { continue }
      workloads.append(try WorkloadReport(workload, part, own, alpha: alpha))
    }
    self.workloads = workloads
    arms = labels
    let known = workloads.map(\.name)
    missing = facts.workloads.map(\.name).filter { !known.contains($0) }
    var costs: [String: [String: Double]] = [:]
    for label in labels {
      let times = workloads.map { ($0.name, $0.times[label]?.gradients ?? .infinity) }
      costs[label] = Dictionary(times) { one, _ in one }
    }
    profile = try PerformanceProfile(costs: costs)
    var scores: [String: Double] = [:]
    for label in labels { scores[label] = try profile.score(of: label, limit: Self.limit) }
    self.scores = scores
  }

  /// The arms by their scores, the best first; equal ones in the order of the plan.
  public var ranking: [String] {
    arms.indices.sorted { one, other in
      let (a, b) = (scores[arms[one]] ?? 0, scores[arms[other]] ?? 0)
      return a == b ? one < other : a > b
    }.map { arms[$0] }
  }

  /// How many workloads' targets an arm reaches with half of its seeds or more.
  public func reached(_ arm: String) -> Int { (profile.ratios[arm] ?? [:]).values.count(where: \.isFinite) }
}

/// What a study found on one workload.
public struct WorkloadReport: Sendable, Equatable, Encodable {
  public let name: String
  public let target: Double
  /// What was set for it.
  public let settings: [ReportSetting]
  /// The arms there, compared with their baselines by the workload's metric.
  public let report: StudyReport
  /// How soon each arm with runs reaches the target.
  public let times: [String: TimeToTarget]

  init(_ facts: WorkloadFacts, _ part: StudyFacts, _ results: [ArmResult], alpha: Double) throws {
    (name, target, settings) = (facts.name, facts.target, facts.settings)
    let report = try StudyReport(part, results, alpha: alpha)
    self.report = report
    var times: [String: TimeToTarget] = [:]
    for (arm, found) in zip(part.arms, report.arms) where !found.runs.isEmpty {
      let histories = results.first { $0.arm.name == arm.name }?.runs ?? []
      times[arm.name] = TimeToTarget(
        found.runs.map { run in
          run.firstEpochs.first.flatMap { epoch in
            epoch.flatMap { epoch in
              histories.first { $0.seed == run.seed }.map { ($0.history, epoch) }
            }
          }
        }, evaluationsPerStep: arm.evaluationsPerStep)
    }
    self.times = times
  }
}

/// How soon the runs of an arm reach a target. A run reaches it at the end of the first epoch with a value at least as
/// good.
public struct TimeToTarget: Sendable, Equatable, Encodable {
  public let runs: Int
  /// The runs that never reach it.
  public let missed: Int
  /// The median of the gradient evaluations; infinite if half of the runs or more miss the target.
  public let gradients: Double
  /// The median of the seconds of training and evaluation.
  public let seconds: Double

  /// - Parameter runs: each with the epoch that reached the target, nil where none did.
  init(_ runs: [(history: History, epoch: Int)?], evaluationsPerStep: Double) {
    self.runs = runs.count
    missed = runs.count { $0 == nil }
    gradients = Self.median(
      runs.map { run in
        guard let run, let record = run.history.epochs.first(where: { $0.epoch == run.epoch }) else { return .infinity }
        return Double(max(1, record.step)) * evaluationsPerStep
      })
    seconds = Self.median(
      runs.map { run in
        guard let run else { return .infinity }
        return run.history.epochs.filter { $0.epoch <= run.epoch }.reduce(0) {
          $0 + $1.trainingSeconds + $1.evaluationSeconds
        }
      })
  }

  /// The mean of the two in the middle of an even number.
  private static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .infinity }
    let (sorted, middle) = (values.sorted(), values.count / 2)
    return values.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
