/// A CSV file (RFC 4180) with a row an epoch: epoch, step, seconds, then the metrics by name.
///
/// A training that goes on after a break, in another process say, may log to the same file: its earlier epochs stay
/// in it. Where one log is in several calls of `fit`, the file keeps the columns of the first.
public final class CSVLog: Callback {
  private let file: LogFile
  private var columns: [String] = []

  /// - Throws: ``TrainingError`` if the file can't be made; its folder is made if need be.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func trainingBegan(_ plan: FitPlan) throws {
    let isStart = plan.lastEpoch == plan.epochs
    if isStart || columns.isEmpty { columns = plan.metrics }
    if isStart { try file.begin(header: header) }
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    if file.isBehind(trainer.history, with: record) {
      for name in trainer.history.epochs.flatMap(\.metrics.keys) where !columns.contains(name) { columns.append(name) }
      try file.begin(header: header)
      for earlier in trainer.history.epochs.dropLast() { try file.add(row(earlier), of: earlier) }
    }
    try file.add(row(record), of: record)
    return nil
  }

  private var header: String {
    (["epoch", "step", "training_seconds", "evaluation_seconds"] + columns.map(Self.field)).joined(separator: ",")
  }

  private func row(_ record: EpochRecord) -> String {
    let fixed = [
      "\(record.epoch)", "\(record.step)", record.trainingSeconds.plainText, record.evaluationSeconds.plainText,
    ]
    return (fixed + columns.map { name in record[name]?.plainText ?? "" }).joined(separator: ",")
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
