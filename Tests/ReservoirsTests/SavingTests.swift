import Checkpoints
import Foundation
import Reservoirs
import TestSupport
import Testing

/// Networks that are saved and loaded go on as if nothing had happened.
@Suite(.tags(.engine, .slow)) struct SavingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func wave(_ count: Int, channels: Int = 1, dtype: DType = .float64) throws -> Tensor {
    let values: [Double] = (0..<count * channels).map { place -> Double in
      let step = Double(place / channels)
      return sin(0.2 * step) + 0.1 * sin(1.7 * Double(place))
    }
    return try Tensor(values, shape: [count, channels]).cast(to: dtype).evaluate()
  }

  private func network(_ dtype: DType, _ storage: Reservoir.Storage, feedback: Bool, draws: ReservoirDraws) throws
    -> EchoStateNetwork
  {
    var reservoir = Reservoir(units: 150, inputs: feedback ? 0 : 2, outputs: 2, feedback: feedback)
    (reservoir.dtype, reservoir.storage, reservoir.connectivity) = (dtype, storage, 0.08)
    (reservoir.scaling, reservoir.leakRate, reservoir.activationScale) = (.spectralRadius(0.8), 0.7, 0.75)
    (reservoir.noise, reservoir.noiseRange, reservoir.biasScale) = (1e-4, .centred, 0.1)
    return try EchoStateNetwork(reservoir, draws: draws)
  }

  /// Bit for bit: states of further steps with their noise, predictions, generation, and what is learned anew.
  @Test(
    arguments: [
      (.float64, .sparse, true, .keyed(seed: 7)), (.float64, .dense, false, .numPy(seed: 3)),
      (.float32, .sparse, false, .keyed(seed: 7)), (.float32, .dense, true, .numPy(seed: 3)),
    ] as [(DType, Reservoir.Storage, Bool, ReservoirDraws)])
  func goesOnBitForBit(_ dtype: DType, _ storage: Reservoir.Storage, _ feedback: Bool, _ draws: ReservoirDraws) throws {
    var saved = try network(dtype, storage, feedback: feedback, draws: draws)
    let series = try wave(801, channels: 2, dtype: dtype)
    let (first, second) = (series.slice(0..<401), series.slice(400..<801))
    func drive(_ network: inout EchoStateNetwork, _ part: Tensor) throws -> HostArray {
      try network.drive(inputs: feedback ? nil : part, teacher: feedback ? part : nil).hostArray()
    }
    func fit(_ network: inout EchoStateNetwork, _ part: Tensor, _ rule: any ReadoutRule) throws -> HostArray {
      try network.fit(inputs: feedback ? nil : part, teacher: part, washout: 50, readout: rule).outputs.hostArray()
    }
    _ = try fit(&saved, first, CholeskyReadout(lambda: 0.1))
    try saved.save(to: folder("network.safetensors"))
    var loaded = try EchoStateNetwork(contentsOf: folder("network.safetensors"))
    #expect(loaded.reservoir == saved.reservoir && loaded.weights == saved.weights)
    #expect(try loaded.readout?.hostArray() == saved.readout?.hostArray())
    if feedback {
      #expect(try loaded.generate(steps: 60).hostArray() == saved.generate(steps: 60).hostArray())
    } else {
      #expect(try loaded.predict(inputs: second).hostArray() == saved.predict(inputs: second).hostArray())
    }
    #expect(try drive(&loaded, second) == drive(&saved, second))
    let rule = RecursiveLeastSquares(lambda: 1)
    #expect(try fit(&loaded, second, rule) == fit(&saved, second, rule))
    #expect(try loaded.output.hostArray() == saved.output.hostArray())
    // The same file again.
    let before = try EchoStateNetwork(contentsOf: folder("network.safetensors"))
    try before.save(to: folder("again.safetensors"))
    #expect(try folder.bytes("again.safetensors") == folder.bytes("network.safetensors"))
  }

  @Test func severalSequencesAndNetworksWithoutReadouts() throws {
    var saved = try network(.float64, .automatic, feedback: true, draws: .keyed(seed: 1))
    let batch = try wave(90, channels: 2).reshape(to: [3, 30, 2])
    try saved.drive(teacher: batch)
    try saved.save(to: folder("three.safetensors"))
    var loaded = try EchoStateNetwork(contentsOf: folder("three.safetensors"))
    #expect(loaded.readout == nil && loaded.state.shape == [3, 150])
    #expect(throws: ReservoirError.notFitted) { try loaded.generate(steps: 2) }
    #expect(try loaded.output.hostArray() == saved.output.hostArray())
    #expect(try loaded.drive(teacher: batch).hostArray() == saved.drive(teacher: batch).hostArray())
    var ensemble = try ReservoirEnsemble(.init(units: 40, feedback: true), seeds: 0..<2)
    try ensemble.fit(teacher: wave(200), washout: 20)
    let member = ensemble[1]
    try member.save(to: folder("member.safetensors"))
    var (one, other) = (member, try EchoStateNetwork(contentsOf: folder("member.safetensors")))
    #expect(try one.generate(steps: 20).hostArray() == other.generate(steps: 20).hostArray())
  }

  @Test func whatIsNoNetworkIsAnError() throws {
    var network = try network(.float64, .sparse, feedback: true, draws: .numPy(seed: 0))
    try network.fit(teacher: wave(200, channels: 2), washout: 20)
    let arrays = try network.arrays()
    #expect(try EchoStateNetwork(arrays: arrays).reservoir == network.reservoir)
    for name in ["description", "recurrent/values", "recurrent/columns", "state", "output", "feedback", "input"] {
      var changed = arrays
      changed[name] = arrays[name] == nil ? arrays["state"] : nil
      #expect(throws: ReservoirError.self, "\(name)") { try EchoStateNetwork(arrays: changed) }
    }
    for name in ["readout", "state", "output", "bias", "recurrent/values", "description"] {
      var changed = arrays
      changed[name] = try HostArray([Float](repeating: 1, count: 7))
      #expect(throws: ReservoirError.self, "\(name)") { try EchoStateNetwork(arrays: changed) }
    }
    var changed = arrays
    let columns: [Int32] = try #require(arrays["recurrent/columns"]).values()
    changed["recurrent/columns"] = try HostArray(
      columns.map { $0 == 3 ? 150 : $0 }, shape: arrays["recurrent/columns"]?.shape)
    #expect(throws: ReservoirError.self) { try EchoStateNetwork(arrays: changed) }
    // A generator's position beyond its words would be read from beyond its memory.
    let text = String(decoding: try #require(arrays["description"]).bytes, as: UTF8.self)
    for (old, new) in [
      ("\"position\":", "\"position\":99"), ("\"units\":150", "\"units\":-150"), ("\"version\":1", "\"version\":2"),
      ("\"leakRate\":0.7", "\"leakRate\":7"),
    ] {
      #expect(text.contains(old))
      changed = arrays
      changed["description"] = try HostArray(Array(text.replacing(old, with: new).utf8))
      #expect(throws: ReservoirError.self, "\(new)") { try EchoStateNetwork(arrays: changed) }
    }
    try Safetensors(["dense1/kernel": HostArray([Float(1)])]).write(to: folder("other.safetensors"))
    let error = #expect(throws: ReservoirError.self) {
      try EchoStateNetwork(contentsOf: folder("other.safetensors"))
    }
    #expect("\(try #require(error))".contains("other.safetensors: there is no array 'description'"))
    #expect(throws: SafetensorsError.self) { try EchoStateNetwork(contentsOf: folder("absent.safetensors")) }
  }

  /// A network that predicts its input's next value goes on by itself, as it would with its outputs given by hand.
  @Test func closingTheLoopFeedsOutputsIn() throws {
    var network = try EchoStateNetwork(Reservoir(units: 80, inputs: 1))
    let series = try wave(601)
    try network.fit(inputs: series.slice(0..<600), teacher: series.slice(1..<601), washout: 50)
    var (closed, open) = (try network.closingLoop(), network)
    let generated: [Double] = try closed.generate(steps: 30).values()
    var (value, byHand): (Tensor, [Double]) = (network.output, [])
    for _ in 0..<30 {
      value = try open.predict(inputs: value)
      byHand.append(try value.scalar())
    }
    #expect(zip(generated, byHand).allSatisfy { abs($0 - $1) < 1e-6 })
    let fed = try EchoStateNetwork(Reservoir(units: 5, feedback: true))
    #expect(throws: ReservoirError.openLoop(inputs: 0, outputs: 1)) { try fed.closingLoop() }
    let other = try EchoStateNetwork(Reservoir(units: 5, inputs: 2))
    #expect(throws: ReservoirError.openLoop(inputs: 2, outputs: 1)) { try other.closingLoop() }
  }
}
