import Configuration

/// NRMSE84 of the Mackey-Glass series with tau 17, by the protocol of Jaeger's GMD report 148 (2001): 3,000 steps of
/// teacher, the first 1,000 left out; leaky units with C = 0.44 and a = 0.9; spectral radius 0.79. The report has 0.00028
/// for 400 units; Jaeger and Haas (2004) have 10^-4.2 for 1,000.
public struct ESNMackeyGlass: Recipe {
  public static let name = "esn-mackey-glass"
  public static let summary = "84 steps ahead in the Mackey-Glass series (Jaeger 2001; Jaeger and Haas 2004)"
  public var title: String { "Mackey-Glass, 84 steps ahead" }
  public var metric: PrimaryMetric { PrimaryMetric("nrmse", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirHorizon(horizon: 84, trials: 50, warmup: 1000, units: 400, connectivity: 0.0125, weights: signs, "
        + "radius: 0.79, feedbackScale: 0.56, biasScale: 0.02, leak: 0.396, taken: 0.44, washout: 1000, "
        + "readout: qr(lambda: 1e-16))",
      "data": "mackeyGlass(tau: 17, train: 3000, test: 50000, jitter: 0.2)", "dtype": "float64",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] { [400, 1000].map { .units($0, for: budget) } }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 20 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke:
      [
        "data=mackeyGlass(train: 600, test: 1500)", "experiment.connectivity=0.1", "experiment.washout=100",
        "experiment.trials=4", "experiment.warmup=100",
      ]
    case .cpu, .full: []
    }
  }

  public init() {}
}
