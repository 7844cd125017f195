/// A CSV file (RFC 4180) with a row an epoch: epoch, step, seconds, then the metrics by name.
///
/// Where training goes on in another call, so does the file, with the columns of the first call.
public final class CSVLog: Callback {
  private let file: LogFile
  private var columns: [String]?

  /// - Throws: ``TrainingError`` if the file can't be made; its folder is made if need be.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func trainingBegan(_ plan: FitPlan) throws {
    guard columns == nil else { return }
    columns = plan.metrics
    try file.write(
      (["epoch", "step", "training_seconds", "evaluation_seconds"] + plan.metrics.map(Self.field)).joined(separator: ","))
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    let fixed = ["\(record.epoch)", "\(record.step)", "\(record.trainingSeconds)", "\(record.evaluationSeconds)"]
    let metrics = (columns ?? []).map { name in record[name].map { "\($0)" } ?? "" }
    try file.write((fixed + metrics).joined(separator: ","))
    return nil
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
