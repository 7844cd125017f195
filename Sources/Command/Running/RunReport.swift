import Tanren

/// A run's end in a line or two.
struct RunReport {
  private let history: History

  init(_ history: History) { self.history = history }

  var text: String {
    guard let last = history.epochs.last else { return "Nothing was trained." }
    let values = last.metrics.map { "\($0.key) \(NumberText.significant($0.value))" }.joined(separator: ", ")
    let trained = last.epoch
    var lines = ["\(trained) \(trained == 1 ? "epoch" : "epochs") in \(NumberText.significant(history.seconds)) s: \(values)"]
    if let best = best, best.epoch != last.epoch {
      lines[0] += " (best val_accuracy \(NumberText.significant(best.value)), epoch \(best.epoch))"
    }
    if let reason = history.stopReason { lines.append("Ended early: \(reason)") }
    if last.metrics.values.contains(where: { !$0.isFinite }) {
      lines.append("Training diverged: some numbers aren't finite. A smaller rate often helps.")
    }
    return lines.joined(separator: "\n")
  }

  private var best: (epoch: Int, value: Double)? {
    history.values("val_accuracy").filter { !$0.value.isNaN }.max { $0.value < $1.value }
  }
}
