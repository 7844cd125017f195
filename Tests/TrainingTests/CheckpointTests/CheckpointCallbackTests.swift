import Testing

@testable import Checkpoints
@testable import Training

/// Ends training when it has seen so many epochs, also over a break, and remembers the first weights it saw.
private final class Patience: RememberingCallback {
  let memoryName = "patience"
  private let limit: Int
  private(set) var seen = 0
  private(set) var first: HostArray?

  init(_ limit: Int) { self.limit = limit }

  func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws { (seen, first) = (0, nil) }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    seen += 1
    first = try first ?? trainer.state.parameters["dense1/kernel"]?.hostArray()
    return seen == limit ? .stop(reason: "seen \(seen)") : .continue
  }

  func memory() throws -> CallbackMemory {
    CallbackMemory(numbers: ["seen": Double(seen)], tensors: first.map { ["first": $0] } ?? [:])
  }

  func recall(_ memory: CallbackMemory, in trainer: Trainer) throws {
    seen = Int(memory.numbers["seen"] ?? 0)
    first = memory.tensors["first"]
  }
}

@Suite struct CheckpointCallbackTests {
  let scratch: Scratch
  let folder: CheckpointFolder
  let training = SmallTraining(optimizer: SGD(learningRate: 0.1), averaging: NoAveraging())

  init() throws {
    scratch = try Scratch()
    folder = CheckpointFolder(scratch.path)
  }

  @Test func everyFewEpochsAndAtTheEnd() throws {
    let trainer = try training.trainer()
    try training.fit(trainer, upTo: 7, callbacks: [CheckpointCallback(folder, every: 3, keep: 9, configuration: "x")])
    #expect(try folder.numbers().map { try folder.load($0).epoch } == [3, 6, 7])
    #expect(try folder.latest()?.configuration == "x")
    #expect(try folder.latest()?.history == trainer.history)
    // The last epoch isn't saved twice.
    try training.fit(trainer, upTo: 9, callbacks: [CheckpointCallback(folder, every: 3, keep: 9)])
    #expect(try folder.numbers().map { try folder.load($0).epoch } == [3, 6, 7, 9])
  }

  @Test func anEarlyEndIsSavedWithItsReason() throws {
    let trainer = try training.trainer()
    try training.fit(trainer, upTo: 9, callbacks: [Patience(4), CheckpointCallback(folder, every: 3)])
    let checkpoint = try #require(try folder.latest())
    #expect(checkpoint.epoch == 4)
    #expect(checkpoint.history.stopReason == "seen 4")
    #expect(checkpoint.remainingEpochs == 0)
  }

  @Test func callbacksGoOnWhereTheyWere() throws {
    let undisturbed = try training.trainer()
    let whole = Patience(5)
    try training.fit(undisturbed, upTo: 9, callbacks: [whole, CheckpointCallback(folder, every: 9)])

    let broken = CheckpointFolder(scratch.file("broken"))
    let first = try training.trainer()
    #expect(throws: PowerCut.Cut.self) {
      try training.fit(first, upTo: 9, callbacks: [Patience(5), CheckpointCallback(broken), PowerCut(after: 3)])
    }
    let second = try training.trainer()
    try second.restore(from: broken.path)
    // It isn't asked before it is used: what it remembers stays in checkpoints.
    #expect(try second.checkpoint().callbacks["patience"]?.numbers == ["seen": 3])
    let patience = Patience(5)
    try training.fit(second, upTo: 9, callbacks: [patience, CheckpointCallback(broken)])
    #expect(second.recorded == undisturbed.recorded)
    #expect(second.history.stopReason == "seen 5")
    #expect(patience.first == whole.first)
    #expect(try second.arrays() == undisturbed.arrays())
  }

  @Test func callbacksOfOneNameAreToldApartByTheirOrder() throws {
    let first = try training.trainer()
    try training.fit(first, upTo: 1)
    #expect(throws: PowerCut.Cut.self) {
      try training.fit(first, upTo: 9, callbacks: [Patience(9), CheckpointCallback(folder), PowerCut(after: 2)])
    }
    #expect(throws: PowerCut.Cut.self) {
      try training.fit(
        first, upTo: 9, callbacks: [Patience(8), Patience(9), CheckpointCallback(folder), PowerCut(after: 4)])
    }
    let checkpoint = try #require(try folder.latest())
    #expect(checkpoint.callbacks.mapValues(\.numbers) == ["patience": ["seen": 2], "patience 2": ["seen": 2]])
    let second = try training.trainer()
    try second.restore(checkpoint)
    let both = [Patience(8), Patience(9)]
    try training.fit(second, upTo: 5, callbacks: both)
    #expect(both.map(\.seen) == [3, 3])
  }

  /// Stopping and the return to the best epoch come out as without a break, wherever the break is.
  @Test(arguments: [1, 3, 4, nil]) func stoppingAndBestParametersGoOn(_ cut: Int?) throws {
    // So fast that it overshoots: some epochs are better than those after them.
    let training = SmallTraining(optimizer: SGD(learningRate: 12), averaging: NoAveraging())
    func callbacks(_ folder: CheckpointFolder) throws -> [any Callback] {
      [BestParameters(), EarlyStopping(patience: 4), try CheckpointCallback(folder)]
    }
    let undisturbed = try training.trainer()
    try training.fit(undisturbed, upTo: 30, callbacks: callbacks(folder))
    let last = undisturbed.epoch
    try #require(last < 30)
    let best = undisturbed.history.epochs.min { ($0["val_loss"] ?? 0) < ($1["val_loss"] ?? 0) }
    try #require(best?.epoch == last - 4)

    let broken = CheckpointFolder(scratch.file("broken"))
    let first = try training.trainer()
    #expect(throws: PowerCut.Cut.self) {
      try training.fit(first, upTo: 30, callbacks: callbacks(broken) + [PowerCut(after: cut ?? last)])
    }
    let second = try training.trainer()
    let checkpoint = try second.restore(from: broken.path)
    try training.fit(second, upTo: second.epoch + checkpoint.remainingEpochs, callbacks: callbacks(broken))
    #expect(second.recorded == undisturbed.recorded)
    #expect(second.history.stopReason == undisturbed.history.stopReason)
    #expect(try second.arrays() == undisturbed.arrays())
  }

  @Test func aFullDiskEndsTrainingAndKeepsWhatWasSaved() throws {
    let trainer = try training.trainer()
    try training.fit(trainer, upTo: 2, callbacks: [CheckpointCallback(folder)])
    let full = CheckpointFolder(scratch.path, disk: FaultyDisk(.failing(28), at: 1))
    #expect(throws: CheckpointError.self) { try training.fit(trainer, upTo: 4, callbacks: [CheckpointCallback(full)]) }
    #expect(try folder.latest()?.epoch == 2)
  }

  @Test(arguments: [(0, 1, "every"), (1, 0, "keep")]) func settingsOutOfRangeAreNamed(_ row: (Int, Int, String)) {
    #expect(throws: CheckpointError.invalidSetting(name: row.2, value: 0, requirement: "1 or more")) {
      try CheckpointCallback(folder, every: row.0, keep: row.1)
    }
  }
}
