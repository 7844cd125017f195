import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine, .slow)) struct TrainerGroupTests {
  /// Dropout, momentum and masked batches: what a seed and a step decide is all there.
  private func trainer(
    _ seed: UInt64, _ data: DatasetPair, dtype: DType = .float64, units: Int = 6,
    optimizer: any Optimizer = Momentum(learningRate: 0.1), rate: Double = 0.2
  ) throws -> Trainer {
    let model = Sequential {
      Flatten()
      Dense(units)
      TanhExp()
      Dropout(rate)
      Dense(10)
    }
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
      $0.preprocessing = Rescaling(dividingBy: 255)
    }
    return try Trainer(model: model, method: method, inputs: data.train.inputs, precision: Precision(dtype), seed: seed)
  }

  private static let data = Result { try SyntheticDigits.generate(trainCount: 130, testCount: 50) }

  @Test func eachMemberEndsAsItWouldAlone() throws {
    let data = try Self.data.get()
    let (train, test) = (try ResidentData(data.train), try ResidentData(data.test))
    let options = FitOptions(partialBatch: .pad, evaluatesBeforeTraining: true, chunksPerEpoch: 2)
    let seeds: [UInt64] = [3, 4, 5]
    let alone = try seeds.map { try trainer($0, data) }
    let histories = try alone.map { try $0.fit(train, epochs: 2, batchSize: 40, validation: test, options: options) }
    let together = try seeds.map { try trainer($0, data) }
    let found = try TrainerGroup(together).fit(
      train, epochs: 2, batchSize: 40, validation: test, options: options)
    for index in seeds.indices {
      #expect(together[index].step == alone[index].step)
      for (path, tensor) in alone[index].state.tree.pairs {
        let (one, other) = (
          try tensor.values(as: Double.self), try together[index].state.tree[path]?.values(as: Double.self)
        )
        #expect(zip(one, other ?? []).allSatisfy { ($0 - $1).magnitude <= 1e-12 * max(1, $0.magnitude) }, "\(path)")
        #expect(one.count == other?.count)
      }
      #expect(found[index].epochs.count == 3)
      for (one, other) in zip(histories[index].epochs, found[index].epochs) {
        #expect(one.epoch == other.epoch)
        #expect(Array(one.metrics.keys) == Array(other.metrics.keys))
        for (name, value) in one.metrics {
          #expect(((other[name] ?? .nan) - value).magnitude <= 1e-12 * max(1, value.magnitude), "\(name)")
        }
      }
    }
    #expect(histories[0].epochs.last?.metrics != histories[1].epochs.last?.metrics)
  }

  /// Numbers of methods are arguments of the program, those of the model's layers too.
  @Test func membersMayDifferByNumbers() throws {
    let data = try Self.data.get()
    let train = try ResidentData(data.train)
    let options = FitOptions(recordsLearningRate: true)
    func trainers() throws -> [Trainer] {
      try [
        trainer(3, data, optimizer: Momentum(learningRate: 0.1)),
        trainer(3, data, optimizer: Momentum(learningRate: 0.01, momentum: 0.5)),
        trainer(4, data, optimizer: Momentum(learningRate: 0.3), rate: 0.4),
      ]
    }
    let (alone, together) = (try trainers(), try trainers())
    let histories = try alone.map { try $0.fit(train, epochs: 2, batchSize: 40, options: options) }
    let found = try TrainerGroup(together).fit(
      train, epochs: 2, batchSize: 40, options: options)
    for index in alone.indices {
      for (one, other) in zip(histories[index].epochs, found[index].epochs) {
        for (name, value) in one.metrics {
          #expect(((other[name] ?? .nan) - value).magnitude <= 1e-12 * max(1, value.magnitude), "\(index) \(name)")
        }
      }
    }
    #expect(found.map { $0.epochs[0]["learning_rate"] } == [0.1, 0.01, 0.3])
  }

  @Test func whatMakesAnotherGraphCantBeTogether() throws {
    let data = try Self.data.get()
    let train = try ResidentData(data.train)
    func fit(_ optimizers: [any Optimizer]) throws {
      let trainers = try optimizers.map { try trainer(1, data, optimizer: $0) }
      try TrainerGroup(trainers).fit(train, epochs: 1, batchSize: 40)
    }
    #expect(throws: TrainingError.differentMethods) {
      try fit([Momentum(learningRate: 0.1), Momentum(learningRate: CosineSchedule(0.1))])
    }
  }

  @Test func aMemberThatEndsKeepsItsStateWhileTheOthersGoOn() throws {
    let data = try Self.data.get()
    let train = try ResidentData(data.train)
    let members = [try trainer(1, data), try trainer(2, data)]
    let histories = try TrainerGroup(members).fit(
      train, epochs: 3, batchSize: 65,
      callbacks: { index in
        index == 0 ? [.stopping { $0.epoch == 1 ? .stop(reason: "enough") : .continue }] : []
      })
    #expect(histories.map(\.epochs.count) == [1, 3])
    #expect(histories.map(\.stopReason) == ["enough", nil])
    #expect(members.map(\.epoch) == [1, 3])
    let alone = try trainer(1, data)
    _ = try alone.fit(train, epochs: 1, batchSize: 65)
    let (kept, expected) = (members[0].state.parameters, alone.state.parameters)
    for (path, tensor) in expected.pairs {
      let pairs = zip(try tensor.values(as: Double.self), try #require(kept[path]).values(as: Double.self))
      #expect(pairs.allSatisfy { ($0 - $1).magnitude < 1e-12 }, "\(path)")
    }
  }

  @Test func trainersThatArentAlikeAreRefused() throws {
    let data = try Self.data.get()
    #expect(throws: TrainingError.self) { try TrainerGroup([]) }
    #expect(throws: TrainingError.self) { try TrainerGroup([trainer(1, data), trainer(2, data, units: 7)]) }
    #expect(throws: TrainingError.self) { try TrainerGroup([trainer(1, data), trainer(2, data, dtype: .float32)]) }
    let ahead = try trainer(1, data)
    _ = try ahead.fit(ResidentData(data.train), epochs: 1, batchSize: 65)
    #expect(throws: TrainingError.self) { try TrainerGroup([trainer(2, data), ahead]) }
  }

  @Test func eachMemberHasItsOrderAndItsCallbacks() throws {
    let data = try Self.data.get()
    let orders: [any BatchOrder] = [SequentialOrder(), NumPyOrder(NumPyRandomState(seed: 5))]
    func trainers() throws -> [Trainer] { try [3, 3].map { try trainer($0, data) } }
    let (alone, together) = (try trainers(), try trainers())
    let histories = try zip(alone, orders).map {
      try $0.fit(data.train, epochs: 2, batchSize: 40, options: FitOptions(order: $1))
    }
    var epochs: [[Int]] = [[], []]
    let found = try TrainerGroup(together).fit(
      data.train, epochs: 2, batchSize: 40, orders: { orders[$0] },
      callbacks: { index in [.onEpochEnd { epochs[index].append($0.epoch) }] })
    #expect(epochs == [[1, 2], [1, 2]])
    for (one, other) in zip(histories, found) {
      #expect(distance(one.values("loss").map(\.value), other.values("loss").map(\.value)) < 1e-12)
    }
    #expect(found[0].epochs[1]["loss"] != found[1].epochs[1]["loss"])
  }

  /// As it leaves a single trainer: a checkpoint from there can be continued.
  @Test func anErrorWithinAnEpochLeavesTheMembersWhereItsLastPartEnded() throws {
    struct Refused: Error {}
    let data = try Self.data.get()
    let members = [try trainer(1, data), try trainer(2, data)]
    let states = try members.map { try $0.state.bytes() }
    #expect(throws: Refused.self) {
      try TrainerGroup(members).fit(
        data.train, epochs: 1, batchSize: 40, options: FitOptions(chunksPerEpoch: 3),
        callbacks: { _ in [.onChunkEnd { if $0.steps == 2 { throw Refused() } }] })
    }
    #expect(members.map(\.step) == [2, 2] && members.map(\.epoch) == [0, 0])
    #expect(try zip(members, states).allSatisfy { try $0.state.bytes() != $1 })
  }
}
