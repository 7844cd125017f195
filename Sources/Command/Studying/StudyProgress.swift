import Tanren

/// Shows what a study's runner tells: a line a run.
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
      let open = counts.total - counts.done
      say(
        "\(counts.total) \(counts.total == 1 ? "run" : "runs")"
          + (counts.done > 0 ? ", \(counts.done) done already" : "")
          + (counts.running > 0 ? ", \(counts.running) begun before or elsewhere" : "")
          + (open == 0 ? ": nothing is left to do" : ""))
    case .loaded(let origin): say("Data: \(origin)")
    case .runBegan(let run): line = RunLine(title(run), epochs: run.epochs, terminal)
    case .epochEnded(_, let record, let remaining):
      line?.update(record, remaining: remaining.map { "\(DurationText.of($0)) left" } ?? "")
    case .runEnded(_, let history):
      line?.finish(history)
      line = nil
    case .runFailed(let run, let error): end(run, "failed: \(error)")
    case .runRestarted(let run, let reason):
      say("\(title(run))\(run.resumed == 0 ? ", from the start" : ""): \(reason)")
    case .runLost(let run): end(run, "another worker has claimed it, since this one was silent for too long")
    case .waiting(let counts):
      say("Waiting for \(counts.running) \(counts.running == 1 ? "run" : "runs") of other workers.")
    }
  }

  private func end(_ run: RunProgress, _ text: String) {
    (line ?? RunLine(title(run), epochs: run.epochs, terminal)).finish(text)
    line = nil
  }

  private func title(_ run: RunProgress) -> String {
    "[\(run.number)/\(run.count)] \(run.arm), seed \(run.seed)"
      + (run.resumed > 0 ? ", from epoch \(run.resumed + 1)" : "")
  }

  private func say(_ text: String) { terminal.write(text + "\n") }
}
