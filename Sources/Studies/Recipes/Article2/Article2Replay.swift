import Configuration

/// Article 2's four printed logs (S2-9, S2-12): the same numbers drawn, in the same order, in double precision.
public struct Article2Replay: Recipe {
  public static let name = "article2-replay"
  public static let summary = "article 2's printed logs, digit for digit, in float64 with NumPy's generator"
  public var title: String { "Article 2: the printed logs" }
  public var firstSeed: Int { Article2.seed }
  public var base: [String: String] { Article2.base.merging(["dtype": "float64"]) { $1 } }
  public var printsEpochs: Bool { true }
  public func log(of arm: String) -> String? { arm == "hSwish" ? Article2.hSwishLog : nil }

  public var arms: [Arm] {
    [
      Arm(
        "hSwish", ["model": "mlp(hidden: [100, 50], activation: hSwish)"],
        printed: Printed(train: 100.0, test: 97.88, best: 97.96, reached: [4, 7, nil], seconds: 43)),
      Arm(
        "tanhExp", ["model": "mlp(hidden: [100, 50], activation: tanhExp)"],
        printed: Printed(train: 100.0, test: 97.88, best: 97.89, reached: [2, 6, nil], seconds: 87)),
      Arm(
        "flooding", ["loss": "flooded(loss: \(Article2.loss), at: 0.01)"],
        printed: Printed(train: 99.9, test: 97.6, best: 97.9, reached: [2, 5, nil], seconds: 42)),
      Arm(
        "nesterov", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.9)"],
        printed: Printed(train: 99.41, test: 97.31, best: 97.93, reached: [1, 4, nil], seconds: 75)),
    ]
  }

  public init() {}
}
