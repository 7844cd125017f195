import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Training

/// What needs more than a batch at a time, with data read part by part against the same data in memory: bit for bit.
@Suite(.tags(.engine, .slow)) struct StreamedFeatureTests {
  private static let batch = 32
  private static let data = Result { try SyntheticDigits.generate(trainCount: 330, testCount: 130) }

  private let data: DatasetPair

  init() throws { data = try Self.data.get() }

  /// Counts the records that were read.
  private final class CountingReader: RecordReader {
    let counted = Mutex(0)
    private let reader: ArrayReader
    var count: Int { reader.count }
    var dtype: DType { reader.dtype }
    var shape: [Int] { reader.shape }

    init(_ array: HostArray) { reader = ArrayReader(array) }

    func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) {
      counted.withLock { $0 += indices.count }
      reader.read(indices, into: output)
    }
  }

  /// - Parameters:
  ///   - batches: of 32 examples that a part has at most.
  ///   - reader: reads the inputs; nil for one of the array.
  private func streamed(
    _ arrays: LabeledArrays, batches: Int, members: Int = 1, _ reader: (any RecordReader)? = nil
  ) throws -> ResidentData {
    try ResidentData(
      streaming: StreamedArrays(
        inputs: reader ?? ArrayReader(arrays.inputs), targets: arrays.targets, classCount: arrays.classCount),
      memory: 5 * batches * members * Self.batch * 784)
  }

  private func trainer(
    seed: UInt64 = 3, rate: Double = 0.1, averaging: any Averaging = NoAveraging(), metrics: [any Metric] = [Accuracy()]
  ) throws -> Trainer {
    let model = Sequential {
      Flatten()
      Dense(12)
      BatchNorm()
      ReLU()
      Dropout(0.2)
      Dense(10)
    }
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: Momentum(learningRate: rate)) {
      $0.preprocessing = Rescaling(dividingBy: 255)
      $0.metrics = metrics
      $0.averaging = averaging
    }
    return try Trainer(model: model, method: method, inputs: data.train.inputs, seed: seed)
  }

  private func options(_ partialBatch: PartialBatch = .pad, chunks: Int = 1) -> FitOptions {
    FitOptions(
      partialBatch: partialBatch, evaluatesBeforeTraining: true, chunksPerEpoch: chunks, evaluationBatch: Self.batch)
  }

  private func bits(_ trainers: [Trainer]) throws -> [[[UInt8]]] {
    try trainers.map { try $0.state.tree.tensors.map { try $0.hostArray().bytes } }
  }

  private func metrics(_ trainers: [Trainer]) -> [[String]] {
    trainers.map { $0.history.epochs.map { "\($0.epoch) \($0.step) \($0.metrics)" } }
  }

  /// Trains on streamed data and on the same data in memory.
  /// - Returns: the trainers of both.
  private func trained(
    batches: Int, options: FitOptions, _ make: () throws -> [Trainer]
  ) throws -> (streamed: [Trainer], resident: [Trainer]) {
    let (streaming, resident) = (try make(), try make())
    try TrainerGroup(resident).fit(
      ResidentData(data.train), epochs: 2, batchSize: Self.batch, validation: ResidentData(data.test), options: options)
    try TrainerGroup(streaming).fit(
      streamed(data.train, batches: batches, members: streaming.count), epochs: 2, batchSize: Self.batch,
      validation: streamed(data.test, batches: batches), options: options)
    return (streaming, resident)
  }

  @Test(arguments: [1, 3, 100]) func metricsOfAllOutputsAreTheSame(batches: Int) throws {
    let (streaming, resident) = try trained(batches: batches, options: options()) {
      [try trainer(metrics: [ROCAUC(), Accuracy(), AveragePrecision()])]
    }
    #expect(metrics(streaming) == metrics(resident))
    #expect(streaming[0].history.epochs.last?["val_rocAUC"] ?? 0 > 0.5)
    #expect(try bits(streaming) == bits(resident))
    for size in [32, 26, 130] {
      #expect(
        try streaming[0].evaluate(streamed(data.test, batches: max(batches, 5)), batchSize: size)
          == resident[0].evaluate(data.test, batchSize: size), "batches of \(size)")
    }
  }

  @Test(arguments: PartialBatch.allCases, [1, 4]) func groupsShareAStream(
    partialBatch: PartialBatch, batches: Int
  ) throws {
    let (streaming, resident) = try trained(batches: batches, options: options(partialBatch)) {
      try (0..<3).map { try trainer(seed: $0, metrics: [Accuracy(), ROCAUC()]) }
    }
    #expect(metrics(streaming) == metrics(resident))
    #expect(try bits(streaming) == bits(resident))
    #expect(metrics(streaming)[0] != metrics(streaming)[1])
  }

  /// Members with one seed visit the examples in one order: each is read once per epoch for all of them.
  @Test func whatMembersShareIsReadOnce() throws {
    let reader = CountingReader(data.train.inputs)
    let group = try [0.01, 0.1, 0.2].map { try trainer(rate: $0) }
    let training = try streamed(data.train, batches: 3, members: 3, reader)
    reader.counted.withLock { $0 = 0 }
    try TrainerGroup(group).fit(training, epochs: 2, batchSize: Self.batch)
    #expect(reader.counted.withLock { $0 } == 2 * 320)
  }

  @Test(arguments: [1, 2], [1, 3]) func statisticsOfAveragedParametersAreTheSame(members: Int, batches: Int) throws {
    for partialBatch in PartialBatch.allCases {
      let (streaming, resident) = try trained(batches: batches, options: options(partialBatch)) {
        try (0..<members).map {
          try trainer(seed: UInt64($0), averaging: ExponentialAverage(decay: 0.9, statistics: .estimated))
        }
      }
      #expect(metrics(streaming) == metrics(resident))
      #expect(try bits(streaming) == bits(resident))
    }
  }

  private struct Stop: Error {}

  /// Killed in its first epoch, whose record of the untrained model comes from before, and in its second.
  @Test(arguments: [1, 2], [1, 2]) func aGroupContinuesWithinAnEpoch(members: Int, stopped: Int) throws {
    func group() throws -> [Trainer] { try (0..<members).map { try trainer(seed: UInt64($0)) } }
    func fit(_ trainers: [Trainer], _ callbacks: (Int) -> [any Callback] = { _ in [] }) throws {
      try TrainerGroup(trainers).fit(
        streamed(data.train, batches: 3, members: members), epochs: 3 - trainers[0].epoch, batchSize: Self.batch,
        validation: streamed(data.test, batches: 3), options: options(), callbacks: callbacks)
    }
    let whole = try group()
    try fit(whole)
    let folder = try TemporaryFolder()
    let seen = Counter()
    let killed = try group()
    let saving = try (0..<members).map { try CheckpointCallback(CheckpointFolder(folder("\($0)")), parts: 1) }
    #expect(throws: Stop.self) {
      try fit(killed) { member in
        [
          saving[member],
          .onChunkEnd { progress in
            guard member == members - 1, progress.epoch == stopped else { return }
            seen.increment()
            if seen.value == 2 { throw Stop() }
          },
        ]
      }
    }
    let resumed = try group()
    for (member, trainer) in resumed.enumerated() {
      let checkpoint = try trainer.restore(from: folder("\(member)"))
      #expect(checkpoint.epoch == stopped - 1 && checkpoint.step == 11 * (stopped - 1) + 6)
    }
    try fit(resumed)
    #expect(metrics(resumed) == metrics(whole) && resumed[0].history.epochs.map(\.epoch) == [0, 1, 2, 3])
    #expect(try bits(resumed) == bits(whole))
  }

  @Test func predictionsAreReadBatchByBatch() throws {
    let trainer = try trainer()
    let reader = CountingReader(data.test.inputs)
    for size in [7, 32, 130, 1000] {
      let found = try trainer.predict(reader, batchSize: size, memory: 5 * 784 * min(size, 130))
      #expect(try found == trainer.predict(data.test.inputs, batchSize: size))
    }
    #expect {
      try trainer.predict(reader, batchSize: 32, memory: 784 * 32)
    } throws: {
      "\($0)".contains("a batch needs")
    }
  }

  /// Statistics of the training data are those of records in memory, whatever reads them.
  @Test func preprocessingIsFittedAlike() throws {
    for unfitted in [Featurewise(), ZCAWhitening(epsilon: 0.1)] as [any FittedPreprocessing] {
      let reader = CountingReader(data.train.inputs)
      let (found, expected) = (try unfitted.fitted(to: reader), try unfitted.fitted(to: data.train.inputs))
      #expect(found.statistics == expected.statistics && !found.statistics.isEmpty)
      #expect(reader.counted.withLock { $0 } == (unfitted is ZCAWhitening ? 2 : 1) * 330)
    }
  }
}
