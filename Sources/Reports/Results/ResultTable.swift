import Figures

/// Accuracies and times of arms as a table: accuracies of training and test, the best, the first epochs at 95, 97 and 98 %, the
/// time; our row, and below it the published one.
public struct ResultTable {
  public let results: [ArmResult]

  public init(_ results: [ArmResult]) { self.results = results }

  private static let targets = [0.95, 0.97, 0.98]

  /// Accuracies are in percent; of several seeds, the mean and the standard deviation. The published row marks
  /// numbers that lie within our seeds' range.
  public func table() -> TextTable {
    var table = TextTable(
      [TableColumn("arm"), TableColumn("seeds", .right)]
        + ["train", "test", "best", "TS95", "TS97", "TS98", "time"].map { TableColumn($0, .right) })
    for result in results {
      let accuracies = [result.last("accuracy"), result.last("val_accuracy"), result.best("val_accuracy")]
      let ours =
        accuracies.map { Self.spread($0.map { $0 * 100 }) }
        + Self.targets.map { Self.epochs(result.firstEpochs("val_accuracy", atLeast: $0)) }
        + [NumberText.duration(result.seconds.reduce(0, +) / Double(max(1, result.seconds.count)))]
      table.append([TableCell(result.arm.name), TableCell("\(result.runs.count)")] + ours.map { TableCell($0) })
      guard let published = result.arm.published else { continue }
      let numbers = zip([published.train, published.test, published.best], accuracies).map { value, ours in
        value.map { Self.published($0, among: ours.map { $0 * 100 }) } ?? ""
      }
      let epochs = Self.targets.indices.map { index in
        guard let reached = published.reached, index < reached.count else { return "" }
        return reached[index].map(String.init) ?? "-"
      }
      let cells = numbers + epochs + [published.seconds.map(NumberText.duration) ?? ""]
      table.append(
        [TableCell("  published", style: .muted), TableCell("")] + cells.map { TableCell($0, style: .muted) })
    }
    return table
  }

  static func spread(_ values: [Double]) -> String {
    guard !values.isEmpty else { return "" }
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return fixed(mean) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return "\(fixed(mean)) ±\(fixed((squares / Double(values.count - 1)).squareRoot()))"
  }

  /// The median epoch; a run that never got there counts as later than all.
  static func epochs(_ values: [Int?]) -> String {
    let sorted = values.map { $0 ?? Int.max }.sorted()
    guard let median = sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2] else { return "" }
    return median == Int.max ? "-" : "\(median)"
  }

  private static func published(_ value: Double, among ours: [Double]) -> String {
    guard ours.count > 1, let least = ours.min(), let greatest = ours.max() else { return fixed(value) }
    // Published to two places: rounding may put it just outside.
    return fixed(value) + (least - 0.005...greatest + 0.005 ~= value ? " ✓" : " ·")
  }

  /// With two decimals.
  private static func fixed(_ value: Double) -> String { NumberText.decimal(value, places: 2) }
}
