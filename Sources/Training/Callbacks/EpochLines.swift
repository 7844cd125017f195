/// A line of five numbers per epoch: epoch, accuracy and loss of training, accuracy and loss of validation, each with all
/// its digits; at the end the time taken, `time: 1 min 15 s`.
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

  /// - Parameter text: `{minutes}` and `{seconds}` in it stand for whole minutes and seconds, rounded down.
  public static func closing(_ text: String = "time: {minutes} min {seconds} s", seconds: Double) -> String {
    let whole = Int(exactly: seconds.rounded(.down)) ?? 0
    return text.replacing("{minutes}", with: "\(whole / 60)").replacing("{seconds}", with: "\(whole % 60)")
  }
}
