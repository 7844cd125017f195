import Tanren

/// Shows the events of a study runner, with one line per run.
final class StudyProgress {
  private let terminal: Terminal
  private let isQuiet: Bool
  private var line: RunLine?

  init(_ terminal: Terminal, isQuiet: Bool = false) {
    (self.terminal, self.isQuiet) = (terminal, isQuiet)
  }

  func show(_ event: StudyEvent) {
    guard !isQuiet else { return }
    switch event {
    case .began(let counts):
      let open = counts.total + counts.expected - counts.done - counts.paused
      say(
        NumberText.count(counts.total, "run")
          + (counts.expected > 0 ? ", up to \(counts.expected) more to come" : "")
          + (counts.done > 0 ? ", \(counts.done) done already" : "")
          + (counts.running > 0 ? ", \(counts.running) begun before or elsewhere" : "")
          + (open == 0 ? ": nothing is left to do" : ""))
    case .loaded(let origin): say("Data: \(origin)")
    case .runBegan(let run): line = RunLine(title(run), epochs: run.epochs, terminal)
    case .epochEnded(_, let record, let remaining):
      line?.update(record, remaining: remaining.map { "\(NumberText.duration($0)) left" } ?? "")
    case .runEnded(let run, let history):
      // Of runs trained together, only the first has a bar.
      let ended = RunLine(title(run, isAlone: true), epochs: run.epochs, terminal)
      line?.clear()
      ended.finish(history)
      line = nil
    case .runFailed(let run, let error): end(run, "failed: \(error)")
    case .runRestarted(let run, let reason):
      say("\(title(run))\(run.resumed == 0 ? ", from the start" : ""): \(reason)")
    case .runLost(let run): end(run, "another worker has claimed it, since this one was silent for too long")
    case .waiting(let counts): waits(for: counts.running, own: 0)
    }
  }

  /// - Parameter own: the number of those runs that workers of this command are training.
  func waits(for running: Int, own: Int) {
    guard !isQuiet, running > 0 else { return }
    let others = max(0, running - own)
    func runs(_ count: Int) -> String { NumberText.count(count, "run") }
    let texts =
      (own > 0 ? ["\(runs(min(own, running))) of this command's other processes"] : [])
      + (others > 0 ? ["\(runs(others)) of other workers"] : [])
    say("Waiting for \(texts.joined(separator: ", and for ")).")
  }

  private func end(_ run: RunProgress, _ text: String) {
    (line ?? RunLine(title(run), epochs: run.epochs, terminal)).finish(text)
    line = nil
  }

  func note(_ text: String) {
    guard !isQuiet else { return }
    line?.clear()
    say(text)
  }

  private func title(_ run: RunProgress, isAlone: Bool = false) -> String {
    let others = run.together > 1 && !isAlone ? " and \(run.together - 1) more" : ""
    let trial = run.stage.trial.map { ", trial \($0)" } ?? ""
    return "[\(run.number)/\(run.count)] \(run.arm)\(trial), seed \(run.seed)\(others)"
      + (run.resumed > 0 ? ", from epoch \(run.resumed + 1)" : "")
  }

  private func say(_ text: String) { terminal.write(text + "\n") }
}
