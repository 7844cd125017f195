import Foundation
import TestSupport
import Testing

@testable import Reservoirs

/// Ensembles are their members, side by side.
@Suite(.tags(.engine)) struct EnsembleTests {
  private let signal = Tensor((0...300).map { sin(0.2 * Double($0)) }, shape: [301, 1])

  private func reservoir() -> Reservoir {
    var reservoir = Reservoir(units: 40, feedback: true)
    (reservoir.connectivity, reservoir.scaling, reservoir.noise) = (0.2, .gain(0.8), 1e-6)
    return reservoir
  }

  private func distance(_ one: Tensor, _ other: Tensor) throws -> Double {
    #expect(one.shape == other.shape)
    let (a, b): ([Double], [Double]) = (try one.values(), try other.values())
    return zip(a, b).map { ($0 - $1).magnitude }.max() ?? .infinity
  }

  @Test(arguments: [Reservoir.Storage.sparse, .dense])
  func membersAreWhatTheyAreAlone(storage: Reservoir.Storage) throws {
    var one = reservoir()
    one.storage = storage
    var ensemble = try ReservoirEnsemble(one, seeds: 0..<5)
    for rule in [CholeskyReadout(lambda: 1e-6), PseudoInverseReadout(lambda: 1e-6)] as [any ReadoutRule] {
      ensemble = try ReservoirEnsemble(one, seeds: 0..<5)
      // Two members at a time.
      if storage == .sparse { ensemble.memory = 2 * 300 * 40 * 8 }
      let fits = try ensemble.fit(teacher: signal, washout: 50, readout: rule)
      let free = try ensemble.generate(steps: 60)
      #expect(free.shape == [5, 60, 1] && fits.count == 5)
      for index in 0..<5 {
        var alone = try EchoStateNetwork(one, draws: .keyed(seed: UInt64(index)))
        let fit = try alone.fit(teacher: signal, washout: 50, readout: rule)
        #expect(try distance(fits[index].outputs, fit.outputs) < 1e-12)
        #expect(abs(fits[index].nrmse - fit.nrmse) < 1e-12)
        #expect(try distance(free[index], alone.generate(steps: 60)) < 1e-12)
        #expect(try distance(ensemble[index].state, alone.state) < 1e-12)
      }
    }
    // A member by itself goes on where the ensemble stands.
    var member = ensemble[3]
    let next = try ensemble.generate(steps: 10)
    #expect(try distance(next[3], member.generate(steps: 10)) < 1e-12)
  }

  @Test(arguments: [1, 3]) func predictionsAreWhatTheyAreAlone(sequences: Int) throws {
    var one = Reservoir(units: 30, inputs: 1)
    (one.connectivity, one.scaling, one.outputs) = (0.2, .gain(0.8), 2)
    let inputs = sequences == 1 ? signal : Tensor.stack((1...sequences).map { signal * Double($0) })
    let teacher = Tensor.concatenate([inputs, inputs * inputs], axis: sequences == 1 ? 1 : 2)
    var ensemble = try ReservoirEnsemble(one, seeds: 0..<3)
    #expect(throws: ReservoirError.notFitted) { try ensemble.predict(inputs: inputs) }
    try ensemble.fit(inputs: inputs, teacher: teacher, washout: 50, readout: CholeskyReadout(lambda: 1e-6))
    // Two members at a time.
    ensemble.memory = 2 * sequences * 301 * 30 * 8
    let found = try ensemble.predict(inputs: inputs)
    #expect(Array(found.shape) == [3] + Array(teacher.shape))
    for index in 0..<3 {
      var alone = try EchoStateNetwork(one, draws: .keyed(seed: UInt64(index)))
      try alone.fit(inputs: inputs, teacher: teacher, washout: 50, readout: CholeskyReadout(lambda: 1e-6))
      #expect(try distance(found[index], alone.predict(inputs: inputs)) < 1e-11)
    }
  }

  /// Members of an execution: as few rounds of the threads as can be, then few programs, then few executions.
  @Test(arguments: [
    (20, 20, 2, 20), (20, 6, 2, 4), (5, 2, 2, 2), (3, 8, 4, 3), (20, 1, 2, 1), (1, 1, 64, 1), (7, 3, 1, 1),
  ])
  func membersThatRunTogether(count: Int, limit: Int, threads: Int, expected: Int) {
    #expect(EnsembleChunks.size(of: count, atMost: limit, threads: threads) == expected)
  }

  /// A grid: members of other gains, leaks and connectivities, on several sequences at once.
  @Test func membersMayDiffer() throws {
    let networks = try [0.3, 0.9, 1.4].enumerated().map { index, gain in
      var reservoir = Reservoir(units: 30, inputs: 2)
      (reservoir.scaling, reservoir.connectivity) = (.gain(gain), 0.1 + 0.2 * Double(index))
      reservoir.leakRate = 1 - 0.3 * Double(index)
      (reservoir.biasScale, reservoir.storage) = (0.1, .sparse)
      return try EchoStateNetwork(reservoir, draws: .keyed(seed: 7))
    }
    var ensemble = try ReservoirEnsemble(networks)
    let inputs = Tensor((0..<160).map { sin(0.37 * Double($0)) }, shape: [2, 40, 2])
    let states = try ensemble.drive(inputs: inputs)
    #expect(states.shape == [3, 2, 40, 30])
    for (index, network) in networks.enumerated() {
      var alone = network
      #expect(try distance(states[index], alone.drive(inputs: inputs)) < 1e-12)
    }
  }

  @Test func mistakesAreErrors() throws {
    #expect(throws: ReservoirError.self) { try ReservoirEnsemble([]) }
    let networks = [
      try EchoStateNetwork(Reservoir(units: 10, inputs: 1)), try EchoStateNetwork(Reservoir(units: 11, inputs: 1)),
    ]
    #expect(throws: ReservoirError.differentMembers("'units' isn't the same in all")) {
      try ReservoirEnsemble(networks)
    }
    var ensemble = try ReservoirEnsemble(reservoir(), seeds: 0..<2)
    #expect(throws: ReservoirError.missingTeacher) { try ensemble.drive() }
    #expect(throws: ReservoirError.notFitted) { try ensemble.generate(steps: 5) }
    #expect(throws: ReservoirError.washout(steps: 300, length: 300)) { try ensemble.fit(teacher: signal, washout: 300) }
    let flat = Tensor.ones([50, 1], dtype: .float64)
    // Without noise a teacher of zeros leaves all states zero.
    var quiet = reservoir()
    quiet.noise = 0
    var silent = try ReservoirEnsemble(quiet, seeds: 0..<2)
    #expect(throws: ReservoirError.singular(penalty: 0, dtype: "float64")) {
      try silent.fit(teacher: flat * 0, readout: QRReadout(lambda: 0))
    }
    try ensemble.drive(teacher: flat)
    #expect(throws: ReservoirError.self) { try ensemble.drive(teacher: Tensor.ones([2, 5, 1], dtype: .float64)) }
  }

  /// A regression on sums over stretches is the one on the whole series.
  @Test func stretchesAddUp() throws {
    var whole = try EchoStateNetwork(reservoir(), draws: .keyed(seed: 1))
    var parts = whole
    let fit = try whole.fit(teacher: signal, washout: 50, readout: CholeskyReadout(lambda: 1e-4))
    var sums = ReadoutSums()
    #expect(throws: ReservoirError.self) { try parts.fit(sums) }
    // Noise is drawn call by call; without it both see the same states.
    var quiet = reservoir()
    quiet.noise = 0
    whole = try EchoStateNetwork(quiet, draws: .keyed(seed: 1))
    parts = whole
    let wanted = try whole.fit(teacher: signal, washout: 50, readout: CholeskyReadout(lambda: 1e-4))
    try parts.accumulate(teacher: signal.slice(0..<101), washout: 50, into: &sums)
    try parts.accumulate(teacher: signal.slice(100..<221), into: &sums)
    try parts.accumulate(teacher: signal.slice(220..<301), into: &sums)
    #expect(sums.steps == 250)
    let nrmse = try parts.fit(sums, readout: CholeskyReadout(lambda: 1e-4))
    #expect(abs(nrmse - wanted.nrmse) < 1e-6 && abs(fit.nrmse - wanted.nrmse) < 1e-3)
    let (a, b) = (try #require(parts.readout), try #require(whole.readout))
    #expect(try distance(a, b) < 1e-8)
    #expect(try distance(parts.generate(steps: 20), whole.generate(steps: 20)) < 1e-8)
    var other = try EchoStateNetwork(Reservoir(units: 41, feedback: true))
    #expect(throws: ReservoirError.self) { try other.accumulate(teacher: signal, into: &sums) }
    #expect(throws: ReservoirError.self) { try other.fit(sums) }
  }
}
