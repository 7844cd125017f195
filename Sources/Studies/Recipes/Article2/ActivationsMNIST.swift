import Configuration

/// Article 2, tables S2-T1 to S2-T5: activations on MNIST.
public struct ActivationsMNIST: Recipe {
  public static let name = "activations-mnist"
  public static let summary = "ReLU, Swish, h-swish (n = 1…10), Mish and TanhExp on MNIST (article 2, S2-T1 to T5)"
  public var title: String { "Article 2: activations on MNIST" }
  public var firstSeed: Int { Article2.seed }
  public var base: [String: String] { Article2.base }
  public var defaultArms: [String] { ["relu", "swish", "hSwish", "mish", "tanhExp"] }

  public var arms: [Arm] {
    [
      // S2-T1 and S2-T5: rate 0.1, hidden layers of 100 and 50.
      Arm(
        "relu", ["model": "mlp(hidden: [100, 50], activation: relu)"],
        printed: Printed(train: 100.0, test: 97.85, best: 97.88, reached: [2, 5, nil], seconds: 41)),
      Arm(
        "swish", ["model": "mlp(hidden: [100, 50], activation: swish)"],
        printed: Printed(train: 100.0, test: 98.01, best: 98.05, reached: [3, 7, 33], seconds: 52)),
      Arm(
        "hSwish", ["model": "mlp(hidden: [100, 50], activation: hSwish)"],
        printed: Printed(train: 100.0, test: 97.88, best: 97.96, reached: [4, 7, nil], seconds: 43)),
      Arm(
        "mish", ["model": "mlp(hidden: [100, 50], activation: mish)"],
        printed: Printed(train: 100.0, test: 97.89, best: 97.99, reached: [3, 7, nil], seconds: 93)),
      Arm(
        "tanhExp", ["model": "mlp(hidden: [100, 50], activation: tanhExp)"],
        printed: Printed(train: 100.0, test: 97.88, best: 97.89, reached: [2, 6, nil], seconds: 87)),
      // S2-T2: h-swish with other widths.
      Arm(
        "hSwish-n1", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 1))"],
        printed: Printed(train: 100, test: 98.01, best: 98.03)),
      Arm(
        "hSwish-n2", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 2))"],
        printed: Printed(train: 100, test: 97.93, best: 98.0)),
      Arm(
        "hSwish-n3", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 3))"],
        printed: Printed(train: 100, test: 97.88, best: 97.98)),
      Arm(
        "hSwish-n4", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 4))"],
        printed: Printed(train: 100, test: 98.03, best: 98.08)),
      Arm(
        "hSwish-n5", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 5))"],
        printed: Printed(train: 100, test: 98.01, best: 98.04)),
      Arm(
        "hSwish-n6", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 6))"],
        printed: Printed(train: 100, test: 97.88, best: 97.96)),
      Arm(
        "hSwish-n7", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 7))"],
        printed: Printed(train: 99.99, test: 97.87, best: 97.9)),
      Arm(
        "hSwish-n8", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 8))"],
        printed: Printed(train: 99.96, test: 97.78, best: 97.88)),
      Arm(
        "hSwish-n9", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 9))"],
        printed: Printed(train: 99.96, test: 97.73, best: 97.82)),
      Arm(
        "hSwish-n10", ["model": "mlp(hidden: [100, 50], activation: hSwish(n: 10))"],
        printed: Printed(train: 99.93, test: 97.71, best: 97.83)),
      // S2-T3: rate 0.5.
      Arm(
        "relu-rate0.5", ["model": "mlp(hidden: [100, 50], activation: relu)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(train: 100.0, test: 98.07, best: 98.12)),
      Arm(
        "swish-rate0.5", ["model": "mlp(hidden: [100, 50], activation: swish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(train: 100.0, test: 98.07, best: 98.13)),
      Arm(
        "hSwish-rate0.5",
        ["model": "mlp(hidden: [100, 50], activation: hSwish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(train: 100.0, test: 98.3, best: 98.31)),
      Arm(
        "mish-rate0.5", ["model": "mlp(hidden: [100, 50], activation: mish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(train: 100.0, test: 98.24, best: 98.26)),
      Arm(
        "tanhExp-rate0.5",
        ["model": "mlp(hidden: [100, 50], activation: tanhExp)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(train: 100.0, test: 98.25, best: 98.31)),
      // S2-T4: hidden layers of 200 and 100, rates 0.1 and 0.5.
      Arm(
        "relu-wide", ["model": "mlp(hidden: [200, 100], activation: relu)"],
        printed: Printed(train: 100.0, test: 98.01, best: 98.08)),
      Arm(
        "swish-wide", ["model": "mlp(hidden: [200, 100], activation: swish)"],
        printed: Printed(train: 99.99, test: 98.1, best: 98.15)),
      Arm(
        "hSwish-wide", ["model": "mlp(hidden: [200, 100], activation: hSwish)"],
        printed: Printed(train: 99.99, test: 98.01, best: 98.07)),
      Arm(
        "mish-wide", ["model": "mlp(hidden: [200, 100], activation: mish)"],
        printed: Printed(train: 100.0, test: 98.15, best: 98.21)),
      Arm(
        "tanhExp-wide", ["model": "mlp(hidden: [200, 100], activation: tanhExp)"],
        printed: Printed(train: 100.0, test: 98.1, best: 98.22)),
      Arm(
        "relu-wide-rate0.5",
        ["model": "mlp(hidden: [200, 100], activation: relu)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(test: 98.29, best: 98.31)),
      Arm(
        "swish-wide-rate0.5",
        ["model": "mlp(hidden: [200, 100], activation: swish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(test: 98.3, best: 98.37)),
      Arm(
        "hSwish-wide-rate0.5",
        ["model": "mlp(hidden: [200, 100], activation: hSwish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(test: 98.36, best: 98.39)),
      Arm(
        "mish-wide-rate0.5",
        ["model": "mlp(hidden: [200, 100], activation: mish)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(test: 98.26, best: 98.35)),
      Arm(
        "tanhExp-wide-rate0.5",
        ["model": "mlp(hidden: [200, 100], activation: tanhExp)", "optimizer": "sgd(learningRate: 0.5)"],
        printed: Printed(test: 98.45, best: 98.49)),
    ]
  }

  public init() {}
}
