import PJRT
import TestSupport
import Testing

@testable import Training

/// Trainers of a group on several devices, against each alone.
@Suite(.tags(.engine, .slow)) struct SpreadGroupTests {
  @Test(arguments: [(members: 3, available: 4, used: 3), (4, 3, 2), (6, 4, 3), (5, 4, 1), (1, 8, 1), (8, 2, 2)])
  func asManyDevicesAsDivideTheMembers(_ row: (members: Int, available: Int, used: Int)) {
    let spread = MemberSpread(row.members, over: row.available)
    #expect(spread.devices == row.used)
    #expect(spread.share * spread.devices == row.members)
  }

  /// Six trainers on three devices, which differ in seeds and learning rates, in parts of an epoch.
  @Test(arguments: [false, true]) func membersEndAsTheyWouldAlone(_ estimates: Bool) throws {
    let data = try DataParallelTests.digits.get()
    func trainer(_ index: Int, devices: Int) throws -> Trainer {
      let method = DataParallelTests.method(Momentum(learningRate: 0.02 + 0.01 * Double(index))) {
        if estimates { $0.averaging = ExponentialAverage(decay: 0.5, statistics: .estimated) }
      }
      let model = Sequential {
        Flatten(); Dense(12); BatchNorm(); ReLU(); Dropout(0.2); Dense(10)
      }
      return try Trainer(
        model: model, method: method, inputs: data.train.inputs, precision: .float64, seed: UInt64(index),
        devices: devices)
    }
    let options = FitOptions(
      partialBatch: .pad, evaluatesBeforeTraining: true, chunksPerEpoch: 2, evaluationBatch: 40)
    try Engines.eightDevices.get().asShared {
      let (train, test) = (try ResidentData(data.train), try ResidentData(data.test))
      let together = try (0..<6).map { try trainer($0, devices: 4) }
      let histories = try TrainerGroup(together).fit(
        train, epochs: 2, batchSize: 30, validation: test, options: options)
      for (index, member) in together.enumerated() where index % 2 == 1 {
        let alone = try trainer(index, devices: 1)
        let history = try alone.fit(train, epochs: 2, batchSize: 30, validation: test, options: options)
        #expect(try distance(member.state.tree.doubles(), alone.state.tree.doubles()) < 1e-11)
        for (found, expected) in zip(histories[index].metrics, history.metrics) {
          #expect(found.keys == expected.keys)
          for (name, value) in expected { #expect(scaledDistance([found[name] ?? .nan], [value]) < 1e-11, "\(name)") }
        }
      }
    }
  }

  /// A batch that a single trainer's devices couldn't share is none that a group's share.
  @Test func eachDeviceHasWholeBatches() throws {
    let data = try DataParallelTests.digits.get()
    try Engines.eightDevices.get().asShared {
      let trainers = try (0..<2).map {
        try Trainer(
          model: DataParallelTests.mlp, method: DataParallelTests.method(), inputs: data.train.inputs, seed: UInt64($0),
          devices: 2)
      }
      let histories = try TrainerGroup(trainers).fit(data.train, epochs: 1, batchSize: 45)
      #expect(histories.count == 2)
      #expect(histories[0].metrics != histories[1].metrics)
    }
  }
}
