import Configuration

/// Article 0a: 1,000 units learn 3,000 steps of a sine wave of 240 steps a period, and go on with it for 5,000
/// (S0-19). The article prints no number; its curves lie on each other.
public struct ESNSine: Recipe {
  public static let name = "esn-sine"
  public static let summary = "an echo state network learns a sine wave and goes on with it (article 0a, S0-1 to S0-27)"
  public var title: String { "Article 0a: a sine wave by an echo state network" }
  public var metric: PrimaryMetric { PrimaryMetric("nrmse", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirGeneration(units: 1000, connectivity: 0.05, gain: 0.6, feedbackScale: 0.3, noise: 1e-8, washout: 2000, "
        + "readout: pinv(lambda: 1e-5))",
      "data": "sine(period: 240, train: 5000, test: 5000)", "dtype": "float64",
    ]
  }

  public var arms: [Arm] {
    [
      Arm("article", [:]),
      // S0-22: without it the network goes on from what the untrained readout put out last.
      Arm("no fix-up", ["experiment.fixup": "false"]),
      // S0-6: the author's remark that single precision fails.
      Arm("float32", ["dtype": "float32"]),
      Arm("float32 cholesky", ["dtype": "float32", "experiment.readout": "cholesky(lambda: 1e-5)"]),
      // NumPy's cutoff of 1e-15 drops nothing in single precision: what is rounding only is inverted too.
      Arm("float32 numpy", ["dtype": "float32", "experiment.readout": "pinv(lambda: 1e-5, cutoff: 1e-15)"]),
      // The best of a sweep of readouts and penalties; see docs/reservoirs.md.
      Arm("tuned", ["experiment.readout": "qr(lambda: 1e-9)"]),
      Arm("centred noise", ["experiment.noiseRange": "centred"]),
    ]
  }

  public var defaultArms: [String] { ["article", "no fix-up", "float32", "float32 numpy", "tuned"] }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 10 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=sine(period: 60, train: 600, test: 200)", "experiment.units=100", "experiment.washout=200"]
    case .cpu, .full: []
    }
  }

  public init() {}
}
