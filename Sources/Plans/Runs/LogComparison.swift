/// How far a run's epochs are from a published log.
public struct LogComparison: Sendable, Equatable, CustomStringConvertible {
  /// Epochs in both.
  public let epochs: Int
  /// Accuracies compared.
  public let accuracies: Int
  /// Those of them that differ in any digit.
  public let differentAccuracies: Int
  /// The greatest distance between other metrics; infinite if one isn't a number in ours.
  public let greatestLossDistance: Double

  public init(_ history: History, with log: EpochLog) {
    let rows = Dictionary(log.rows.map { ($0.epoch, $0.values) }) { first, _ in first }
    var (epochs, accuracies, different, greatest) = (0, 0, 0, 0.0)
    for record in history.epochs {
      guard let values = rows[record.epoch] else { continue }
      epochs += 1
      for (name, published) in zip(log.metrics, values) {
        if name.hasSuffix("accuracy") {
          accuracies += 1
          if record[name] != published { different += 1 }
        } else {
          let distance = ((record[name] ?? .nan) - published).magnitude
          greatest = max(greatest, distance.isNaN ? .infinity : distance)
        }
      }
    }
    (self.epochs, self.accuracies) = (epochs, accuracies)
    (differentAccuracies, greatestLossDistance) = (different, greatest)
  }

  public var description: String {
    "\(epochs) epochs compared with the published log: \(differentAccuracies) of \(accuracies) accuracies differ, "
      + "the losses by \(greatestLossDistance) at most"
  }
}
