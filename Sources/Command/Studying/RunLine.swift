import Tanren

/// A run in one line: on a terminal, a progress bar over its epochs; at the end, its results.
final class RunLine {
  /// The seconds between two drawings.
  private static let interval = 0.1

  private let title: String
  private let epochs: Int
  private let terminal: Terminal
  private let uptime = ProgressBar.uptime
  private let start: Double
  private var lastDrawing = -Double.infinity
  private var drawn = 0

  init(_ title: String, epochs: Int, _ terminal: Terminal) {
    (self.title, self.epochs, self.terminal) = (title, epochs, terminal)
    start = uptime()
    lastDrawing = start
  }

  /// - Parameter remaining: the estimated time for the rest of the study, in words.
  func update(_ record: EpochRecord, remaining: String) {
    let time = uptime()
    guard terminal.isInteractive, time - lastDrawing >= Self.interval else { return }
    lastDrawing = time
    let line = ProgressLine(
      completed: record.epoch, total: epochs, elapsed: time - start, values: Self.values(record), width: 20)
    draw("\(title) \(line.text(isFinished: false))\(remaining.isEmpty ? "" : " - \(remaining)")")
  }

  /// Removes the bar.
  func clear() {
    guard terminal.isInteractive, drawn > 0 else { return }
    draw("")
    terminal.write("\r")
    drawn = 0
  }

  func finish(_ history: History) {
    let last = history.epochs.last
    // An experiment has a single record, all of whose metrics are shown.
    let isTraining = last.map { $0["loss"] != nil } ?? true
    let values = isTraining ? last.map(Self.values) ?? [] : last?.metrics.map { .init($0.key, $0.value) } ?? []
    let count = last?.epoch ?? 0
    let epochs = isTraining ? "\(NumberText.count(count, "epoch")) in " : ""
    let numbers = values.map { " - \($0.name): \(NumberText.metric($0.number))" }.joined()
    end("\(title): \(epochs)\(NumberText.duration(history.seconds))" + numbers)
  }

  /// Ends the line with a message in place of metrics.
  func finish(_ text: String) { end("\(title): \(text)") }

  private func end(_ line: String) {
    if terminal.isInteractive { draw(line) } else { terminal.write(line) }
    terminal.write("\n")
  }

  /// Overwrites the previous line.
  private func draw(_ text: String) {
    let line = String(text.prefix(terminal.width - 1))
    terminal.write("\r" + line + String(repeating: " ", count: max(0, drawn - line.count)))
    drawn = line.count
  }

  /// The loss and the first metric, on training and validation data.
  private static func values(_ record: EpochRecord) -> [ProgressLine.Value] {
    let metric = record.metrics.keys.first { $0 != "loss" && !$0.hasPrefix("val_") }
    return [["loss", metric], ["val_loss", metric.map { "val_" + $0 }]].flatMap { $0 }.compactMap { name in
      name.flatMap { name in record[name].map { .init(name, $0) } }
    }
  }
}
