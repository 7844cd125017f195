import Foundation
import Synchronization
import TestSupport
import Testing
import Training

/// What a history must not depend on, for trainings drawn at random.
///
/// Whether XLA takes XNNPACK here, if it may, depends on the processor; `OracleTests` doesn't.
@Suite(.tags(.engine, .slow)) struct HistoryTests {
  static let seeds: [UInt32] = Array(1...4)

  @Test(arguments: seeds) func howTheTestSetIsBatchedChangesRoundingOnly(_ seed: UInt32) throws {
    let training = try DrawnTraining(seed: seed)
    let whole = try training.outcome(evaluationBatch: 2000)
    for batch in [1 + Int(seed) * 37 % training.test.count, 64] {
      let parts = try training.outcome(evaluationBatch: batch)
      #expect(parts.state == whole.state, "\(training), \(batch)")
      for (one, other) in zip(parts.metrics, whole.metrics) {
        #expect(one.prefix(2) == other.prefix(2), "\(training), \(batch)")
        // A thousand losses of float32 in another order.
        #expect((one[2] - other[2]).magnitude <= 2e-6 * max(1, other[2]), "\(training), \(batch)")
        // No two outputs of these trainings are so close that rounding decides.
        #expect((one[3] - other[3]).magnitude < 1e-6, "\(training), \(batch)")
      }
    }
  }

  @Test(arguments: seeds) func chunksCallbacksAndProgressChangeNoBit(_ seed: UInt32) throws {
    let training = try DrawnTraining(seed: seed)
    let plain = try training.outcome()
    let steps = training.train.count / training.batchSize + 1
    for chunks in Set([2, steps]) {
      #expect(try training.outcome(chunks: chunks) == plain, "\(training), \(chunks) chunks")
    }
    let folder = NSTemporaryDirectory() + "tanren-oracle-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let callbacks: [any Callback] = try [
      ProgressReport(write: { _ in }), CSVLog(path: folder + "/a.csv"), JSONLinesLog(path: folder + "/a.jsonl"),
      EarlyStopping(monitor: "val_loss", patience: 99), BestParameters(monitor: "val_loss", restores: false),
      CheckpointCallback(CheckpointFolder(folder)), OtherWork(training),
    ]
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(try training.outcome(chunks: steps, callbacks: callbacks) == plain, "\(training)")
  }

  @Test(arguments: seeds) func otherRunsInTheProcessChangeNoBit(_ seed: UInt32) throws {
    let training = try DrawnTraining(seed: seed)
    let plain = try training.outcome()
    let together = Mutex<[Result<DrawnOutcome, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: 3) { index in
      let outcome = Result { try training.outcome(chunks: 1 + index, evaluationBatch: 1000) }
      together.withLock { $0.append(outcome) }
    }
    for outcome in together.withLock({ $0 }) { #expect(try outcome.get() == plain, "\(training)") }
  }

  @Test(arguments: seeds) func aBreakChangesNoBit(_ seed: UInt32) throws {
    let training = try DrawnTraining(seed: seed)
    let plain = try training.outcome()
    for last in 1..<training.epochs {
      let first = try training.trainer()
      #expect(throws: Interruption.Interrupted.self) { try training.fit(first, callbacks: [Interruption(after: last)]) }
      let second = try training.trainer(seed: 99)
      // What ran here before has left other weights at these addresses.
      _ = try second.evaluate(training.test)
      try second.restore(first.checkpoint())
      try training.fit(second)
      #expect(try training.outcome(second) == plain, "\(training), after epoch \(last)")
    }
  }
}

/// Trains and evaluates another network of the same programs at the end of each epoch, and evaluates the own one.
private final class OtherWork: Callback {
  private let training: DrawnTraining
  init(_ training: DrawnTraining) { self.training = training }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    let other = try training.trainer(seed: 7)
    try training.fit(other)
    _ = try other.predict(training.test.inputs)
    let values = try trainer.evaluate(training.test)
    #expect(values["loss"] == record["val_loss"] && values["accuracy"] == record["val_accuracy"], "\(training)")
    return .continue
  }
}

private final class Interruption: Callback {
  struct Interrupted: Error {}
  private let last: Int
  init(after last: Int) { self.last = last }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if record.epoch == last { throw Interrupted() }
    return .continue
  }
}
