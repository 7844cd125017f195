/// A file with a JSON object an epoch. JSON has no NaN or infinity: they are the strings `nan`, `inf`, `-inf`.
public final class JSONLinesLog: Callback {
  private let file: LogFile

  /// - Throws: ``TrainingError`` if the file can't be made; its folder is made if need be.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    let fixed = [
      ("epoch", "\(record.epoch)"), ("step", "\(record.step)"), ("training_seconds", "\(record.trainingSeconds)"),
      ("evaluation_seconds", "\(record.evaluationSeconds)"),
    ]
    let metrics = record.metrics.map { ($0.key, $0.value.isFinite ? "\($0.value)" : "\"\($0.value)\"") }
    try file.write("{" + (fixed + metrics).map { "\(Self.quoted($0.0)): \($0.1)" }.joined(separator: ", ") + "}")
    return nil
  }

  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return "\"\(quoted)\""
  }
}
