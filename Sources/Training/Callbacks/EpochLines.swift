/// A line an epoch of five numbers: epoch, accuracy and loss of training, accuracy and loss of validation,
/// each with all its digits; at the end the time taken, `所要時間 = 1 分 15 秒`.
public final class EpochLines: Callback {
  private let write: (String) -> Void

  /// - Parameter write: takes a line without its end.
  public init(_ write: @escaping (String) -> Void = { print($0) }) { self.write = write }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    write(Self.line(record))
    return nil
  }

  public func trainingEnded(_ history: History) throws { write(Self.closing(seconds: history.seconds)) }

  /// Metrics that weren't taken are left out.
  public static func line(_ record: EpochRecord) -> String {
    let names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    return ([String(record.epoch)] + names.compactMap { record[$0]?.plainText }).joined(separator: " ")
  }

  /// Whole minutes and seconds, rounded down.
  public static func closing(seconds: Double) -> String {
    let whole = Int(exactly: seconds.rounded(.down)) ?? 0
    return "所要時間 = \(whole / 60) 分 \(whole % 60) 秒"
  }
}
