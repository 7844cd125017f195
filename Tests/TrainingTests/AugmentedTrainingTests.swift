import Testing

@testable import Training

/// Augmentation as a part of training: what it draws, and what it leaves alone.
@Suite struct AugmentedTrainingTests {
  /// Bytes that differ from pixel to pixel, or all white.
  private func images(_ count: Int, white: Bool = false) throws -> LabeledArrays {
    let bytes = (0..<count * 8 * 8 * 3).map { white ? 255 : UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    return try LabeledArrays(
      inputs: HostArray(bytes, shape: [count, 8, 8, 3]), targets: HostArray((0..<count).map { Int32($0 % 3) }),
      classCount: 3)
  }

  /// A linear model from zeros: nothing but augmentation draws.
  private func trainer(
    _ data: LabeledArrays, _ augmentations: [any Augmentation], rule: any GradientRule = PlainGradient(),
    seed: UInt64 = 1
  ) throws -> Trainer {
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
      $0.preprocessing = Rescaling(dividingBy: 255)
      $0.augmentations = augmentations
      $0.gradientRule = rule
    }
    return try Trainer(
      model: Sequential {
        Flatten(); Dense(3, kernel: .zeros)
      }, method: method, inputs: data.inputs,
      precision: .float64, seed: seed)
  }

  private func fit(_ trainer: Trainer, _ data: LabeledArrays, batch: Int = 12) throws -> History {
    try trainer.fit(
      data, epochs: 2, batchSize: batch, validation: data, options: FitOptions(order: SequentialOrder()))
  }

  private static let all: [any Augmentation] = [
    StrongAugmentation(), PadAndCrop(pixels: 2), ColorJitter(), Cutout(size: 3), MixUp(), CutMix(),
  ]

  @Test func theSeedDecidesAllBits() throws {
    let data = try images(36)
    let (one, same, other) = (
      try trainer(data, Self.all), try trainer(data, Self.all), try trainer(data, Self.all, seed: 2)
    )
    let histories = try [one, same, other].map { try fit($0, data) }
    #expect(try one.state.bytes() == same.state.bytes())
    #expect(histories[0].metrics == histories[1].metrics)
    #expect(try distance(one.numbers(), other.numbers()) > 1e-3)
    // Each step draws anew: two epochs of the same batches aren't two of the same images.
    let unlike = try trainer(data, [StrongAugmentation()])
    let rates = try fit(unlike, data).epochs
    #expect(rates[0]["loss"] != rates[1]["loss"])
  }

  /// White stays white however it is moved, so that only the erasing shows.
  @Test func othersDrawsStayAsTheyWere() throws {
    let data = try images(24, white: true)
    let alone = try trainer(data, [RandomErasing()])
    let among = try trainer(
      data, [Rotation(), Shift(), Zoom(), HorizontalFlip(), RandomErasing(), PadAndCrop(padding: .reflect)])
    let elsewhere = try trainer(data, [RandomErasing()], seed: 9)
    for trainer in [alone, among, elsewhere] { _ = try fit(trainer, data) }
    #expect(try distance(alone.numbers(), among.numbers()) < 1e-9)
    #expect(try distance(alone.numbers(), elsewhere.numbers()) > 1e-3)
  }

  @Test func evaluationSeesImagesAsTheyAre() throws {
    let data = try images(30)
    let (plain, augmented) = (try trainer(data, []), try trainer(data, Self.all))
    _ = try fit(plain, data)
    // The same parameters on both sides.
    let state = plain.state
    let after = try Trainer(
      model: augmented.model, method: augmented.method, inputs: data.inputs, precision: .float64, seed: 3,
      parameters: state.parameters)
    #expect(try after.evaluate(data) == plain.evaluate(data))
    #expect(try after.predict(data.inputs).bytes == plain.predict(data.inputs).bytes)
    let history = try fit(augmented, data)
    #expect(try history.epochs[1]["val_loss"] == augmented.evaluate(data)["loss"])
    #expect(history.epochs[1]["loss"] != history.epochs[1]["val_loss"])
  }

  /// All parts of a batch see the images that the whole would, mixed across the parts too.
  @Test(arguments: [1, 5, 12]) func accumulationIsTheWholeBatch(_ partSize: Int) throws {
    let data = try images(24)
    var accumulation = Accumulation(parts: 1)
    accumulation.partSize = partSize
    let (whole, parts) = (try trainer(data, Self.all), try trainer(data, Self.all, rule: accumulation))
    let (one, other) = (try fit(whole, data), try fit(parts, data))
    #expect(try distance(whole.numbers(), parts.numbers()) < 1e-9)
    for (one, other) in zip(one.metrics, other.metrics) {
      #expect(Set(one.keys) == Set(other.keys))
      for (name, value) in one { #expect(distance([other[name] ?? .nan], [value]) < 1e-9, "\(name)") }
    }
  }

  @Test func whatCantBeIsSaidBeforeTraining() throws {
    let data = try images(6)
    #expect(
      throws: AugmentationError.outOfRange(
        field: "cutout.size", value: 9, requirement: "from 1 to 8 for images of 8x8")
    ) { _ = try trainer(data, [Cutout(size: 9)]) }
    #expect(throws: AugmentationError.self) { _ = try trainer(data, [RandomErasing(area: 0.5...1.5)]) }
    let flat = try LabeledArrays(
      inputs: HostArray([Float](repeating: 0, count: 12), shape: [6, 2]), targets: data.targets, classCount: 3)
    #expect(throws: AugmentationError.notImages(shape: [6, 2])) { _ = try trainer(flat, [HorizontalFlip()]) }
    #expect(throws: TrainingError.batchLargerThanData(batchSize: 7, count: 6)) {
      _ = try trainer(data, [StrongAugmentation()]).fit(data, epochs: 1, batchSize: 7)
    }
  }
}
