import Configuration

/// Article 0b: SAM and SGD on a wide residual network, with two kinds of augmentation (S0-38 to S0-44).
public struct SAMWRN: Recipe {
  public static let name = "sam-wrn"
  public static let summary =
    "SAM and SGD of once and twice the epochs on a wide residual network, on CIFAR-10 (article 0b)"
  public var title: String { "Article 0b: SAM on a wide residual network" }

  /// WRN-22-8 in the variant of SAM's authors. What the article leaves to the paper is from there: batches of 256,
  /// cosine from 0.1 without warmup, weight decay 5e-4 of all parameters and inside the perturbation; momentum
  /// without Nesterov is the article's. Clipping by the norm of 5, standardized channels and reflected crops are from
  /// the authors' code.
  public var base: [String: String] {
    [
      "data": "cifar10", "preprocessing": "standardizedChannels", "model": Self.model(depth: 22, width: 8),
      "penalties": "[l1l2(l2: 0.00025, pattern: .*)]",
      "optimizer":
        "preceded(by: clipByGlobalNorm(limit: 5), optimizer: sgd(learningRate: cosine(initial: 0.1), momentum: 0.9))",
      "batch": "256",
    ]
  }

  public var arms: [Arm] { arms(for: .full) }

  /// The names keep the published numbers of epochs: what is compared is once and twice as many.
  public func arms(for budget: Budget) -> [Arm] {
    // S0-40 prints errors.
    let errors: [(augmentation: String, sam: Double, sgd: Double, longer: Double)] = [
      ("basic", 2.87, 3.86, 3.70), ("cutout", 2.66, 3.23, 3.47),
    ]
    let epochs = Self.epochs(budget)
    return errors.flatMap { row in
      let kind = "[basic(padding: reflect)" + (row.augmentation == "basic" ? "]" : ", cutout(size: 16, each: batch)]")
      func arm(_ name: String, _ epochs: Int, error: Double, _ settings: [String: String] = [:]) -> Arm {
        let all = settings.merging(["augmentation": kind, "epochs": "\(epochs)"]) { $1 }
        return Arm("\(row.augmentation)-\(name)", all, printed: Printed(test: 100 - error))
      }
      return [
        arm("sgd200", epochs, error: row.sgd), arm("sam200", epochs, error: row.sam, ["rule": "sam(rho: 0.05)"]),
        arm("sgd400", 2 * epochs, error: row.longer),
      ]
    }
  }

  public init() {}

  public func overrides(for budget: Budget) -> [String] {
    switch budget {
    case .smoke:
      ["data=syntheticImages(train: 200, test: 100)", "model=\(Self.model(depth: 10, width: 1))", "batch=50"]
    case .cpu:
      ["data=subset(data: cifar10, train: 5000, test: 2000)", "model=\(Self.model(depth: 10, width: 1))", "batch=128"]
    case .full: []
    }
  }

  public func departure(of budget: Budget) -> String? {
    let epochs = Self.epochs(budget)
    switch budget {
    case .smoke:
      return
        "The budget 'smoke' trains WRN-10-1 on 200 synthetic images for \(epochs) and \(2 * epochs) epochs. It shows "
        + "that every arm runs, and nothing else."
    case .cpu:
      return "The budget 'cpu' isn't what was published: WRN-10-1 in place of WRN-22-8, the first 5,000 training and "
        + "2,000 test images in place of all, \(epochs) and \(2 * epochs) epochs in place of 200 and 400, batches of 128 "
        + "in place of 256. The arms compare as in the article; their numbers don't."
    case .full: return nil
    }
  }

  /// In place of 200.
  private static func epochs(_ budget: Budget) -> Int {
    switch budget {
    case .smoke: 1
    case .cpu: 14
    case .full: 200
    }
  }

  private static func model(depth: Int, width: Int) -> String {
    "wideResNet(depth: \(depth), width: \(width), shortcut: poolAndPad)"
  }
}
