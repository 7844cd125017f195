import Tanren

/// A run's end in a line or two.
struct RunReport {
  private let history: History

  init(_ history: History) { self.history = history }

  var text: String {
    guard let last = history.epochs.last else { return "Nothing was trained." }
    let values = last.metrics.map { "\($0.key) \(NumberText.significant($0.value))" }.joined(separator: ", ")
    let trained = last.epoch
    var lines = [
      "\(trained) \(trained == 1 ? "epoch" : "epochs") in \(NumberText.significant(history.seconds)) s: \(values)"
    ]
    if let best = best, best.epoch != last.epoch {
      lines[0] += " (best \(best.name) \(NumberText.significant(best.value)), epoch \(best.epoch))"
    }
    if let reason = history.stopReason { lines.append("Ended early: \(reason)") }
    if last.metrics.values.contains(where: { !$0.isFinite }) {
      lines.append("Training diverged: some numbers aren't finite. A smaller rate often helps.")
    }
    return lines.joined(separator: "\n")
  }

  /// The best epoch by the first metric of validation besides the loss. An accuracy stays a number when all else is lost:
  /// epochs whose loss isn't finite don't count.
  private var best: (name: String, epoch: Int, value: Double)? {
    let recorded = history.epochs.last.map { Array($0.metrics.keys) } ?? []
    guard let name = recorded.first(where: { $0.hasPrefix("val_") && $0 != "val_loss" }) else { return nil }
    let metric = PrimaryMetric(name, reading: .best)
    let finite = history.epochs.filter { record in
      record.epoch > 0 && ["loss", "val_loss", name].allSatisfy { record[$0]?.isFinite ?? true }
    }
    guard let value = metric.value(of: History(epochs: finite)) else { return nil }
    return finite.first { $0[name] == value }.map { (name, $0.epoch, value) }
  }
}
