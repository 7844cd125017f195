import Foundation

/// A study as text for other programs, written piece by piece: it may be larger than the memory.
public struct StudyExport {
  /// Writes everything as JSON: the plan as YAML, runs with configuration, costs and epochs, environments. What isn't
  /// finite is the string `nan`, `inf` or `-inf`.
  /// - Throws: `ConfigurationError` for a plan that can't be written, ``StoreError``, and what `write` throws.
  public static func json(_ study: StoredStudy, in store: StudyStore, to write: (String) throws -> Void) throws {
    try json(study, environments: store.environments(of: study), to: write) { try store.forEachRun(of: study, $0) }
  }

  /// Writes every recorded number in a row of its own: study, arm, seed, run, epoch, step, metric, value, and where a study has
  /// trials, the trial, which is empty for final runs. Numbers have all their digits; what isn't finite is `nan`, `inf`,
  /// `-inf`.
  /// - Throws: ``StoreError``, and what `write` throws.
  public static func csv(_ study: StoredStudy, in store: StudyStore, to write: (String) throws -> Void) throws {
    let hasTrials = try store.hasTrials(study)
    try write(header(hasTrials: hasTrials))
    try store.forEachRun(of: study) { try write(rows(of: $0, study.name, hasTrials: hasTrials)) }
  }

  // MARK: - JSON

  fileprivate static func json(
    _ study: StoredStudy, environments: [RunEnvironment], to write: (String) throws -> Void,
    forEachRun: ((StoredRun) throws -> Void) throws -> Void
  ) throws {
    let encoder = JSONEncoder.forFiles
    func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    let document = Document(
      format: 1, study: study.name, title: study.title, plan: try study.plan.yaml(), runs: [],
      environments: environments)
    // Line breaks within texts are escaped: a line that begins with the key is the key's.
    let frame = try text(document)
    let key = "\n  \"runs\" : ["
    guard let place = frame.range(of: key), let end = frame[place.upperBound...].firstIndex(of: "]") else { return }
    try write(String(frame[..<place.upperBound]))
    var isFirst = true
    try forEachRun { run in
      let lines = try text(ExportedRun(run)).replacing("\n", with: "\n    ")
      try write((isFirst ? "\n    " : ",\n    ") + lines)
      isFirst = false
    }
    try write((isFirst ? "\n\n  " : "\n  ") + frame[end...] + "\n")
  }

  private struct Document: Encodable {
    let format: Int
    let study: String
    let title: String
    let plan: String
    /// Written one by one.
    let runs: [Int]
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

  // MARK: - CSV

  fileprivate static func header(hasTrials: Bool) -> String {
    "study,arm,seed,run,epoch,step,metric,value" + (hasTrials ? ",trial" : "") + "\n"
  }

  fileprivate static func rows(of run: StoredRun, _ study: String, hasTrials: Bool) -> String {
    let end = (hasTrials ? "," + (run.stage.trial.map(String.init) ?? "") : "") + "\n"
    let start = [study, run.arm, "\(run.seed)", run.id].map(field).joined(separator: ",")
    var rows = ""
    for record in run.history.epochs {
      for (name, value) in record.metrics {
        rows += "\(start),\(record.epoch),\(record.step),\(field(name)),\(value.plainText)\(end)"
      }
    }
    return rows
  }

  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { special.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static let special = Array(",\"\r\n".utf8)
}

extension StudyResults {
  /// As ``StudyExport/json(_:in:to:)`` writes it.
  /// - Throws: `ConfigurationError` for a plan that can't be written.
  public func json() throws -> String {
    var text = ""
    try StudyExport.json(study, environments: environments, to: { text += $0 }) { try runs.forEach($0) }
    return text
  }

  /// As ``StudyExport/csv(_:in:to:)`` writes it.
  public func csv() -> String {
    let hasTrials = runs.contains { $0.stage != .final }
    return StudyExport.header(hasTrials: hasTrials)
      + runs.map { StudyExport.rows(of: $0, study.name, hasTrials: hasTrials) }.joined()
  }
}
