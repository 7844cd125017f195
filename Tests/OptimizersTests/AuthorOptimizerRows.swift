/// Rows of `Fixtures/generate_author_methods.py`.
extension OptimizerRow {
  static let authors: [OptimizerRow] =
    adan() + adan("-library") + masked + [
      OptimizerRow("adEMAMix", "adEMAMix(learningRate: 0.01, weightDecay: 0.1)"),
      OptimizerRow("adEMAMix-warmup", "adEMAMix(learningRate: 0.01, beta3: 0.999, alpha: 5, warmup: 6)"),
      OptimizerRow("adopt", "adopt(learningRate: 0.01)"),
      OptimizerRow(
        "adopt-decay", "adopt(learningRate: 0.01, beta1: 0.8, beta2: 0.9, clips: false, weightDecay: 0.1)"),
      OptimizerRow("mars", mars),
      OptimizerRow("mars-zeroBias", mars),
      // Its epsilon comes before the bias correction.
      OptimizerRow("mars-library", mars, within: 1e-7),
      OptimizerRow(
        "mars-matrices",
        """
        groups(
          groups: [group(match: bias, optimizer: adamW(learningRate: 0.005, beta2: 0.95, weightDecay: 0.1))],
          others: mars(learningRate: 0.01))
        """),
      // A partition is what its parts are.
      OptimizerRow("mars", "groups(groups: [group(match: bias, optimizer: \(mars))], others: \(mars))"),
      OptimizerRow("lamb-timm", "lamb(learningRate: 0.01, weightDecay: 0.01, trustLimit: 1)"),
      OptimizerRow("soap", "soap(learningRate: 0.01)", within: 1e-9),
      OptimizerRow("soap-often", soapOften(), within: 1e-9),
      OptimizerRow("soap-vectors", soapOften(", vectors: true"), within: 1e-9),
      // It decomposes in single precision.
      OptimizerRow("soap-library", "soap(learningRate: 0.01)", within: 1e-7),
      OptimizerRow("soap-often-library", soapOften(), within: 1e-7),
      // One estimate in three steps, of the batch's gradient.
      OptimizerRow("sophia", "sophia(learningRate: 0.01, every: 3, weightDecay: 0.1)"),
      OptimizerRow(
        "sophia-decay", "sophia(learningRate: 0.01, beta1: 0.9, beta2: 0.8, rho: 2, every: 3, weightDecay: 0.2)"),
    ] + shampoo

  private static let mars = "mars(learningRate: 0.01, weightDecay: 0.1)"

  private static func soapOften(_ more: String = "") -> String {
    "soap(learningRate: 0.01, beta1: 0.9, beta2: 0.99, shampooBeta: 0.8, every: 3, weightDecay: 0\(more))"
  }

  /// - Parameter source: the suffix of fixtures from another source.
  private static func adan(_ source: String = "") -> [OptimizerRow] {
    [
      OptimizerRow("adan\(source)", "adan(learningRate: 0.01)"),
      OptimizerRow("adan-proximal\(source)", "adan(learningRate: 0.01, weightDecay: 0.1)"),
      OptimizerRow("adan-decay\(source)", "adan(learningRate: 0.01, weightDecay: 0.1, proximal: false)"),
    ]
  }

  private static let masked: [OptimizerRow] = {
    let lion = "optimizer: lion(learningRate: 0.01), weightDecay: 0.1"
    return [
      OptimizerRow("cautious-adam", "cautious(optimizer: adam(learningRate: 0.01))"),
      OptimizerRow("cautious-lion", "cautious(\(lion))"),
      OptimizerRow("cautious-lion-counted", "cautious(\(lion), share: counted)"),
      OptimizerRow("cautious-lion-library", "cautious(\(lion), share: counted)"),
    ]
  }()

  private static let shampoo: [OptimizerRow] = {
    let common = "learningRate: 0.01, epsilon: 0.001, relative: false, vectors: true, every: 1"
    // The authors' code has constants in single precision.
    func distributed(_ name: String, _ settings: String) -> OptimizerRow {
      OptimizerRow("shampoo-distributed\(name)", "shampoo(\(common), \(settings))", within: 1e-7)
    }
    return [
      OptimizerRow("shampoo-original", "shampoo(\(common), beta1: 0, beta2: 1, graft: none)", within: 1e-9),
      OptimizerRow(
        "shampoo-original", "shampoo(\(common), beta1: 0, beta2: 1, graft: none, root: iteration)", within: 1e-9),
      distributed("", "beta2: 0.9, graft: none"), distributed("-sums", "beta2: 1, graft: none"),
      distributed("-sgd", "beta2: 0.9, graft: sgd"), distributed("-adagrad", "beta2: 0.9, graft: adagrad"),
      distributed("-rmsprop", "beta2: 0.9, graft: rmsprop"), distributed("-adam", "beta2: 0.9, graft: adam"),
    ]
  }()
}
