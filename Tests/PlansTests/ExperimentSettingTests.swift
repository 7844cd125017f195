import TestSupport
import Testing

@testable import Plans

/// The settings of experiments, and how they are written back.
@Suite(.tags(.unit)) struct ExperimentSettingTests {
  private func read(_ text: String) throws -> any Experiment {
    try Registry<any Experiment>.all.build(MethodSpec(parsing: text))
  }

  @Test(arguments: [
    ("reservoirHorizon(gain: 2, radius: 0.79)", "reservoirHorizon(radius: 0.79)"),
    ("reservoirGeneration(gain: 1.5, radius: none)", "reservoirGeneration(gain: 1.5)"),
    ("reservoirGeneration(gain: 1.5, radius: -1)", "reservoirGeneration(gain: 1.5)"),
    ("reservoirHorizon(leak: 0.396, taken: 0.44)", "reservoirHorizon(activationScale: 0.44, leak: 0.396)"),
    ("reservoirGeneration(fixup: false)", "reservoirGeneration(correctsLastOutput: false)"),
    ("reservoirGeneration(readout: force)", "reservoirGeneration(readout: force)"),
    ("reservoirPrediction(readout: ridge(lambda: 0.5))", "reservoirPrediction(readout: ridge(lambda: 0.5))"),
    (
      "reservoirPrediction(readout: recursiveLeastSquares(forgetting: 0.99, lambda: 1e-3))",
      "reservoirPrediction(readout: recursiveLeastSquares(forgetting: 0.99))"
    ),
    (
      "reservoirPrediction(activationScale: leak, readout: pinv(cutoff: automatic))",
      "reservoirPrediction(readout: pinv)"
    ),
    ("reservoirPrediction(readout: pinv(cutoff: -1, lambda: 0.5))", "reservoirPrediction(readout: pinv(lambda: 0.5))"),
    ("reservoirPrediction(readout: pinv(cutoff: 0.25))", "reservoirPrediction(readout: pinv(cutoff: 0.25))"),
    ("reservoirClassification(readout: cholesky(lambda: 1e-8))", "reservoirClassification"),
    ("reservoirClassification(readout: qr, washout: 0)", "reservoirClassification(readout: qr)"),
  ]) func whatDiffersFromTheDefaultIsWrittenBack(_ text: String, _ written: String) throws {
    #expect(try read(text).spec().description == written)
    #expect(try read(written).spec().description == written)
  }

  @Test func eachExperimentHasItsDefaults() throws {
    #expect(try read("reservoirGeneration(washout: 2000, readout: pinv)").spec().description == "reservoirGeneration")
    #expect(ReservoirGeneration().settings.reservoir.feedback && ReservoirHorizon().settings.reservoir.feedback)
    #expect(!ReservoirPrediction().settings.reservoir.feedback)
    let defaults = Dictionary(
      uniqueKeysWithValues: ReservoirHorizon.parameters.map { ($0.name, $0.defaultValue) })
    let own = ["horizon", "trials", "warmup", "threshold", "washout", "readout"].map { defaults[$0] }
    #expect(own == ["84", "50", "1000", "0.4", "1000", "qr"])
  }

  @Test(arguments: [
    "reservoirHorizon(radius: -2)", "reservoirHorizon(activationScale: -1)",
    "reservoirHorizon(taken: 1, activationScale: 1)", "reservoirHorizon(horizon: 0)",
    "reservoirGeneration(weights: gamma)", "reservoirGeneration(units: 20001)", "reservoirGeneration(readout: qs)",
    "reservoirPrediction(readout: crossValidated(lambdas: []))", "reservoirPrediction(readout: pinv(cutoff: 2))",
    "reservoirPrediction(readout: crossValidated(lambdas: [-1]))", "reservoirClassification(horizon: 1)",
    "reservoirGeneration(readout: force(lambda: 0))", "reservoirGeneration(readout: force(forgetting: 1.5))",
  ]) func settingsAreChecked(_ text: String) {
    #expect(throws: ConfigurationError.self) { try read(text) }
  }
}
