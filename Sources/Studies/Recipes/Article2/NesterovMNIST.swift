import Configuration

/// Article 2, tables S2-T8 and S2-T9: momentum and Nesterov on MNIST.
public struct NesterovMNIST: Recipe {
  public static let name = "nesterov-mnist"
  public static let summary = "SGD, momentum and Nesterov on MNIST (article 2, S2-T8 and T9)"
  public var title: String { "Article 2: momentum and Nesterov on MNIST" }
  public var firstSeed: Int { Article2.seed }
  public var base: [String: String] { Article2.base }

  public var arms: [Arm] {
    [
      // S2-T8: rate 0.1 and 0.01, momentum 0.9.
      Arm("sgd", [:], printed: Printed(train: 100.0, test: 97.85, best: 97.88, reached: [2, 5, nil])),
      Arm(
        "momentum", ["optimizer": "momentum(learningRate: 0.1, momentum: 0.9)"],
        printed: Printed(train: 99.52, test: 96.97, best: 97.86, reached: [2, 5, nil])),
      Arm(
        "nesterov", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.9)"],
        printed: Printed(train: 99.41, test: 97.31, best: 97.93, reached: [1, 4, nil], seconds: 75)),
      Arm(
        "momentum-rate0.01", ["optimizer": "momentum(learningRate: 0.01, momentum: 0.9)"],
        printed: Printed(train: 100.0, test: 98.05, best: 98.1, reached: [2, 6, 31])),
      Arm(
        "nesterov-rate0.01", ["optimizer": "nesterov(learningRate: 0.01, momentum: 0.9)"],
        printed: Printed(train: 100.0, test: 98.07, best: 98.1, reached: [2, 6, 27])),
      // S2-T9: other momenta at rate 0.1.
      Arm(
        "momentum-mu0.8", ["optimizer": "momentum(learningRate: 0.1, momentum: 0.8)"],
        printed: Printed(train: 100.0, test: 98.19, best: 98.2)),
      Arm(
        "momentum-mu0.7", ["optimizer": "momentum(learningRate: 0.1, momentum: 0.7)"],
        printed: Printed(test: 98.18, best: 98.22)),
      Arm(
        "momentum-mu0.6", ["optimizer": "momentum(learningRate: 0.1, momentum: 0.6)"],
        printed: Printed(test: 97.99, best: 98.1)
      ),
      Arm(
        "momentum-mu0.5", ["optimizer": "momentum(learningRate: 0.1, momentum: 0.5)"],
        printed: Printed(test: 97.94, best: 98.02)),
      Arm(
        "nesterov-mu0.8", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.8)"],
        printed: Printed(test: 98.13, best: 98.15)),
      Arm(
        "nesterov-mu0.7", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.7)"],
        printed: Printed(test: 97.84, best: 97.86)),
      Arm(
        "nesterov-mu0.6", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.6)"],
        printed: Printed(test: 97.97, best: 98.01)),
      Arm(
        "nesterov-mu0.5", ["optimizer": "nesterov(learningRate: 0.1, momentum: 0.5)"],
        printed: Printed(test: 98.03, best: 98.09)),
    ]
  }

  public init() {}
}
