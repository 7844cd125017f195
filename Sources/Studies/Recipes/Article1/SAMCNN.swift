import Configuration

/// Article 1: SGD with momentum, Adam, and SAM over either, on CIFAR-10 (S1-3 to S1-8).
public struct SAMCNN: Recipe {
  public static let name = "sam-cnn"
  public static let summary = "SGD with momentum, Adam, SAM over each, on CIFAR-10 (article 1)"
  public var title: String { "Article 1: SAM on CIFAR-10" }
  public var targets: [Double] { [0.5, 0.6, 0.65] }

  /// Rate 0.001, batches of 32, the last one smaller, 50 epochs. The article has two convolutions and doesn't give
  /// their sizes: these are those of PyTorch's CIFAR-10 tutorial, with PyTorch's kernels. Momentum is 0.9, as where
  /// the article's SAM comes from.
  public var base: [String: String] {
    [
      "data": "cifar10",
      "model":
        "cnn(filters: [6, 16], size: 5, hidden: [120, 84], kernel: varianceScaling(scale: 0.3333333333333333, mode: fanIn, distribution: uniform))",
      "optimizer": Self.sgd, "batch": "32", "remainder": "masked", "epochs": "50",
    ]
  }

  public var arms: [Arm] {
    [
      // S1-6: the best accuracy on the test set, and its epoch.
      Arm("sgd", [:], printed: Printed(best: 66.9, bestEpoch: 25)),
      Arm("adam", ["optimizer": Self.adam], printed: Printed(best: 65.4, bestEpoch: 11)),
      Arm("sam-sgd", ["rule": "sam(rho: 0.05)"], printed: Printed(best: 65.7, bestEpoch: 50)),
      // S1-8: said to behave almost like Adam; no numbers.
      Arm("sam-adam", ["rule": "sam(rho: 0.05)", "optimizer": Self.adam]),
    ]
  }

  private static let sgd = "sgd(learningRate: 0.001, momentum: 0.9)"
  private static let adam = "adam(learningRate: 0.001)"

  public init() {}

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke: ["data=syntheticImages(train: 400, test: 200)", "epochs=2"]
    case .cpu: ["epochs=10"]
    case .full: []
    }
  }
}
