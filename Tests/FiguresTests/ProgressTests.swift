import Foundation
import TestSupport
import Testing

@testable import Figures

@Suite(.tags(.unit)) struct ProgressLineTests {
  @Test func aFinishedEpochReadsAsInKeras() {
    let line = ProgressLine(
      completed: 500, total: 500, elapsed: 48.2, secondsPerStep: 0.006,
      values: [
        .init("loss", 0.60842), .init("accuracy", 0.7908), .init("val_loss", 0.9479), .init("val_accuracy", 0.6949),
      ])
    #expect(
      line.text() == "500/500 [==============================] - 48s 6ms/step - loss: 0.6084 - accuracy: 0.7908 "
        + "- val_loss: 0.9479 - val_accuracy: 0.6949")
  }

  @Test func aRunningEpochHasAHeadAndAnEstimate() {
    let line = ProgressLine(completed: 120, total: 500, elapsed: 12, values: [.init("loss", 2.5e-5)])
    #expect(line.text() == "120/500 [======>.......................] - ETA: 38s - loss: 2.5000e-05")
  }

  @Test(arguments: [
    (0, 30, 0.0, " 0/30 [..............................] - ETA: 0s"),
    (1, 30, 1.0, " 1/30 [>.............................] - ETA: 29s"),
    (29, 30, 2900, "29/30 [============================>.] - ETA: 1:40"),
    (1, 100, 60, "  1/100 [..............................] - ETA: 1:39:00"),
    (30, 30, 0, "30/30 [==============================] - 0s 0s/step"),
    (30, 30, 0.0015, "30/30 [==============================] - 0s 50us/step"),
    (30, 30, 75, "30/30 [==============================] - 75s 2s/step"),
    (40, 30, 75, "40/30 [==============================] - 75s 2s/step"),
    (-5, 30, -1, " 0/30 [..............................] - ETA: 0s"),
  ])
  func bars(completed: Int, total: Int, elapsed: Double, text: String) {
    #expect(ProgressLine(completed: completed, total: total, elapsed: elapsed).text() == text)
  }

  @Test func anUnknownTotal() {
    #expect(ProgressLine(completed: 12, total: nil, elapsed: 6).text() == "     12/Unknown - 6s 500ms/step")
  }

  @Test func numbersThatAreNone() {
    let line = ProgressLine(
      completed: 1, total: 2, elapsed: .nan, secondsPerStep: .infinity,
      values: [.init("loss", .nan), .init("a\u{1B}[0m", .infinity), .init("z", 0)], width: -3)
    #expect(line.text() == "1/2 [] - ETA: 0s - loss: nan - a\u{FFFD}[0m: inf - z: 0.0000e+00")
  }

  @Test func narrowTerminalsShrinkTheBarAndThenCutTheEnd() {
    let line = ProgressLine(completed: 120, total: 500, elapsed: 12, values: [.init("loss", 0.5)])
    #expect(line.text(columns: 80) == line.text())
    #expect(line.text(columns: 55) == "120/500 [===>...............] - ETA: 38s - loss: 0.5000")
    #expect(line.text(columns: 30) == "120/500 [=>........] - ETA: 3…")
  }
}

@Suite(.tags(.unit)) struct ProgressBarTests {
  /// What a bar writes, and a clock that the test sets.
  private final class Scene: @unchecked Sendable {
    private let lock = NSLock()
    private var text = ""
    private var time = 0.0
    var output: String { lock.withLock { text } }

    func set(_ seconds: Double) { lock.withLock { time = seconds } }

    func bar(_ total: Int?, interactive: Bool, width: Int = 100) -> ProgressBar {
      ProgressBar(
        total: total, terminal: Terminal(isInteractive: interactive, width: width),
        write: { text in self.lock.withLock { self.text += text } }, now: { self.lock.withLock { self.time } })
    }
  }

  @Test func aTerminalSeesOneLineDrawnOver() {
    let scene = Scene()
    var bar = scene.bar(4, interactive: true)
    scene.set(1)
    bar.update(1, values: [.init("loss", 0.5)])
    scene.set(2)
    bar.finish()
    bar.finish()
    bar.update(2)
    let first = "1/4 [======>.......................] - ETA: 3s - loss: 0.5000"
    let last = "4/4 [==============================] - 2s 500ms/step"
    #expect(scene.output == "\r" + first + "\r" + last + String(repeating: " ", count: first.count - last.count) + "\n")
  }

  @Test func aFileSeesTheFinishedLineOnly() {
    let scene = Scene()
    var bar = scene.bar(4, interactive: false, width: 20)
    for step in 1...4 { bar.update(step) }
    scene.set(2)
    bar.finish(values: [.init("loss", 0.25)], secondsPerStep: 0.25)
    #expect(scene.output == "4/4 [==============================] - 2s 250ms/step - loss: 0.2500\n")
  }

  @Test func drawingIsRateLimited() {
    let scene = Scene()
    var bar = scene.bar(1000, interactive: true)
    for step in 1...1000 {
      scene.set(Double(step) * 0.001)
      bar.update(step)
    }
    let drawings = scene.output.split(separator: "\r").count
    #expect((18...21).contains(drawings))
  }

  @Test func theSystemClockRuns() {
    let first = ProgressBar.uptime()
    #expect(ProgressBar.uptime() >= first && first >= 0)
  }
}
