import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Training

/// Data read part by part, against the same data in memory: bit for bit.
@Suite(.tags(.engine, .slow)) struct StreamedTrainingTests {
  private let folder: TemporaryFolder
  private let data: DatasetPair

  init() throws {
    folder = try TemporaryFolder()
    data = try SyntheticDigits.generate(trainCount: 530, testCount: 230)
  }

  /// The data as NPY files of uneven lengths.
  private func shards() throws -> StreamedPair {
    try FileManager.default.createDirectory(atPath: folder("shards"), withIntermediateDirectories: true)
    for (part, arrays) in [("train", data.train), ("test", data.test)] {
      var (start, number) = (0, 0)
      while start < arrays.count {
        let end = min(arrays.count, start + 97 + 40 * number)
        let records = try arrays.records(at: Array(start..<end))
        try NPY.write(records.inputs, to: folder("shards/x_\(part)-\(number).npy"))
        if number == 0 { try NPY.write(arrays.targets, to: folder("shards/y_\(part).npy")) }
        (start, number) = (end, number + 1)
      }
    }
    return try NPYSource(path: folder("shards")).stream(from: DataFolders(), progress: nil)
  }

  private func trainer() throws -> Trainer {
    let model = Sequential {
      Conv2D(4, size: 3)
      BatchNorm()
      ReLU()
      Flatten()
      Dropout(0.2)
      Dense(10)
    }
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
      $0.preprocessing = Rescaling(dividingBy: 255)
      $0.augmentations = [PadAndCrop(pixels: 2)]
      $0.metrics = [Accuracy()]
    }
    return try Trainer(model: model, method: method, inputs: TensorType(.uint8, [1, 28, 28, 1]), seed: 3)
  }

  private func options(_ partialBatch: PartialBatch, chunks: Int = 1) -> FitOptions {
    FitOptions(
      partialBatch: partialBatch, evaluatesBeforeTraining: true, chunksPerEpoch: chunks, evaluationBatch: 50)
  }

  /// With a channel axis, as the convolution has it.
  private func withChannel(_ arrays: LabeledArrays) throws -> LabeledArrays {
    try LabeledArrays(
      inputs: HostArray(dtype: .uint8, shape: arrays.inputs.shape + [1], bytes: arrays.inputs.bytes),
      targets: arrays.targets, classCount: 10)
  }

  private struct WithChannel: RecordReader {
    let reader: any RecordReader
    var count: Int { reader.count }
    var dtype: DType { reader.dtype }
    var shape: [Int] { reader.shape + [1] }

    func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError) {
      try reader.read(indices, into: output)
    }
  }

  /// - Parameter batches: of 64 examples that a part has at most.
  private func streamed(_ arrays: StreamedArrays, batches: Int) throws -> ResidentData {
    let data = try StreamedArrays(
      inputs: WithChannel(reader: arrays.inputs), targets: arrays.targets, classCount: arrays.classCount)
    return try ResidentData(streaming: data, memory: 5 * batches * 64 * 784)
  }

  private func bits(_ trainer: Trainer) throws -> [[UInt8]] {
    try trainer.state.tree.tensors.map { try $0.hostArray().bytes }
  }

  @Test func recordsAreThoseInMemory() throws {
    let pair = try shards()
    #expect(try pair.loaded().train == data.train && pair.loaded().test == data.test)
    let indices = [529, 0, 96, 97, 97, 3, 400]
    var bytes = [UInt8](repeating: 0, count: indices.count * 784)
    try bytes.withUnsafeMutableBytes { try pair.train.inputs.read(indices, into: $0) }
    #expect(try bytes == data.train.records(at: indices).inputs.bytes)
  }

  @Test(arguments: PartialBatch.allCases, [1, 3]) func streamedTrainingIsResidentTraining(
    partialBatch: PartialBatch, batches: Int
  ) throws {
    let pair = try shards()
    let (resident, streaming) = (try trainer(), try trainer())
    let expected = try resident.fit(
      withChannel(data.train), epochs: 2, batchSize: 64, validation: withChannel(data.test),
      options: options(partialBatch))
    let found = try streaming.fit(
      streamed(pair.train, batches: batches), epochs: 2, batchSize: 64,
      validation: streamed(pair.test, batches: batches), options: options(partialBatch))
    #expect(found.epochs.map(\.metrics) == expected.epochs.map(\.metrics) && found.epochs.count == 3)
    #expect(try bits(streaming) == bits(resident))
    // Several batches with and without a rest, and a single one, in one part and in several.
    for (size, batches) in [(70, 2), (46, 1), (115, 2), (115, 4), (230, 4)] {
      #expect(
        try streaming.evaluate(streamed(pair.test, batches: batches), batchSize: size)
          == resident.evaluate(withChannel(data.test), batchSize: size), "batches of \(size)")
    }
  }

  private struct Stop: Error {}

  /// Interrupted in the second epoch, after each of its parts in turn.
  @Test(arguments: [true, false], [1, 2]) func trainingContinuesWithinAnEpoch(isStreamed: Bool, part: Int) throws {
    let pair = try shards()
    func training() throws -> ResidentData {
      isStreamed ? try streamed(pair.train, batches: 3) : try ResidentData(withChannel(data.train))
    }
    let options = options(.pad, chunks: 3)
    let whole = try trainer()
    let expected = try whole.fit(training(), epochs: 3, batchSize: 64, options: options)
    let (first, checkpoints) = (try trainer(), CheckpointFolder(folder("checkpoints")))
    let seen = Counter()
    #expect(throws: Stop.self) {
      try first.fit(
        training(), epochs: 3, batchSize: 64, options: options,
        callbacks: [
          CheckpointCallback(checkpoints, parts: 1),
          .onChunkEnd { progress in
            guard progress.epoch == 2 else { return }
            seen.increment()
            if seen.value == part { throw Stop() }
          },
        ])
    }
    let second = try trainer()
    let checkpoint = try second.restore(from: folder("checkpoints"))
    #expect(checkpoint.epoch == 1 && checkpoint.step > 9 && checkpoint.remainingEpochs == 2)
    try second.fit(training(), epochs: checkpoint.remainingEpochs, batchSize: 64, options: options)
    #expect(second.history.epochs.map(\.metrics) == expected.epochs.map(\.metrics))
    #expect(second.step == whole.step && second.epoch == 3)
    #expect(try bits(second) == bits(whole))
  }

  /// Remembers what was read, and can be told to fail.
  private final class Recorder: RecordReader {
    let reads = Mutex<[[Int]]>([])
    let failing: Int?
    var count: Int { 40 }
    var dtype: DType { .uint8 }
    var shape: [Int] { [2] }

    init(failing: Int? = nil) { self.failing = failing }

    func read(_ indices: [Int], into output: UnsafeMutableRawBufferPointer) throws(DatasetError) {
      if let failing, indices.contains(failing) { throw DatasetError(.noRows, path: "record \(failing)") }
      reads.withLock { $0.append(indices) }
      for (place, index) in indices.enumerated() {
        (output[2 * place], output[2 * place + 1]) = (UInt8(index), UInt8(index))
      }
    }
  }

  @Test func theNextPartIsReadWhileOneIsInUse() throws {
    let recorder = Recorder()
    let stream = ExampleStream(
      try StreamedArrays(inputs: recorder, targets: HostArray((0..<40).map { Int32($0) })), memory: 1000)
    let parts = StreamedParts(stream, [[1, 2], [3, 4], [5]])
    #expect(try parts.next()[0].values(as: UInt8.self) == [1, 1, 2, 2])
    // Without being asked for.
    let end = Date(timeIntervalSinceNow: 60)
    while recorder.reads.withLock({ $0.count }) < 2, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    #expect(recorder.reads.withLock { $0 } == [[1, 2], [3, 4]])
    #expect(try parts.next()[1].values(as: Int32.self) == [3, 4])
    #expect(try parts.next()[0].values(as: UInt8.self) == [5, 5])
  }

  @Test func whatCannotBeStreamedIsAnError() throws {
    let pair = try shards()
    let train = try streamed(pair.train, batches: 2)
    #expect {
      try trainer().fit(train, epochs: 1, batchSize: 200)
    } throws: {
      "\($0)".contains("a batch needs 1 MB") && "\($0)".contains("take a smaller batch")
    }
    // A record that can't be read ends training with its own error.
    let broken = try StreamedArrays(
      inputs: Recorder(failing: 30), targets: HostArray((0..<40).map { Int32($0 % 2) }), classCount: 2)
    let small = try Trainer(
      model: Dense(2),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      }, inputs: TensorType(.uint8, [1, 2]))
    #expect(throws: DatasetError(.noRows, path: "record 30")) {
      try small.fit(ResidentData(streaming: broken, memory: 200), epochs: 1, batchSize: 5)
    }
  }

  @Test func numbersThatArentFiniteAreErrors() throws {
    try FileManager.default.createDirectory(atPath: folder("nan"), withIntermediateDirectories: true)
    var numbers = [Float](repeating: 1, count: 120)
    numbers[100] = .nan
    for part in ["train", "test"] {
      try NPY.write(HostArray(numbers, shape: [60, 2]), to: folder("nan/x_\(part).npy"))
      try NPY.write(HostArray((0..<60).map { Int64($0 % 3) }), to: folder("nan/y_\(part).npy"))
    }
    let pair = try NPYSource(path: folder("nan")).stream(from: DataFolders(), progress: nil)
    let small = try Trainer(
      model: Dense(3), method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)),
      inputs: TensorType(.float32, [1, 2]))
    #expect {
      try small.fit(ResidentData(streaming: pair.train, memory: 1000), epochs: 1, batchSize: 10)
    } throws: {
      "\($0)".contains("nan at")
    }
  }
}
