import Configuration

/// Monthly mean sunspot numbers (SILSO, version 2.0), one month ahead: 2,400 months to learn from, the rest to predict.
public struct ESNSunspots: Recipe {
  public static let name = "esn-sunspots"
  public static let summary = "one month ahead in the monthly sunspot numbers"
  public var title: String { "Sunspots, one month ahead" }
  public var metric: PrimaryMetric { PrimaryMetric("nmse", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirPrediction(units: 200, connectivity: 0.1, radius: 0.8, inputScale: 1, biasScale: 0.2, leak: 0.5, "
        + "washout: 100, readout: crossValidated(lambdas: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]))",
      "data": "sunspots(train: 2400)", "dtype": "float64",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] { [200, 500].map { .units($0, for: budget) } }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 10 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=sines(train: 400, test: 200)"]
    case .cpu, .full: []
    }
  }

  public init() {}
}
