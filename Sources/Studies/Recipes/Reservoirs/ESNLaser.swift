import Configuration

/// Series A of the Santa Fe competition, one step ahead: 1,000 values to learn from, the next 1,000 to predict.
public struct ESNLaser: Recipe {
  public static let name = "esn-laser"
  public static let summary = "one step ahead in the Santa Fe laser series"
  public var title: String { "Santa Fe laser, one step ahead" }
  public var metric: PrimaryMetric { PrimaryMetric("nmse", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirPrediction(units: 500, connectivity: 0.05, radius: 0.9, inputScale: 2, biasScale: 0.3, washout: 100, "
        + "readout: crossValidated(lambdas: [1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3]))",
      "data": "laser(train: 1000, test: 1000)", "dtype": "float64",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] {
    [1000, 4000].map { count in
      // The files aren't everywhere: where it is to be quick, a series that is generated takes their place.
      let data = budget == .smoke ? "mackeyGlass(train: \(count / 5), test: 200)" : "laser(train: \(count), test: 1000)"
      return Arm("\(count) values", ["data": data])
    }
  }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 20 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["experiment.units=50"]
    case .cpu, .full: []
    }
  }

  public init() {}
}
