import Configuration

/// A published log of a training: the metrics of each epoch with all their digits.
public struct EpochLog: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    public let epoch: Int
    /// In the order of ``EpochLog/metrics``.
    public let values: [Double]
  }

  /// The metrics' names, as training records them.
  public let metrics: [String]
  public let rows: [Row]

  /// - Parameters:
  ///   - text: a line with `epoch` and the metrics' names, then a line of numbers per epoch, with spaces between.
  ///   - origin: where the text was written.
  /// - Throws: `ConfigurationError` for a line of anything else, and for two lines of one epoch.
  public init(_ text: String, origin: String = "") throws(ConfigurationError) {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    .filter { !$0.isEmpty }
    guard let names = lines.first, names.first == "epoch", names.count > 1,
      names.allSatisfy({ $0.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_]*/#) != nil })
    else {
      throw .invalid(
        message: "a log begins with a line of names, 'epoch accuracy loss …', as training records them", origin: origin)
    }
    metrics = Array(names.dropFirst())
    var rows: [Row] = []
    var epochs: Set<Int> = []
    for line in lines.dropFirst() {
      let values = line.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
      guard line.count == names.count, values.count == metrics.count, let epoch = Int(line[0]) else {
        throw .invalid(
          message: "a line of a log has an epoch and \(metrics.count) numbers, not '\(line.joined(separator: " "))'",
          origin: origin)
      }
      guard epochs.insert(epoch).inserted else {
        throw .invalid(message: "the log has epoch \(epoch) twice", origin: origin)
      }
      rows.append(Row(epoch: epoch, values: values))
    }
    self.rows = rows
  }

  /// What ``init(_:origin:)`` reads.
  var lines: [String] {
    [(["epoch"] + metrics).joined(separator: " ")]
      + rows.map { row in (["\(row.epoch)"] + row.values.map { "\($0)" }).joined(separator: " ") }
  }
}
