import Configuration

/// Article 2, tables S2-T6 and S2-T7: Flooding on MNIST.
public struct FloodingMNIST: Recipe {
  public static let name = "flooding-mnist"
  public static let summary = "Flooding at several levels b on MNIST (article 2, S2-T6 and T7)"
  public var title: String { "Article 2: Flooding on MNIST" }
  public var firstSeed: Int { Article2.seed }
  public var base: [String: String] { Article2.base }
  public var defaultArms: [String] { arms.map(\.name).filter { !$0.contains("500") } }

  public var arms: [Arm] {
    [
      // S2-T6 and S2-T7; the prose says 500 epochs for T7, but its rows for 0 and 0.01 are those of 50 epochs.
      Arm("b0", [:], printed: Printed(train: 100.0, test: 97.85, best: 97.88, reached: [2, 5, nil], seconds: 42)),
      Arm(
        "b0.1", ["loss": "flooded(loss: \(Article2.loss), at: 0.1)"],
        printed: Printed(train: 98.69, test: 97.21, best: 98.05)),
      Arm(
        "b0.05", ["loss": "flooded(loss: \(Article2.loss), at: 0.05)"],
        printed: Printed(train: 99.26, test: 97.67, best: 98.01)),
      Arm(
        "b0.01", ["loss": "flooded(loss: \(Article2.loss), at: 0.01)"],
        printed: Printed(train: 99.9, test: 97.6, best: 97.9, reached: [2, 5, nil], seconds: 42)),
      Arm(
        "b0.005", ["loss": "flooded(loss: \(Article2.loss), at: 0.005)"],
        printed: Printed(train: 99.99, test: 97.77, best: 97.93)),
      Arm(
        "b0.001", ["loss": "flooded(loss: \(Article2.loss), at: 0.001)"],
        printed: Printed(train: 100.0, test: 97.83, best: 97.94)),
      // The curves of S2-23; no numbers are printed for them.
      Arm("b0-500epochs", ["epochs": "500"]),
      Arm("b0.01-500epochs", ["epochs": "500", "loss": "flooded(loss: \(Article2.loss), at: 0.01)"]),
    ]
  }

  public init() {}
}
