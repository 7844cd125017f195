import Configuration

/// Article 4: does strong augmentation or warmup save accuracy at large batch sizes? (S4-1 to S4-15). It prints no
/// numbers; its claims are that strong augmentation is best at small batches but falls off first, and that warmup is best
/// at large ones.
public struct WarmupBatchSize: Recipe {
  public static let name = "warmup-batchsize"
  public static let summary = "augmentation and warmup over batch sizes of 128 to 8192, on CIFAR-10 (article 4)"
  public var title: String { "Article 4: augmentation and warmup at large batch sizes" }
  public var targets: [Double] { [0.5, 0.7, 0.8, 0.9] }

  /// Nine convolutions, momentum 0.9 in Keras' form without decay, 100 epochs of whole batches.
  public var base: [String: String] { ["data": "cifar10", "model": "nineConv", "epochs": "\(Self.epochs(.full))"] }

  public var defaultArms: [String] { ["none", "medium", "medium-flip", "strong", "warmup"] }
  public var arms: [Arm] { arms(for: .full) }

  public func arms(for budget: Budget) -> [Arm] {
    let (stepped, warmed) = (Self.momentum(Self.rate(budget)), Self.momentum(Self.warmed(budget, from: 0.1)))
    return [
      Arm("none", ["optimizer": stepped]),
      // The code has shifts alone; the prose has flips too.
      Arm("medium", ["optimizer": stepped, "augmentation": "medium"]),
      Arm("medium-flip", ["optimizer": stepped, "augmentation": "medium(flip: true)"]),
      Arm("strong", ["optimizer": stepped, "augmentation": "strong"]),
      // S4-15: the article's own warmup isn't known. This is Goyal et al. 2017: five epochs of 100, step by step.
      Arm("warmup", ["optimizer": warmed, "augmentation": "medium"]),
      // On request: the same sweep with other methods.
      Arm("warmup-strong", ["optimizer": warmed, "augmentation": "strong"]),
      Arm("lamb", ["optimizer": Self.lamb(budget), "augmentation": "medium"]),
      Arm("sam", ["optimizer": stepped, "rule": "sam(rho: 0.05)", "augmentation": "medium"]),
      Arm("sam-warmup", ["optimizer": warmed, "rule": "sam(rho: 0.05)", "augmentation": "medium"]),
    ]
  }

  public init() {}

  /// The batch sizes are an axis; `batch=128,512` takes others.
  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke:
      [
        "batch=32,64,128", "data=syntheticImages(train: 256, test: 100)",
        "model=nineConv(filters: [4, 4, 4], repeats: 1)", "epochs=2",
      ]
    case .cpu:
      [
        "batch=" + Self.sizes.map { "\($0 / 4)" }.joined(separator: ","),
        "data=subset(data: cifar10, train: 12500, test: 2000)", "model=nineConv(filters: [8, 16, 32], momentum: 0.88)",
        "epochs=\(Self.epochs(.cpu))",
      ]
    case .full: ["batch=" + Self.sizes.map { "\($0)" }.joined(separator: ",")]
    }
  }

  public func departure(of budget: Budget) -> String? {
    switch budget {
    case .smoke:
      return
        "The budget 'smoke' trains three convolutions of 4 filters on 256 synthetic images for two epochs. It shows "
        + "that every arm runs, and nothing else."
    case .cpu:
      return "The budget 'cpu' isn't what was published. It trains 8, 16 and 32 filters in place of 64, 128 and 256, "
        + "\(Self.epochs(.cpu)) epochs in place of 100, with the first 12,500 training and 2,000 test images. Batches are of 32 "
        + "to 2048 with the rates 0.1 to 6.4 that 128 to 8192 have in the article, so that an epoch has as many steps as "
        + "there. Warmup and the rate's steps are at the same parts of the training, and batch normalization keeps 0.88 of its "
        + "running statistics in a step in place of 0.99, as there are so many fewer steps."
    case .full: return nil
    }
  }

  private static let sizes = [128, 256, 512, 1024, 2048, 4096, 8192]

  private static func epochs(_ budget: Budget) -> Int {
    switch budget {
    case .smoke: 2
    case .cpu: 8
    case .full: 100
    }
  }

  /// The batch size whose rate is 0.1.
  private static func reference(_ budget: Budget) -> Int { budget == .full ? 128 : 32 }

  /// S4-5 and S4-6: 0.1 for 128 examples and in proportion, a tenth from epoch 60 of 100 on and again from 85 on.
  private static func rate(_ budget: Budget, _ initial: Double = 0.1, rule: String = "linear") -> String {
    let milestones = [0.6, 0.85].map { "\($0 * Double(epochs(budget)))" }.joined(separator: ", ")
    return
      "batchScaled(schedule: step(initial: \(initial), milestones: [\(milestones)]), reference: \(reference(budget)), "
      + "rule: \(rule))"
  }

  /// The same, reached on a straight line from the rate of one small batch in a twentieth of the training.
  private static func warmed(_ budget: Budget, from initial: Double) -> String {
    "warmup(from: \(initial), epochs: \(0.05 * Double(epochs(budget))), then: \(rate(budget)), delaysNext: false)"
  }

  private static func momentum(_ learningRate: String) -> String {
    "sgd(learningRate: \(learningRate), momentum: 0.9, style: keras)"
  }

  /// LAMB's rate goes with the square root of the batch size (You et al. 2020).
  private static func lamb(_ budget: Budget) -> String {
    "lamb(learningRate: \(rate(budget, 0.002, rule: "squareRoot")))"
  }
}
