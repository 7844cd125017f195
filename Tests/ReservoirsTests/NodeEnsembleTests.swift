import Foundation
import Reservoirs
import TestSupport
import Testing

/// Networks of nodes side by side in one program are what they are alone.
@Suite(.tags(.engine, .slow)) struct NodeEnsembleTests {
  static let wave = Tensor((0...160).flatMap { [sin(0.3 * Double($0)), cos(0.2 * Double($0))] }, shape: [161, 2])
  private static let graphs = [
    "[input, reservoir(units: 20), READOUT]",
    "[input, reservoir(units: 12, storage: dense), reservoir(units: 8), node(READOUT, reads: [reservoir1, reservoir2])]",
    "[input, [reservoir(units: 12, biasScale: 0.2, noise: 0.001), nvar(delays: 2)], node(READOUT, adds: input)]",
    "[input, [reservoir(units: 12, unit: orthogonal), delay(steps: 2)], tanh, READOUT]",
    "[node(reservoir(units: 20), as: a, feedback: [out], reads: []), node(READOUT, as: out)]",
    "[input, localReservoirs(units: 12, patches: 2, overlap: 0), READOUT]",
  ]

  private static func networks(_ text: String, _ dtype: DType) throws -> [NodeNetwork] {
    let graph = try NodeGraph(parsing: text)
    return try (0..<3).map {
      try NodeNetwork(
        graph, inputs: graph.hasInput ? 2 : 0, outputs: 2, draws: .keyed(seed: UInt64($0)), dtype: dtype)
    }
  }

  /// Every readout of one graph, and every graph with a readout that is solved and one that learns online.
  private static let rows: [(String, String)] =
    [
      "qr(lambda: 0.001)", "ridge(lambda: 0.001)", "crossValidated(lambdas: [0.001, 0.01], folds: 2)", "force",
    ].map { (graphs[2], $0) }
    + graphs.flatMap { graph in
      ["cholesky(lambda: 0.001)", "recursiveLeastSquares(lambda: 0.01)"].map { (graph, $0) }
    }

  @Test(arguments: rows) func membersAreWhatTheyAreAlone(_ graph: String, _ readout: String) throws {
    var singles = try Self.networks(graph.replacing("READOUT", with: readout), .float64)
    var ensemble = try NodeEnsemble(singles)
    let isDriven = ensemble[0].inputs > 0
    let (x, y) = (Self.wave.slice(0..<100), Self.wave.slice(1..<101))
    let fits = try ensemble.fit(inputs: isDriven ? x : nil, teacher: y, washout: 10)
    let rest = Self.wave.slice(101..<161)
    let predicted = try ensemble.predict(inputs: isDriven ? rest : nil, teacher: isDriven ? nil : rest)
    let generated = try ensemble.generate(steps: 6)
    #expect(predicted.shape == [3, 60, 2] && generated.shape == [3, 6, 2])
    for index in singles.indices {
      let alone = try #require(
        try singles[index].fit(inputs: isDriven ? x : nil, teacher: y, washout: 10).values.last)
      let own = try #require(fits[index].values.last)
      #expect(abs(own.nrmse - alone.nrmse) < 1e-9 && own.lambda == alone.lambda)
      #expect(try distance(own.outputs, alone.outputs) < 1e-8)
      let single = try singles[index].predict(inputs: isDriven ? rest : nil, teacher: isDriven ? nil : rest)
      #expect(try distance(predicted[index], single) < 1e-8)
      #expect(try distance(generated[index], singles[index].generate(steps: 6)) < 1e-6)
      // A member goes on by itself.
      var member = ensemble[index]
      #expect(try distance(member.generate(steps: 3), singles[index].generate(steps: 3)) < 1e-5)
    }
    // Several series, from rest, in chunks of one member.
    var chunked = ensemble
    chunked.memory = 1
    let starts = Tensor.stack([Self.wave.slice(0..<50), Self.wave.slice(60..<110)])
    let forecasts = try chunked.forecast(steps: 5, after: starts)
    #expect(forecasts.shape == [3, 2, 5, 2])
    guard !graph.contains("noise") else { return }
    for index in singles.indices {
      #expect(try distance(forecasts[index], singles[index].forecast(steps: 5, after: starts)) < 1e-6)
    }
    try chunked.reset()
    #expect(try chunked.fit(inputs: isDriven ? x : nil, teacher: y, washout: 10).count == 3)
    var (member, alone) = (chunked[1], try fitted(singles[1], isDriven))
    #expect(try distance(member.generate(steps: 4), alone.generate(steps: 4)) < 1e-6)
  }

  private func fitted(_ network: NodeNetwork, _ isDriven: Bool) throws -> NodeNetwork {
    var network = network
    try network.reset()
    try network.fit(
      inputs: isDriven ? Self.wave.slice(0..<100) : nil, teacher: Self.wave.slice(1..<101), washout: 10)
    return network
  }

  /// In single precision, and numbers and penalties of their own.
  @Test(arguments: [DType.float64, .float32]) func gridsAreInOneProgram(_ dtype: DType) throws {
    let gains = [0.4, 0.8, 1.1]
    let singles = try gains.map { gain in
      let graph = try NodeGraph(
        parsing: "[input, reservoir(units: 30, gain: \(gain), leak: \(gain / 2)), cholesky(lambda: \(gain / 100))]")
      return try NodeNetwork(graph, inputs: 2, outputs: 2, dtype: dtype)
    }
    var ensemble = try NodeEnsemble(singles)
    let fits = try ensemble.fit(inputs: Self.wave.slice(0..<100), teacher: Self.wave.slice(1..<101), washout: 10)
    for (index, network) in singles.enumerated() {
      let (own, alone) = (try #require(fits[index]["cholesky"]), try fitted(network, true))
      #expect(abs(own.lambda - gains[index] / 100) < 1e-12)
      let (a, b) = (
        try #require(ensemble[index].readout("cholesky")), try #require(alone.readout("cholesky"))
      )
      #expect(try distance(a, b) < (dtype == .float64 ? 1e-8 : 1e-3), "\(gains[index])")
    }
  }

  /// A grid over penalties: members that were drawn alike learn from one run, what they would alone, and go their own ways then.
  @Test(arguments: [DType.float64, .float32], ["cholesky", "qr", "ridge", "pinv"])
  func membersThatWereDrawnAlikeAreRunOnce(_ dtype: DType, _ readout: String) throws {
    let drawn = [(0, 1e-4), (1, 1e-2), (0, 1e-2), (0, 1e-1), (1, 1e-1)]
    func networks(_ noise: String = "") throws -> [NodeNetwork] {
      try drawn.map { seed, lambda in
        let graph = try NodeGraph(
          parsing:
            "[input, [reservoir(units: 20\(noise)), nvar(delays: 2)], node(\(readout)(lambda: \(lambda)), as: out)]")
        return try NodeNetwork(graph, inputs: 2, outputs: 2, draws: .keyed(seed: UInt64(seed)), dtype: dtype)
      }
    }
    let (x, y) = (Self.wave.slice(0..<100), Self.wave.slice(1..<101))
    let tolerance = dtype == .float64 ? 1e-8 : 5e-3
    for noise in ["", ", noise: 0.001"] {
      var (ensemble, singles) = (try NodeEnsemble(networks(noise)), try networks(noise))
      #expect(ensemble.runs == 2)
      for pass in 0..<2 {
        let fits = try ensemble.fit(inputs: x, teacher: y, washout: 10)
        let free = try ensemble.generate(steps: 4)
        #expect(ensemble.runs == 5)
        for index in singles.indices {
          let alone = try #require(try singles[index].fit(inputs: x, teacher: y, washout: 10)["out"])
          let own = try #require(fits[index]["out"])
          #expect(own.lambda == drawn[index].1 && abs(own.nrmse - alone.nrmse) < tolerance, "\(pass) \(index)")
          #expect(try distance(own.outputs, alone.outputs) < tolerance)
          #expect(try distance(free[index], singles[index].generate(steps: 4)) < tolerance * 100, "\(pass) \(index)")
          try singles[index].reset()
        }
        try ensemble.reset()
        #expect(ensemble.runs == 2)
      }
    }
  }

  /// Models of other kinds are no ensemble: none is left out.
  @Test func onlyModelsOfOneKindAreAnEnsemble() throws {
    let nodes = try NodeNetwork(Input() >>> Reservoir(units: 4) >>> RidgeRegression(), inputs: 2, outputs: 2)
    let echo = try EchoStateNetwork(Reservoir(units: 4, inputs: 2, outputs: 2))
    let nvar = try NVAR(DelayFeatures(channels: 2))
    let (all, others): ([any SeriesModel], [[any SeriesModel]]) = (
      [nodes, nodes], [[nodes, echo], [nvar], [nodes, nvar]]
    )
    #expect(try all.ensemble().models.count == 2)
    #expect(try ([echo, echo] as [any SeriesModel]).ensemble() is ReservoirEnsemble)
    for models in others {
      let error = #expect(throws: ReservoirError.self) { try models.ensemble() }
      #expect(
        "\(try #require(error))".contains(models.contains { $0 is NVAR } ? "NVAR" : "EchoStateNetwork, NodeNetwork"))
    }
  }

  @Test func whatDiffersIsAnError() throws {
    func network(_ text: String, dtype: DType = .float64) throws -> NodeNetwork {
      try NodeNetwork(NodeGraph(parsing: text), inputs: 2, outputs: 2, dtype: dtype)
    }
    let one = try network("[input, reservoir(units: 5), nvar(delays: 2), ridge]")
    #expect(throws: ReservoirError.differentMembers("there are none")) { try NodeEnsemble([]) }
    for other in [
      "[input, reservoir(units: 6), nvar(delays: 2), ridge]",
      "[input, reservoir(units: 5), nvar(delays: 2, stride: 2), ridge]", "[input, reservoir(units: 5), ridge]",
      "[input, reservoir(units: 5, unit: spiking), nvar(delays: 2), ridge]",
      "[input, reservoir(units: 5, storage: dense), nvar(delays: 2), ridge]",
      "[input, reservoir(units: 5), nvar(delays: 2), node(ridge, adds: input)]",
    ] {
      #expect("\(other)") { try NodeEnsemble([one, network(other)]) } throws: {
        if case ReservoirError.differentMembers = $0 { true } else { false }
      }
    }
    #expect(throws: ReservoirError.self) {
      try NodeEnsemble([one, network("[input, reservoir(units: 5), nvar(delays: 2), ridge]", dtype: .float32)])
    }
    // Readouts may have other rules, if they have one name.
    let named = "[input, reservoir(units: 5), nvar(delays: 2), node(READOUT, as: out)]"
    var ensemble = try NodeEnsemble(
      ["ridge", "qr"].map { try network(named.replacing("READOUT", with: $0)) })
    #expect(throws: ReservoirError.notFitted) { try ensemble.generate(steps: 2) }
    #expect(try ensemble.fit(inputs: Self.wave, teacher: Self.wave, washout: 10).count == 2)
    #expect(throws: ReservoirError.missingInputs(count: 2)) { try ensemble.fit(teacher: Self.wave) }
    #expect(throws: ReservoirError.washout(steps: 161, length: 161)) {
      try ensemble.fit(inputs: Self.wave, teacher: Self.wave, washout: 161)
    }
  }
}
