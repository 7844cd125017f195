import Tanren

/// A run in one line: a bar over its epochs on a terminal, then what came out of it.
final class EpochBar: Callback {
  private let title: String
  private let terminal: Terminal
  private var bar: ProgressBar

  init(_ title: String, epochs: Int, _ terminal: Terminal) {
    self.title = title
    self.terminal = terminal
    bar = ProgressBar(total: epochs, terminal: terminal)
  }

  func trainingBegan(_ plan: FitPlan) throws { terminal.write(title + "\n") }

  func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    bar.update(record.epoch, values: Self.values(record))
    return nil
  }

  func trainingEnded(_ history: History) throws {
    guard let last = history.epochs.last else { return }
    bar.finish(last.epoch, values: Self.values(last))
  }

  private static func values(_ record: EpochRecord) -> [ProgressLine.Value] {
    ["loss", "accuracy", "val_loss", "val_accuracy"].compactMap { name in record[name].map { .init(name, $0) } }
  }
}
