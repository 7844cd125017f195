import Configuration

/// Japanese vowels: 270 utterances to learn nine speakers from, 370 to tell apart.
public struct ESNVowels: Recipe {
  public static let name = "esn-vowels"
  public static let summary = "nine speakers told apart by Japanese vowels (Kudo et al. 1999)"
  public var title: String { "Japanese vowels" }
  public var metric: PrimaryMetric { PrimaryMetric("error", better: .lower) }
  public var base: [String: String] {
    [
      "experiment":
        "reservoirClassification(units: 200, connectivity: 0.1, radius: 0.5, inputScale: 0.5, leak: 0.3, parts: 3, "
        + "readout: cholesky(lambda: 1e-2))",
      "data": "vowels", "dtype": "float64",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] { [200, 600].map { .units($0, for: budget) } }

  public func seedCount(for budget: Budget) -> Int { budget == .smoke ? 2 : 10 }

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=syntheticVowels(train: 90, test: 90)"]
    case .cpu, .full: []
    }
  }

  public init() {}
}
