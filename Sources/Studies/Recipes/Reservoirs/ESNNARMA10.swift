import Configuration

/// NARMA-10 from its random inputs: 2,200 steps, the first 200 left out, and 2,000 to judge by.
public struct ESNNARMA10: Recipe {
  public static let name = "esn-narma10"
  public static let summary = "a nonlinear autoregressive moving average of order 10 (Atiya and Parlos 2000)"
  public var title: String { "NARMA-10" }
  public var metric: PrimaryMetric { PrimaryMetric("nrmse", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirPrediction(units: 400, connectivity: 0.05, radius: 0.95, inputScale: 0.2, biasScale: 0.2, washout: 200, "
        + "readout: crossValidated(lambdas: [1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6]))",
      "data": "narma(order: 10, train: 2200, test: 2000)", "dtype": "float64",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] { [100, 400, 1000].map { .units($0, for: budget) } }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 10 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    // A twentieth of 10 units' weights is too few for a spectral radius.
    case .smoke: ["data=narma(train: 500, test: 200)", "experiment.connectivity=0.5"]
    case .cpu, .full: []
    }
  }

  public init() {}
}
