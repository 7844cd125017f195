import Figures
import Synchronization
import TestSupport
import Testing

@testable import Training

/// Losses that are held at levels of their own, which auxiliary models find.
@Suite(.tags(.engine)) struct FloodLevelTests {
  private static let loss = SoftmaxCrossEntropy().adaptivelyFlooded(gamma: 0.3, folds: 3)

  private func trainer(
    _ data: LabeledArrays, loss: any Loss = FloodLevelTests.loss, rate: Double = 0.5, seed: UInt64 = 1,
    devices: Int = 1,
    _ configure: (inout Method) -> Void = { _ in }
  ) throws -> Trainer {
    try Trainer(
      model: Problems.network, method: Method(loss: loss, optimizer: SGD(learningRate: rate), configure),
      inputs: data.inputs, precision: .float64, seed: seed, devices: devices)
  }

  private func levels(_ data: LabeledArrays) throws -> [Double] {
    try trainer(data).floodLevels(of: ResidentData(data), epochs: 3, batchSize: 6).values(as: Double.self)
  }

  /// Other inputs of an example change the models that learn from it, and not the one of its fold. So they change its own
  /// level, and those of the other folds, only.
  @Test func levelsAreOfModelsThatHaventSeenTheExample() throws {
    let data = try Problems.classes(20)
    let before = try levels(data)
    var numbers = try data.inputs.values(as: Double.self)
    numbers[2 * 7] += 3
    let after = try levels(
      LabeledArrays(inputs: HostArray(numbers, shape: [20, 2]), targets: data.targets, classCount: 3))
    for index in 0..<20 where index != 7 {
      #expect((before[index] == after[index]) == (index % 3 == 1), "\(index)")
    }
    #expect(before[7] != after[7])
  }

  /// In any order, with padding, the examples have their levels: the mean of `|l - b| + b` at parameters that stay.
  @Test func theStepHasTheLevelsOfItsExamples() throws {
    let data = try Problems.classes(20)
    let levels = (0..<20).map { Double($0) / 8 }
    let losses = try SoftmaxCrossEntropy().perExample(
      Tensor(trainer(data).predict(data.inputs)), Tensor(data.targets)
    ).doubles()
    let expected = zip(losses, levels).map { abs($0 - $1) + $1 }.reduce(0, +) / 20
    let resident = try ResidentData(data).flooded(at: HostArray(levels))
    for rule in [PlainGradient(), Accumulation(parts: 2), SAM()] as [any GradientRule] {
      let flooded = try trainer(data, rate: 0) { $0.gradientRule = rule }
      let record = try flooded.fit(
        resident, epochs: 1, batchSize: 6, validation: resident, options: FitOptions(partialBatch: .pad)
      ).epochs[0]
      #expect(distance([record["loss"] ?? .nan], [expected]) < 1e-12)
      // Evaluation is that of the loss.
      #expect(distance([record["val_loss"] ?? .nan], [losses.reduce(0, +) / 20]) < 1e-12)
    }
  }

  /// A partner's loss is compared with the partner's level: with equal parts of a mixture of equal losses it doesn't matter who
  /// is whose partner.
  @Test func mixedExamplesHaveBothLevels() throws {
    let data = try LabeledArrays(
      inputs: HostArray([Double](repeating: 1, count: 16), shape: [8, 2]),
      targets: HostArray([Int32](repeating: 1, count: 8)),
      classCount: 3)
    let levels = (0..<8).map { Double($0) }
    let loss = try SoftmaxCrossEntropy().perExample(
      Tensor(trainer(data).predict(data.inputs)), Tensor(data.targets)
    ).doubles()[0]
    let expected = levels.map { abs(loss - $0) + $0 }.reduce(0, +) / 8
    let resident = try ResidentData(data).flooded(at: HostArray(levels))
    let found = try trainer(data, rate: 0) { $0.manifoldMixup = 1.0 }.fit(resident, epochs: 1, batchSize: 8)
    #expect(distance([found.epochs[0]["loss"] ?? .nan], [expected]) < 1e-12)
  }

  @Test func fitFindsTheLevels() throws {
    let data = try Problems.classes(20)
    let found = try trainer(data)
    let history = try found.fit(data, epochs: 4, batchSize: 6)
    let given = try trainer(data)
    let resident = try ResidentData(data).flooded(
      at: given.floodLevels(of: ResidentData(data), epochs: 4, batchSize: 6))
    #expect(try given.fit(resident, epochs: 4, batchSize: 6).epochs.map(\.metrics) == history.epochs.map(\.metrics))
    #expect(try given.numbers() == found.numbers())
    let plain = try trainer(data, loss: SoftmaxCrossEntropy())
    try plain.fit(data, epochs: 4, batchSize: 6)
    #expect(try plain.numbers() != found.numbers())
    // gamma 1 puts all levels at 0.
    let unflooded = try trainer(data, loss: SoftmaxCrossEntropy().adaptivelyFlooded(gamma: 1, folds: 2))
    try unflooded.fit(data, epochs: 4, batchSize: 6)
    #expect(distance(try unflooded.numbers(), try plain.numbers()) < 1e-12)
  }

  /// The bar of auxiliary models comes before the first epoch's, and moves with their epochs.
  @Test func auxiliaryModelsShowTheirProgress() throws {
    final class Recorder: Callback {
      var found: [Preparation] = []
      func preparing(_ preparation: Preparation, in trainer: Trainer) throws { found.append(preparation) }
    }
    final class Screen: Sendable {
      let text = Mutex("")
    }
    let (recorder, screen) = (Recorder(), Screen())
    let report = ProgressReport(
      Terminal(isInteractive: false), write: { text in screen.text.withLock { $0 += text } })
    try trainer(Problems.classes(20)).fit(
      Problems.classes(20), epochs: 2, batchSize: 6, callbacks: [recorder, report])
    #expect(recorder.found.map(\.completed) == Array(1...6))
    #expect(recorder.found.allSatisfy { $0.total == 6 && $0.models == 3 && $0.loss?.isFinite == true })
    let text = screen.text.withLock { $0 }
    let parts = ["Auxiliary models for flood levels: 3\n", "6/6", "Epoch 1/2\n", "Epoch 2/2\n"]
    let places = parts.map { text.firstRange(of: $0)?.lowerBound ?? text.endIndex }
    #expect(!places.contains(text.endIndex) && places == places.sorted(), "\(text)")
  }

  /// A training that goes on from a checkpoint finds the same levels again.
  @Test func aBreakChangesNothing() throws {
    let data = try Problems.classes(20)
    let whole = try trainer(data)
    try whole.fit(data, epochs: 3, batchSize: 6)
    let first = try trainer(data)
    #expect(throws: PowerCut.Cut.self) {
      try first.fit(data, epochs: 3, batchSize: 6, callbacks: [PowerCut(after: 1)])
    }
    let second = try trainer(data, seed: 9)
    try second.restore(first.checkpoint())
    try second.fit(data, epochs: 3 - second.epoch, batchSize: 6)
    #expect(try second.numbers() == whole.numbers())
  }

  @Test func severalDevicesShareTheLevels() throws {
    try Engines.eightDevices.get().asShared { try compareDevices() }
  }

  private func compareDevices() throws {
    let data = try Problems.classes(24)
    let resident = try ResidentData(data).flooded(at: HostArray((0..<24).map { Double($0) / 8 }))
    func numbers(_ devices: Int) throws -> [Double] {
      let trainer = try trainer(data, devices: devices)
      try trainer.fit(resident, epochs: 2, batchSize: 6)
      return try trainer.numbers()
    }
    let one = try numbers(1)
    #expect(distance(try numbers(2), one) < 1e-12)
    // Found on several devices, the levels are those of one too.
    func levels(_ devices: Int) throws -> [Double] {
      try trainer(data, devices: devices).floodLevels(of: ResidentData(data), epochs: 2, batchSize: 6)
        .values(as: Double.self)
    }
    #expect(distance(try levels(2), try levels(1)) < 1e-12)
  }

  @Test func whatCantHaveLevelsIsSaid() throws {
    let data = try Problems.classes(20)
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    let resident = try ResidentData(data)
    #expect(
      message { _ = try resident.flooded(at: HostArray([1.0, 2])) }.contains("must be 20 floating-point numbers"))
    let plain = try trainer(data, loss: SoftmaxCrossEntropy())
    #expect(
      message { _ = try plain.floodLevels(of: resident, epochs: 1, batchSize: 5) }.contains("adaFlood takes them"))
    #expect(message { _ = try trainer(data).fit(data, epochs: 1, batchSize: 14) }.contains("take smaller batches"))
    let nested = try trainer(data, loss: Self.loss.adaptivelyFlooded())
    #expect(message { _ = try nested.fit(data, epochs: 1, batchSize: 5) }.contains("another inside of it"))
    let group = try TrainerGroup([1, 2].map { try trainer(data, seed: $0) })
    #expect(throws: TrainingError.floodLevelsOfGroup) { try group.fit(data, epochs: 1, batchSize: 5) }
    let images = try LabeledArrays(
      inputs: HostArray([UInt8](repeating: 9, count: 8 * 16), shape: [8, 4, 4]),
      targets: HostArray((0..<8).map { Int32($0 % 3) }),
      classCount: 3)
    let mixing = try Trainer(
      model: Sequential {
        Flatten(); Dense(3)
      },
      method: Method(loss: Self.loss, optimizer: SGD()) { $0.augmentations = [CutMix()] }, inputs: images.inputs)
    #expect(message { _ = try mixing.fit(images, epochs: 1, batchSize: 2) }.contains("doesn't fit 'cutMix'"))
  }

  /// With levels of their own data, trainers of a group train as alone.
  @Test func groupsShareGivenLevels() throws {
    let data = try Problems.classes(20)
    let resident = try ResidentData(data).flooded(at: HostArray((0..<20).map { Double($0) / 8 }))
    let group = try TrainerGroup([1, 2].map { try trainer(data, seed: $0) })
    try group.fit(resident, epochs: 2, batchSize: 5)
    for (index, member) in group.trainers.enumerated() {
      let alone = try trainer(data, seed: UInt64(index + 1))
      try alone.fit(resident, epochs: 2, batchSize: 5)
      #expect(distance(try member.numbers(), try alone.numbers()) < 1e-12)
    }
  }
}
