import Foundation
import OrderedCollections
import TestSupport
import Testing

@testable import Training

@Suite(.tags(.process)) struct TensorBoardTests {
  /// RFC 3720, appendix B.4, and the checksum's usual check value.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
      (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c), (Array("123456789".utf8), 0xe306_9283),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func checksums(_ row: ([UInt8], UInt32)) { #expect(CRC32C.checksum(row.0) == row.1) }

  @Test func entriesAreThoseOfTensorBoardsOwnWriter() throws {
    let long = "train/" + String(repeating: "long", count: 50)
    let events = [
      TensorBoardEvent(time: 1_700_000_000.25, step: 0, content: .version),
      TensorBoardEvent(time: 1_700_000_000.5, step: 1, content: .start),
      TensorBoardEvent(
        time: 1_700_000_001, step: 300,
        content: .scalars([("train/loss", 0.1), ("validation/正解率", .nan), (long, -1e30)])),
    ]
    let expected = try Data(contentsOf: URL(fileURLWithPath: Bundle.module.fixture("events.tfrecord")))
    #expect(events.flatMap(\.record) == [UInt8](expected))
  }

  private func record(_ epoch: Int, _ metrics: OrderedDictionary<String, Double>) -> EpochRecord {
    EpochRecord(epoch: epoch, step: 10 * epoch, metrics: metrics, trainingSeconds: 0.5, evaluationSeconds: 0.25)
  }

  @Test func eachLogIsAFileAfterTheOthers() throws {
    let scratch = try TemporaryFolder()
    for _ in 0..<3 {
      let log = try TensorBoardLog(folder: scratch("board")) { 1000 }
      try log.write(record(1, ["loss": 1]))
    }
    #expect(
      scratch.names("board") == (1000...1002).map { "events.out.tfevents.000000\($0).tanren" })
  }

  @Test func foldersThatCannotBeMadeAreNamed() throws {
    let scratch = try TemporaryFolder()
    try scratch.write([], to: "file")
    let error = #expect(throws: TrainingError.self) { try TensorBoardLog(folder: scratch("file/board")) }
    guard case .output(let failure) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(failure.path == scratch("file/board"))
  }

  @Test(.enabled(if: Python.has("tensorboard"), "TensorBoard isn't installed"))
  func tensorBoardReadsATrainingAndItsContinuation() throws {
    let scratch = try TemporaryFolder()
    let board = scratch("board")
    let training = SmallTraining()
    let first = try training.trainer()
    #expect(throws: PowerCut.Cut.self) {
      try training.fit(first, upTo: 9, callbacks: [TensorBoardLog(folder: board), PowerCut(after: 4)])
    }
    // Two epochs were saved, so the third and fourth are done again; another seed makes others of them.
    let second = try training.trainer(seed: 8)
    try training.fit(second, upTo: 2)
    try training.fit(second, upTo: 5, callbacks: [TensorBoardLog(folder: board)])
    let check = try Python.check("check_tensorboard.py", board)
    #expect(check.status == 0, "\(check.output)")
    let records = first.history.epochs.prefix(2) + second.history.epochs.dropFirst(2)
    #expect(records.map(\.epoch) == [1, 2, 3, 4, 5])
    var expected: [String] = []
    for (tag, name) in [
      ("train/accuracy", "accuracy"), ("train/loss", "loss"), ("validation/accuracy", "val_accuracy"),
      ("validation/loss", "val_loss"),
    ] {
      for record in records { expected.append("\(tag) \(record.epoch) \(Double(Float(try #require(record[name]))))") }
    }
    let found = check.output.split(separator: "\n").map(String.init)
    #expect(found.filter { $0.hasPrefix("train/") || $0.hasPrefix("validation/") } == expected)
    #expect(found.filter { $0.hasPrefix("time/training_seconds") }.count == 5)
  }
}
