import Datasets
import Foundation
import Reservoirs
import TestSupport
import Testing

/// Every model learns a series with every readout, goes on with it, is saved and loaded, by the same calls.
@Suite(.tags(.engine, .slow)) struct SeriesModelTests {
  private static let wave = NodeEnsembleTests.wave
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let models = ["network", "feedback", "nvar", "nodes", "fed", "local"]

  private static func model(_ kind: String, _ dtype: DType) throws -> any SeriesModel {
    var reservoir = Reservoir(units: 20, inputs: 2, outputs: 2)
    (reservoir.dtype, reservoir.biasScale) = (dtype, 0.2)
    switch kind {
    case "network": return try EchoStateNetwork(reservoir)
    case "feedback":
      (reservoir.inputs, reservoir.feedback) = (0, true)
      return try EchoStateNetwork(reservoir)
    case "nvar": return try NVAR(DelayFeatures(channels: 2, delays: 3), dtype: dtype)
    case "local": return try LocalReservoirs(reservoir, points: 2, patches: 2, overlap: 0)
    case "fed":
      let (node, readout) = (Node(ReservoirNode(reservoir)), Node(RidgeRegression()))
      return try NodeNetwork(
        (node >>> readout).feedingBack(readout, to: node), inputs: 0, outputs: 2, dtype: dtype)
    default:
      return try NodeNetwork(
        Input() >>> [reservoir, Reservoir(units: 10)] >>> RidgeRegression(), inputs: 2, outputs: 2, dtype: dtype)
    }
  }

  private func loaded(_ model: any SeriesModel) throws -> any SeriesModel {
    let path = folder("model.safetensors")
    try model.save(to: path)
    switch model {
    case is EchoStateNetwork: return try EchoStateNetwork(contentsOf: path)
    case is NVAR: return try NVAR(contentsOf: path)
    default: return try NodeNetwork(contentsOf: path)
    }
  }

  @Test(arguments: models, [DType.float64, .float32]) func everyModelTakesEveryReadout(_ kind: String, _ dtype: DType)
    throws
  {
    let readouts: [any ReadoutRule] = [
      RidgeRegression(lambda: 1e-3), CholeskyReadout(lambda: 1e-3), QRReadout(lambda: 1e-3),
      PseudoInverseReadout(lambda: 1e-3), CrossValidatedReadout(lambdas: [1e-3, 1e-2], folds: 2),
      PerOutputReadout(lambdas: [1e-3, 1e-2]), RecursiveLeastSquares(), LeastMeanSquares(), FORCE(),
    ]
    #expect(readouts.count == Registry<any ReadoutRule>.all.names.count - 2)
    for readout in readouts {
      // One readout of all patches has one output each.
      if kind == "local", readout is PerOutputReadout || readout is FORCE { continue }
      var model = try Self.model(kind, dtype)
      let learn = {
        try model.learn(Self.wave.slice(0..<100), targets: Self.wave.slice(1..<101), washout: 10, readout: readout)
      }
      // What feeds nothing back has nothing of its own to learn by.
      if readout is FORCE, kind == "network" {
        #expect(throws: ReservoirError.noOutputFedBack) { try learn() }
        continue
      }
      let fit = try learn()
      #expect(fit.outputs.shape == [kind == "fed" ? 91 : 90, 2], "\(kind) \(readout)")
      var same = try loaded(model)
      #expect(same.dtype == dtype && same.outputs == 2 && same.feedsItself == ["feedback", "fed"].contains(kind))
      #expect(try model.goOn(steps: 5).hostArray() == same.goOn(steps: 5).hostArray(), "\(kind) \(readout)")
      let after = Tensor.stack([Self.wave.slice(101..<131), Self.wave.slice(131..<161)])
      let (one, other) = (try model.forecast(steps: 4, after: after), try same.forecast(steps: 4, after: after))
      #expect(one.shape == [2, 4, 2] && one.dtype == dtype)
      #expect(try one.hostArray() == other.hostArray(), "\(kind) \(readout)")
      // Ridge regression has learned the waves.
      if readout is RidgeRegression, dtype == .float64 {
        let ahead: [Double] = try model.forecast(steps: 1, after: Self.wave.slice(101..<160)).values()
        #expect(try distance(ahead, Self.wave[160].values()) < (model.feedsItself ? 0.15 : 0.05), "\(kind) \(ahead)")
      }
      // From rest it follows a series as what was loaded does.
      try model.rest()
      try same.rest()
      let series = Self.wave.slice(101..<161)
      #expect(try model.follow(series).hostArray() == same.follow(series).hostArray(), "\(kind) \(readout)")
      if readout is CholeskyReadout {
        if kind == "network" {
          #expect(throws: ReservoirError.noFeedback) { try model.lyapunovExponents(2, steps: 20, skipped: 5) }
        } else {
          #expect(try model.lyapunovExponents(2, steps: 20, skipped: 5).count == 2)
        }
        // As an ensemble of one.
        var single: any SeriesEnsemble = SingleModel(try Self.model(kind, dtype))
        let own = try single.learn(
          Self.wave.slice(0..<100), targets: Self.wave.slice(1..<101), washout: 10, readouts: [readout])
        #expect(own[0].nrmse == fit.nrmse)
        #expect(try single.forecast(steps: 4, after: after)[0].hostArray() == one.hostArray())
        #expect(single.models.count == 1)
        #expect(throws: ReservoirError.readouts(count: 2, networks: 1)) {
          try single.learn(series, targets: series, washout: 0, readouts: [readout, readout])
        }
      }
    }
  }

  /// Models drawn from several seeds go on together as alone.
  @Test(arguments: [true, false], [true, false]) func ensemblesAreTheirMembers(_ isGraph: Bool, _ feedback: Bool) throws
  {
    var reservoir = Reservoir(units: 20, inputs: feedback ? 0 : 2, outputs: 2, feedback: feedback)
    reservoir.biasScale = 0.2
    let drawn = try (0..<3).map { try EchoStateNetwork(reservoir, draws: .keyed(seed: UInt64($0))) }
    var ensemble: any SeriesEnsemble =
      isGraph ? try NodeEnsemble(drawn.map { try NodeNetwork($0) }) : try ReservoirEnsemble(drawn)
    var singles: [any SeriesModel] = isGraph ? try drawn.map { try NodeNetwork($0) } : drawn
    let rules = [1e-3, 1e-2, 1e-1].map { CholeskyReadout(lambda: $0) }
    let (x, y) = (Self.wave.slice(0..<100), Self.wave.slice(1..<101))
    let fits = try ensemble.learn(x, targets: y, washout: 10, readouts: rules)
    let free = try ensemble.goOn(steps: 5)
    let forecasts = try ensemble.forecast(steps: 4, after: Tensor.stack([x, y]))
    let one = try ensemble.forecast(steps: 4, after: x)
    let followed = try ensemble.follow(y)
    #expect(free.shape == [3, 5, 2] && forecasts.shape == [3, 2, 4, 2] && one.shape == [3, 4, 2])
    for index in singles.indices {
      let fit = try singles[index].learn(x, targets: y, washout: 10, readout: rules[index])
      #expect(fit.lambda == fits[index].lambda && abs(fit.nrmse - fits[index].nrmse) < 1e-9)
      #expect(try distance(free[index], singles[index].goOn(steps: 5)) < 1e-6)
      #expect(try distance(forecasts[index], singles[index].forecast(steps: 4, after: Tensor.stack([x, y]))) < 1e-6)
      #expect(try distance(one[index], singles[index].forecast(steps: 4, after: x)) < 1e-6)
      #expect(try distance(followed[index], singles[index].follow(y)) < 1e-6)
    }
    #expect(throws: ReservoirError.readouts(count: 1, networks: 3)) {
      try ensemble.learn(x, targets: y, washout: 10, readouts: [rules[0]])
    }
  }

  /// What overflows doesn't end the others.
  @Test func divergenceIsNotFinite() throws {
    var model = try NVAR(DelayFeatures(channels: 2, delays: 1, orders: [3]), predictsChange: false)
    try model.fit(
      inputs: Self.wave.slice(0..<60), teacher: Self.wave.slice(1..<61) * 5, readout: QRReadout(lambda: 1e-3))
    #expect(throws: ReservoirError.self) { try model.forecast(steps: 200, after: Self.wave.slice(0..<9) * 1e3) }
    var single = SingleModel(model)
    let values: [Double] = try single.forecast(steps: 200, after: Self.wave.slice(0..<9) * 1e3).values()
    #expect(values.count == 400 && values.allSatisfy(\.isNaN))
  }
}
