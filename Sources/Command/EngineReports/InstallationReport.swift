import Foundation
import Synchronization
import Tanren

/// How an installation goes: a bar over its steps that shows what is being done and for how long, on a terminal;
/// a line a step elsewhere.
///
/// pip doesn't tell a program how much has come, so steps are what the bar counts.
final class InstallationReport: Sendable {
  private struct State {
    var done = 0
    var label = ""
    var since = ContinuousClock.now
    var drawn = 0
    var isEnded = false
  }

  private static let barWidth = 20

  private let terminal: Terminal
  /// Downloading and unpacking of each package.
  private let steps: Int
  private let state = Mutex(State())

  init(wheels: Int, terminal: Terminal = .current()) {
    self.terminal = terminal
    steps = 2 * wheels
    guard terminal.isInteractive else { return }
    // The installer reports on its thread and then is busy: another one keeps the clock going.
    Thread.detachNewThread { [self] in
      while draw() { Thread.sleep(forTimeInterval: 0.2) }
    }
  }

  func show(_ event: EngineInstaller.Event) {
    switch event {
    case .waiting: begin("waiting for another installation to end")
    case .present(let wheel): finish("\(wheel.folder) is there already", steps: 2)
    case .damaged(_, let reason): finish(reason, steps: 0)
    case .downloading(let wheel): begin("downloading \(wheel.requirement)")
    case .unchecked(let wheel): finish("\(wheel.requirement) has no known digest and is used as it came", steps: 0)
    case .unpacking(let wheel):
      state.withLock { $0.done += 1 }
      begin("unpacking \(wheel.requirement)")
    case .installed(let wheel, let path): finish("\(wheel.folder): \(path)", steps: 1)
    }
  }

  /// Takes the bar away.
  func end() {
    state.withLock { state in
      guard !state.isEnded else { return }
      state.isEnded = true
      erase(&state)
    }
  }

  private func begin(_ label: String) {
    state.withLock { state in
      (state.label, state.since) = (label, .now)
      if !terminal.isInteractive { terminal.write(label + "\n") }
    }
    _ = draw()
  }

  private func finish(_ line: String, steps: Int) {
    state.withLock { state in
      state.done += steps
      erase(&state)
      terminal.write(line + "\n")
    }
  }

  /// - Returns: whether there will be more to draw.
  private func draw() -> Bool {
    state.withLock { state in
      guard !state.isEnded else { return false }
      guard terminal.isInteractive, !state.label.isEmpty else { return true }
      let filled = steps > 0 ? Self.barWidth * state.done / steps : 0
      let bar = String(repeating: "=", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
      let seconds = Int((ContinuousClock.now - state.since) / .seconds(1))
      let line = String("[\(bar)] \(state.label), \(seconds) s".prefix(terminal.width - 1))
      terminal.write("\r" + line + String(repeating: " ", count: max(0, state.drawn - line.count)))
      state.drawn = line.count
      return true
    }
  }

  private func erase(_ state: inout State) {
    if state.drawn > 0 { terminal.write("\r" + String(repeating: " ", count: state.drawn) + "\r") }
    state.drawn = 0
  }
}
