import OrderedCollections

/// A file with a JSON object an epoch. JSON has no NaN or infinity: they are the strings `nan`, `inf`, `-inf`.
///
/// A training that goes on after a break, in another process say, may log to the same file: its earlier epochs stay
/// in it.
public final class JSONLinesLog: Callback {
  private let file: LogFile

  /// - Throws: ``TrainingError`` if the file can't be made; its folder is made if need be.
  public init(path: String) throws(TrainingError) { file = try LogFile(path) }

  public func trainingBegan(_ plan: FitPlan) throws {
    if plan.lastEpoch == plan.epochs { try file.begin() }
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    if file.isBehind(trainer.history, with: record) {
      try file.begin()
      for earlier in trainer.history.epochs.dropLast() { try file.add(Self.line(earlier), of: earlier) }
    }
    try file.add(Self.line(record), of: record)
    return nil
  }

  private static func line(_ record: EpochRecord) -> String {
    var members: OrderedDictionary<String, JSONValue> = [
      "epoch": .integer(record.epoch), "step": .integer(record.step), "training_seconds": .real(record.trainingSeconds),
      "evaluation_seconds": .real(record.evaluationSeconds),
    ]
    members.merge(record.metrics.map { ($0.key, .real($0.value)) }) { $1 }
    return JSONValue.object(members).text(spaces: true)
  }
}
