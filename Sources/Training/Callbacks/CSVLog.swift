/// A CSV file with a row an epoch: epoch, step, seconds, then the metrics by name.
public final class CSVLog: Callback {
  private let file: LogFile
  private var columns: [String] = []

  /// - Throws: ``TrainingError`` if the file can't be made; its folder is made if need be.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    if columns.isEmpty {
      columns = Array(record.metrics.keys)
      try file.write((["epoch", "step", "training_seconds", "evaluation_seconds"] + columns).joined(separator: ","))
    }
    let fixed = ["\(record.epoch)", "\(record.step)", "\(record.trainingSeconds)", "\(record.evaluationSeconds)"]
    try file.write((fixed + columns.map { record[$0].map { "\($0)" } ?? "" }).joined(separator: ","))
    return nil
  }
}
