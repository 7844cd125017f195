import Foundation

extension StudyResults {
  /// Everything as JSON: the plan as YAML, runs with configuration, costs and epochs, environments. What isn't
  /// finite is the string `nan`, `inf` or `-inf`.
  /// - Throws: `ConfigurationError` for a plan that can't be written.
  public func json() throws -> String {
    let document = Document(
      format: 1, study: study.name, title: study.title, plan: try study.plan.yaml(),
      runs: runs.map(ExportedRun.init), environments: environments)
    return String(decoding: try JSONEncoder.forFiles.encode(document), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    let format: Int
    let study: String
    let title: String
    let plan: String
    let runs: [ExportedRun]
    let environments: [RunEnvironment]
  }

  private struct ExportedRun: Encodable {
    let id: String
    let arm: String
    let seed: Int
    /// Left out of final runs.
    let trial: Int?
    let configuration: String
    let state: RunState
    let attempts: Int
    let error: String?
    let seconds: Double?
    let steps: Int?
    let gradientEvaluations: Double?
    let isDiverged: Bool?
    let dataOrigin: String?
    let environments: [Int]
    let epochs: [ExportedEpoch]

    init(_ run: StoredRun) {
      (id, arm, seed, configuration, state) = (run.id, run.arm, run.seed, run.configuration, run.state)
      trial = run.stage.trial
      (attempts, error, seconds, steps) = (run.attempts, run.error, run.seconds, run.steps)
      (gradientEvaluations, isDiverged, dataOrigin) = (run.gradientEvaluations, run.isDiverged, run.dataOrigin)
      (environments, epochs) = (run.environments, run.history.epochs.map(ExportedEpoch.init))
    }
  }

  private struct ExportedEpoch: Encodable {
    let epoch: Int
    let step: Int
    let trainingSeconds: Double
    let evaluationSeconds: Double
    let metrics: [String: Double]

    init(_ record: EpochRecord) {
      (epoch, step) = (record.epoch, record.step)
      (trainingSeconds, evaluationSeconds) = (record.trainingSeconds, record.evaluationSeconds)
      metrics = Dictionary(uniqueKeysWithValues: record.metrics.map { ($0.key, $0.value) })
    }
  }
}

extension StudyResults {
  /// Every recorded number in a row of its own: study, arm, seed, run, epoch, step, metric, value, and where a study has
  /// trials, the trial, which is empty for final runs. Numbers have all their digits; what isn't finite is `nan`, `inf`,
  /// `-inf`.
  public func csv() -> String {
    let hasTrials = runs.contains { $0.stage != .final }
    var lines = ["study,arm,seed,run,epoch,step,metric,value" + (hasTrials ? ",trial" : "")]
    for run in runs {
      let end = hasTrials ? "," + (run.stage.trial.map(String.init) ?? "") : ""
      let start = [study.name, run.arm, "\(run.seed)", run.id].map(Self.field).joined(separator: ",")
      for record in run.history.epochs {
        for (name, value) in record.metrics {
          lines.append("\(start),\(record.epoch),\(record.step),\(Self.field(name)),\(value.plainText)\(end)")
        }
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
