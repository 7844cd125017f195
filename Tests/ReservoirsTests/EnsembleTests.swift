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

  /// A grid over penalties and seeds: what differs by the penalty alone is driven once, until it runs freely.
  @Test(arguments: [
    [1e-6, 1e-4, 1e-2].map { CholeskyReadout(lambda: $0) } as [any ReadoutRule],
    [1e-6, 1e-4].map { QRReadout(lambda: $0) }, [1e-5, 1e-3].map { PseudoInverseReadout(lambda: $0) },
    [1e-6, 1e-4].map { RidgeRegression(lambda: $0) }, [CrossValidatedReadout(lambdas: [1e-8, 1e-4, 1], folds: 3)],
    [CholeskyReadout(lambda: 1e-5), QRReadout(lambda: 1e-4), RecursiveLeastSquares(lambda: 1e-3)],
    [CholeskyReadout(lambda: 1e-5), CholeskyReadout(lambda: 1e-5, penalizesBias: false), QRReadout(lambda: 1e-4)],
  ])
  func penaltiesShareTheDriving(rules: [any ReadoutRule]) throws {
    // Of the second network there is one member only.
    let seeds = rules.indices.map { _ in 3 } + [5]
    let all = rules + [rules[0]]
    let networks = try seeds.map { try EchoStateNetwork(reservoir(), draws: .keyed(seed: UInt64($0))) }
    var ensemble = try ReservoirEnsemble(networks)
    #expect(ensemble.drives.members == [Array(rules.indices), [rules.count]])
    let fits = try ensemble.fit(teacher: signal, washout: 50, readouts: all)
    let again = signal.slice(100..<200)
    let predicted = try ensemble.predict(teacher: again)
    let free = try ensemble.generate(steps: 40)
    let afterwards = try ensemble.predict(teacher: again)
    #expect(ensemble.drives.count == ensemble.count)
    try ensemble.reset()
    // What learned step by step has drawn its noise in other portions.
    #expect(ensemble.drives.count == (rules.contains { $0 is RecursiveLeastSquares } ? ensemble.count : 2))
    let fromRest = try ensemble.drive(teacher: again)
    for (index, network) in networks.enumerated() {
      var alone = network
      let fit = try alone.fit(teacher: signal, washout: 50, readout: all[index])
      #expect(fits[index].lambda == fit.lambda)
      #expect(abs(fits[index].nrmse - fit.nrmse) < 1e-9)
      #expect(try distance(fits[index].outputs, fit.outputs) < 1e-8)
      let distances = [
        try distance(predicted[index], alone.predict(teacher: again)),
        try distance(free[index], alone.generate(steps: 40)),
        try distance(afterwards[index], alone.predict(teacher: again)),
      ]
      #expect(distances.allSatisfy { $0 < 1e-7 }, "\(index): \(distances)")
      try alone.reset()
      #expect(try distance(fromRest[index], alone.drive(teacher: again)) < 1e-9)
      #expect(try distance(ensemble[index].output, alone.output) < 1e-9)
    }
  }

  /// Networks of which some share their members' driving: 0, 1, 0, 2, 1, 0.
  @Test func membersOfNetworks() throws {
    let drives = SharedDrives([0, 1, 0, 2, 1, 0])
    #expect(drives.count == 3 && drives.width == 3)
    #expect(drives.row(1) == [1, 4, 4])
    let members = Tensor([10, 11, 12, 13, 14, 15].map(Float.init), shape: [6, 1])
    func values(_ tensor: Tensor) throws -> [Float] { try tensor.values() }
    #expect(try values(drives.common(members)) == [10, 11, 13])
    let rows = drives.rows(members)
    #expect(rows.shape == [3, 3, 1])
    #expect(try values(rows) == [10, 12, 15, 11, 14, 14, 13, 13, 13])
    #expect(try values(drives.spread(rows: rows)) == [10, 11, 12, 13, 14, 15])
    #expect(try values(drives.spread(drives.common(members))) == [10, 11, 10, 13, 11, 10])
    let separate = SharedDrives.separate(6)
    #expect(try values(separate.spread(rows: separate.rows(members))) == [10, 11, 12, 13, 14, 15])
  }

  /// Classifiers side by side are those that each network gets alone.
  @Test func classifiersAreWhatTheyAreAlone() throws {
    var waves: [Double] = []
    for wave in 0..<12 {
      for frame in 0..<20 {
        let isPresent = frame < 12 + wave % 5
        waves += isPresent ? [sin(Double(frame) * (wave % 2 == 0 ? 0.3 : 1.2) + Double(wave)), 1] : [0, 0]
      }
    }
    let sequences = Tensor(waves, shape: [12, 20, 2])
    let labels = Tensor((0..<12).map { Int32($0 % 2) }, shape: [12])
    let lambdas = [1e-4, 1e-1]
    let networks = try [1, 1, 2].map {
      try EchoStateNetwork(Reservoir(units: 20, inputs: 2, outputs: 2), draws: .keyed(seed: $0))
    }
    for rules in [
      [CholeskyReadout(lambda: lambdas[0]), CholeskyReadout(lambda: lambdas[1]), CholeskyReadout(lambda: lambdas[1])],
      [RidgeRegression(lambda: lambdas[0]), PseudoInverseReadout(lambda: lambdas[1]), QRReadout(lambda: lambdas[0])],
    ] as [[any ReadoutRule]] {
      var ensemble = try ReservoirEnsemble(networks)
      // One network at a time.
      ensemble.memory = 1
      let all = try EnsembleClassifiers(
        ensemble, parts: 2, to: sequences, labels: labels, classes: 2, readouts: rules)
      #expect(all.features.shape == [3, 12, 40])
      let classes = try all.classes(of: sequences)
      for index in 0..<3 {
        let (alone, features) = try EchoStateClassifier.fit(
          networks[index], parts: 2, to: sequences, labels: labels, classes: 2, readout: rules[index])
        #expect(try distance(all.features[index], features) < 1e-12)
        #expect(try distance(all.classifiers[index].readout, alone.readout) < 1e-9)
        #expect(try classes[index] == alone.classes(of: sequences))
      }
    }
    let short = try ReservoirEnsemble(networks)
    #expect(throws: ReservoirError.readouts(count: 1, networks: 3)) {
      try EnsembleClassifiers(short, to: sequences, labels: labels, classes: 2, readouts: [QRReadout()])
    }
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
    #expect(throws: ReservoirError.readouts(count: 1, networks: 2)) {
      try silent.fit(teacher: flat, readouts: [QRReadout(lambda: 1)])
    }
    #expect(throws: ReservoirError.folds(count: 5, steps: 9)) {
      try silent.fit(teacher: flat.slice(0..<10), readout: CrossValidatedReadout())
    }
    #expect(throws: ReservoirError.singular(penalty: 0, dtype: "float64")) {
      try silent.reset()
      try silent.fit(teacher: flat * 0, readouts: [1e-3, 0].map { CholeskyReadout(lambda: $0) })
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
