import PJRT
import Synchronization
import TestSupport
import Testing

@testable import Training

/// What is refused on an engine that spans processes. The other process has left its name in the store before.
@Suite(.tags(.process)) struct ProcessTrainingTests {
  private final class Store: KeyValueStore {
    let values = Mutex<[String: [UInt8]]>(["local/1": Array("process1".utf8)])

    func put(_ key: String, _ value: [UInt8]) throws(RendezvousError) { values.withLock { $0[key] = value } }

    func value(of key: String) throws(RendezvousError) -> [UInt8]? { values.withLock { $0[key] } }
  }

  private struct Meeting: Rendezvous {
    let processCount = 2
    let processID = 0
    let store = Store()

    func join() throws(RendezvousError) -> any KeyValueStore { store }
  }

  @Test(.enabled(if: MeetingPlugin.canBeBuilt, "needs cc")) func stateIsShardedInOneProcessOnly() throws {
    let folder = try TemporaryFolder()
    let engine = try Engine(device: MeetingPlugin.build(in: folder), processes: Meeting())
    #expect(engine.devices == 2 && engine.localDevices == 1 && engine.programCache == nil)
    // A program on all devices has one here; one on a single device is this process's own.
    #expect(engine.localCount(of: 2) == 1 && engine.localCount(of: 1) == 1)
    func trainer(_ devices: Int, _ layout: OptimizerStateLayout) throws -> Trainer {
      try engine.asShared {
        try Trainer(
          model: Dense(2), method: Method(loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1)),
          inputs: TensorType(.float32, [1, 3]), devices: devices, optimizerState: layout)
      }
    }
    #expect(throws: TrainingError.shardedProcesses) { try trainer(2, .sharded) }
    #expect(throws: TrainingError.tooFewDevices(wanted: 3, found: 2)) { try trainer(3, .replicated) }
    #expect(throws: TrainingError.groupOfProcesses) {
      let (group, data) = try Self.group(devices: 2)
      _ = try engine.asShared { try group.fit(data, epochs: 1, batchSize: 2) }
    }
    // What isn't refused goes to the plugin, which computes nothing.
    #expect(throws: EngineError.self) { try trainer(2, .replicated) }
  }

  /// Two trainers of another engine, which can compute.
  private static func group(devices: Int) throws -> (TrainerGroup, ResidentData) {
    try Engines.eightDevices.get().asShared {
      let data = try DataParallelTests.digits.get()
      let trainers = try (0..<2).map {
        try Trainer(
          model: DataParallelTests.mlp, method: DataParallelTests.method(), inputs: data.train.inputs, seed: UInt64($0),
          devices: devices)
      }
      return (try TrainerGroup(trainers), try ResidentData(data.train))
    }
  }
}
