/// How far a run's epochs are from a printed log.
public struct LogComparison: Sendable, Equatable, CustomStringConvertible {
  /// Epochs in both.
  public let epochs: Int
  /// Accuracies that differ in any digit.
  public let differentAccuracies: Int
  /// The greatest distance between losses; infinite if one isn't a number in ours.
  public let greatestLossDistance: Double

  /// - Parameter log: lines of `EpochLines`; other lines are passed over.
  public init(_ history: History, with log: String) {
    var (epochs, different, distance) = (0, 0, 0.0)
    var lines: [Double: [Double]] = [:]
    for line in log.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      let printed = words.compactMap { Double($0) }
      if words.count == 5, printed.count == 5 { lines[printed[0]] = printed }
    }
    for record in history.epochs {
      guard let printed = lines[Double(record.epoch)] else { continue }
      epochs += 1
      for (name, value) in [("accuracy", printed[1]), ("val_accuracy", printed[3])] where record[name] != value {
        different += 1
      }
      for (name, value) in [("loss", printed[2]), ("val_loss", printed[4])] {
        let apart = ((record[name] ?? .nan) - value).magnitude
        distance = max(distance, apart.isNaN ? .infinity : apart)
      }
    }
    (self.epochs, differentAccuracies, greatestLossDistance) = (epochs, different, distance)
  }

  public var description: String {
    "\(epochs) epochs compared with the printed log: \(differentAccuracies) of \(2 * epochs) accuracies differ, "
      + "the losses by \(greatestLossDistance) at most"
  }
}
