import Figures
import Synchronization
import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct ProgressReportTests {
  /// What a report writes, and a clock that it reads.
  private final class Screen: Sendable {
    private let state = Mutex((text: "", time: 0.0))
    var text: String { state.withLock { $0.text } }

    func report(_ terminal: Terminal) -> ProgressReport {
      ProgressReport(
        terminal, write: { text in self.state.withLock { $0.text += text } },
        now: {
          self.state.withLock { state in
            state.time += 0.5
            return state.time
          }
        })
    }
  }

  private let record = EpochRecord(
    epoch: 1, step: 500, metrics: ["loss": 0.60842, "accuracy": 0.7908, "val_loss": 0.9479, "val_accuracy": 0.6949],
    trainingSeconds: 3, evaluationSeconds: 1)
  private let plan = FitPlan(epochs: 50, stepsPerEpoch: 500, batchSize: 100, metrics: [])

  @Test func aFinishedEpochIsKerasLine() throws {
    let screen = Screen()
    let report = screen.report(Terminal(isInteractive: false))
    let trainer = try Problems.trainer(Problems.classes(6))
    try report.trainingBegan(plan, in: trainer)
    #expect(try report.epochEnded(record, in: trainer) == .continue)
    #expect(
      screen.text == """
        Epoch 1/50
        500/500 [==============================] - 0s 6ms/step - loss: 0.6084 - accuracy: 0.7908 - val_loss: 0.9479 - val_accuracy: 0.6949

        """)
  }

  @Test func chunksMoveTheBarOnATerminalOnly() throws {
    let trainer = try Problems.trainer(Problems.classes(6))
    for isInteractive in [true, false] {
      let screen = Screen()
      let report = screen.report(Terminal(isInteractive: isInteractive, width: 200))
      try report.trainingBegan(plan, in: trainer)
      for steps in [100, 250] {
        try report.chunkEnded(
          ChunkProgress(epoch: 1, steps: steps, stepsPerEpoch: 500, seconds: 1, metrics: [("loss", 0.7)]), in: trainer)
      }
      #expect(screen.text.hasPrefix("Epoch 1/50\n"))
      #expect(
        screen.text.contains("100/500 [=====>........................] - ETA: 2s - loss: 0.7000") == isInteractive)
      #expect(screen.text.contains("250/500 [==============>...............]") == isInteractive)
      _ = try report.epochEnded(record, in: trainer)
      #expect(screen.text.hasSuffix("val_accuracy: 0.6949\n"))
      #expect(screen.text.count { $0 == "\n" } == 2)
    }
  }

  @Test func runsThatGoOnCountOn() throws {
    let data = try Problems.classes(6)
    let trainer = try Problems.trainer(data)
    _ = try trainer.fit(data, epochs: 2, batchSize: 2)
    let screen = Screen()
    _ = try trainer.fit(
      data, epochs: 2, batchSize: 2, options: FitOptions(evaluatesBeforeTraining: true, chunksPerEpoch: 3),
      callbacks: [screen.report(Terminal(isInteractive: false))])
    let lines = screen.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0] == "Epoch 3/4")
    #expect(lines[2] == "Epoch 4/4")
    #expect(lines[1].hasPrefix("3/3 [==============================] - "))
  }
}
