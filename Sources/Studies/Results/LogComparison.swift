/// How far a run's epochs are from a printed log.
public struct LogComparison: Sendable, Equatable {
  /// Epochs in both.
  public let epochs: Int
  /// Accuracies that differ in any digit.
  public let differentAccuracies: Int
  /// The greatest distance between losses.
  public let greatestLossDistance: Double

  /// - Parameter log: lines of ``EpochLines``.
  public init(_ history: History, with log: String) {
    var (epochs, different, distance) = (0, 0, 0.0)
    for (record, line) in zip(history.epochs, log.split(separator: "\n")) {
      let printed = line.split(separator: " ").compactMap { Double($0) }
      guard printed.count == 5, printed[0] == Double(record.epoch) else { continue }
      epochs += 1
      for (name, value) in [("accuracy", printed[1]), ("val_accuracy", printed[3])] where record[name] != value {
        different += 1
      }
      for (name, value) in [("loss", printed[2]), ("val_loss", printed[4])] {
        distance = max(distance, record[name].map { ($0 - value).magnitude } ?? .infinity)
      }
    }
    (self.epochs, differentAccuracies, greatestLossDistance) = (epochs, different, distance)
  }

  public var description: String {
    "\(epochs) epochs compared with the printed log: \(differentAccuracies) of \(2 * epochs) accuracies differ, "
      + "the losses by \(greatestLossDistance) at most"
  }
}
