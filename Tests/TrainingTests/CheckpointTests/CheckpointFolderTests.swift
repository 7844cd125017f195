import Files
import Foundation
import TestSupport
import Testing

@testable import Checkpoints
@testable import Training

@Suite(.tags(.engine)) struct CheckpointFolderTests {
  let scratch: TemporaryFolder
  let folder: CheckpointFolder

  init() throws {
    scratch = try TemporaryFolder()
    folder = CheckpointFolder(scratch("runs/first"))
  }

  @Test func whatIsSavedIsLoaded() throws {
    #expect(try folder.latest() == nil)
    let checkpoint = try Checkpoint.sample()
    #expect(try folder.save(checkpoint) == 1)
    let loaded = try #require(try folder.latest())
    for (path, array) in checkpoint.tensors { #expect(loaded.tensors[path] == array, "\(path)") }
    #expect(loaded.tensors.count == checkpoint.tensors.count)
    var (one, other) = (loaded, checkpoint)
    (one.tensors, other.tensors) = ([:], [:])
    #expect(one == other)
    // It ended for a reason; otherwise there would be more to do.
    #expect(loaded.remainingEpochs == 0)
    one.history.stopReason = nil
    #expect(one.remainingEpochs == 8)
  }

  @Test func metricsThatAreNoNumbersComeBack() throws {
    var checkpoint = try Checkpoint.sample()
    checkpoint.history.epochs.append(
      EpochRecord(
        epoch: 2, step: 20, metrics: ["loss": .nan, "low": -.infinity], trainingSeconds: 0, evaluationSeconds: 0))
    try folder.save(checkpoint)
    let record = try #require(try folder.latest()?.history.epochs.last)
    #expect(record["loss"]?.isNaN == true)
    #expect(record["low"] == -.infinity)
  }

  @Test func theLastFewStay() throws {
    for epoch in 1...5 { #expect(try folder.save(.sample(epoch: epoch), keep: 3) == epoch) }
    #expect(try folder.numbers() == [3, 4, 5])
    #expect(scratch.names("runs/first").count == 6)
    #expect(try folder.latest()?.epoch == 5)
    #expect(try folder.load(3).epoch == 3)
    try folder.save(.sample(epoch: 6), keep: 1)
    #expect(scratch.names("runs/first") == ["checkpoint-00000006.json", "checkpoint-00000006.safetensors"])
  }

  @Test func otherFilesAreLeftAlone() throws {
    try folder.save(.sample(epoch: 1))
    let others = [
      "notes.txt", "checkpoint-1.json", "checkpoint-00000009.txt", "checkpoint-99999999999999999999.json",
      ".checkpoint-00000009.partial", "checkpoint-٠٠٠٠٠٠٠٩.json",
    ]
    for name in others { try scratch.write([1], to: "runs/first/\(name)") }
    for epoch in 2...3 { try folder.save(.sample(epoch: epoch), keep: 1) }
    #expect(try folder.numbers() == [3])
    #expect(Set(scratch.names("runs/first")).isSuperset(of: others))
  }

  @Test func numbersEnd() throws {
    try folder.save(.sample())
    try scratch.write([], to: "runs/first/checkpoint-999999999999999.safetensors")
    #expect(throws: CheckpointError.noNumberLeft(folder: folder.path)) { try folder.save(.sample()) }
  }

  /// How many changes to the disk it takes to save a second checkpoint and remove the first.
  private func operations() throws -> Int {
    let counting = CheckpointFolder(scratch("counted"), disk: FaultyDisk(.killed, at: .max))
    try counting.save(.sample(), keep: 1)
    let disk = FaultyDisk(.killed, at: .max)
    try CheckpointFolder(counting.path, disk: disk).save(.sample(), keep: 1)
    return disk.count
  }

  @Test func aKillAtAnyOperationLeavesTheOldOrTheNewOne() throws {
    let count = try operations()
    #expect(count == 9)
    var epochs: [Int] = []
    for fatal in 0..<count {
      let path = scratch("killed\(fatal)")
      try CheckpointFolder(path).save(.sample(epoch: 1), keep: 1)
      #expect(throws: CheckpointError.self) {
        try CheckpointFolder(path, disk: FaultyDisk(.killed, at: fatal)).save(.sample(epoch: 2), keep: 1)
      }
      let after = CheckpointFolder(path)
      let survivor = try #require(try after.latest(), "killed at \(fatal)")
      epochs.append(survivor.epoch)
      #expect(survivor.configuration == (try Checkpoint.sample()).configuration)
      // The next writer isn't kept from its work, and cleans up.
      let number = try after.save(.sample(epoch: 3), keep: 1)
      #expect(try after.latest()?.epoch == 3)
      #expect(scratch.names("killed\(fatal)").count == 2, "killed at \(fatal), then saved as \(number)")
    }
    #expect(epochs == [1, 1, 1, 1, 1, 1, 2, 2, 2])
  }

  @Test(arguments: [ENOSPC, EIO, EDQUOT]) func aFailureAtAnyOperationLosesNothing(_ code: Int32) throws {
    for fatal in 0..<(try operations()) {
      let name = "full\(code)-\(fatal)"
      try CheckpointFolder(scratch(name)).save(.sample(epoch: 1), keep: 1)
      let failing = CheckpointFolder(scratch(name), disk: FaultyDisk(.failing(code), at: fatal))
      let next = try Checkpoint.sample(epoch: 2)
      do throws(CheckpointError) {
        try failing.save(next, keep: 1)
        Issue.record("nothing was thrown at \(fatal)")
      } catch {
        guard case .file(let failure) = error else {
          Issue.record("found \(error)")
          continue
        }
        #expect(failure.code == code)
        #expect(failure.isDiskFull == (code != EIO))
      }
      let after = CheckpointFolder(scratch(name))
      #expect([1, 2].contains(try after.latest()?.epoch))
      // What can't be used was removed at once: a full disk needs the space.
      let partial = scratch.names(name).filter { $0.hasSuffix(".partial") }
      #expect(partial == [], "failed at \(fatal)")
      try after.save(.sample(epoch: 3), keep: 1)
      #expect(scratch.names(name).count == 2)
    }
  }

  @Test func aFileThatIsBeingWrittenIsNotOverwritten() throws {
    let path = scratch("other")
    try POSIXDisk().create(path, holding: [1, 2, 3])
    #expect(throws: FileFailure(.create, path: path, code: EEXIST)) { try POSIXDisk().create(path, holding: []) }
    #expect(throws: FileFailure(.create, path: path, code: EEXIST)) {
      try POSIXDisk().publish([], as: scratch("target"), by: path)
    }
    #expect(try scratch.bytes("other") == [1, 2, 3])
  }

  @Test func foldersThatCannotBeUsedAreNamed() throws {
    try scratch.write([], to: "file")
    let blocked = CheckpointFolder(scratch("file"))
    #expect(throws: CheckpointError.file(FileFailure(.list, path: blocked.path, code: ENOTDIR))) {
      try blocked.latest()
    }
    #expect(throws: CheckpointError.file(FileFailure(.list, path: blocked.path, code: ENOTDIR))) {
      try blocked.save(.sample())
    }
    let below = CheckpointFolder("/proc/none/such")
    #expect(throws: CheckpointError.self) { try below.save(.sample()) }
    #expect(throws: CheckpointError.invalidSetting(name: "keep", value: 0, requirement: "1 or more")) {
      try folder.save(.sample(), keep: 0)
    }
  }
}
