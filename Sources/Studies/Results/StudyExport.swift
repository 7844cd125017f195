import Foundation

/// A study as text for other programs, written piece by piece: it may be larger than the memory.
public struct StudyExport {
  /// Writes everything as JSON: the plan as YAML, runs with configuration, costs and epochs, environments. What isn't
  /// finite is the string `nan`, `inf` or `-inf`.
  /// - Throws: `ConfigurationError` for a plan that can't be written, ``StoreError``, and what `write` throws.
  public static func json(_ study: StoredStudy, in store: StudyStore, to write: (String) throws -> Void) throws {
    var text = try JSONText(study, environments: store.environments(of: study))
    try write(text.head)
    try store.forEachRun(of: study) { try write(text.text($0)) }
    try write(text.tail)
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

  /// The text around runs, and that of each.
  fileprivate struct JSONText {
    private let encoder = JSONEncoder.forFiles
    private let frame: String
    /// Where runs are put into the frame.
    private let place: String.Index
    private var isFirst = true

    init(_ study: StoredStudy, environments: [RunEnvironment]) throws {
      let document = Document(
        format: 1, study: study.name, title: study.title, plan: try study.plan.yaml(), runs: [],
        environments: environments)
      frame = String(decoding: try encoder.encode(document), as: UTF8.self)
      // Line breaks within texts are escaped: a line that begins with the key is the key's.
      place = frame.range(of: "\n  \"runs\" : [")?.upperBound ?? frame.endIndex
    }

    var head: String { String(frame[..<place]) }

    mutating func text(_ run: StoredRun) throws -> String {
      let lines = String(decoding: try encoder.encode(ExportedRun(run)), as: UTF8.self)
      defer { isFirst = false }
      return (isFirst ? "\n    " : ",\n    ") + lines.replacing("\n", with: "\n    ")
    }

    var tail: String { (isFirst ? "\n\n  " : "\n  ") + frame[place...].drop { $0 != "]" } + "\n" }
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
    var text = try StudyExport.JSONText(study, environments: environments)
    let parts = try runs.map { try text.text($0) }
    return text.head + parts.joined() + text.tail
  }

  /// As ``StudyExport/csv(_:in:to:)`` writes it.
  public func csv() -> String {
    let hasTrials = runs.contains { $0.stage != .final }
    return StudyExport.header(hasTrials: hasTrials)
      + runs.map { StudyExport.rows(of: $0, study.name, hasTrials: hasTrials) }.joined()
  }
}
