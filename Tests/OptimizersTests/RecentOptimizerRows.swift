/// Rows of `Fixtures/generate_recent_optimizers.py`.
extension OptimizerRow {
  static let recent: [OptimizerRow] =
    moments + closeToOthers() + closeToOthers("-zeroBias") + estimated + [
      OptimizerRow("muon-matchRMS", "muon(scale: matchRMS, otherLearningRate: 0.01)"),
      // PyTorch's epsilon is the least norm, and ours is added.
      OptimizerRow("muon-pytorch", "muon(biasCorrection: false, weightDecay: 0.1, epsilon: 0)", within: 1e-11),
      OptimizerRow(
        "muon-matchRMS-pytorch",
        "muon(biasCorrection: false, weightDecay: 0.1, epsilon: 0, scale: matchRMS, nesterov: false, iterations: 3)",
        within: 1e-11),
      OptimizerRow("shampoo", "shampoo(learningRate: 0.01)", within: 1e-9),
      OptimizerRow(
        "shampoo-sums",
        "shampoo(learningRate: 0.01, beta1: 0.5, beta2: 1, epsilon: 0.001, every: 1, graft: adagrad)", within: 1e-9),
      OptimizerRow(
        "shampoo-sums",
        "shampoo(learningRate: 0.01, beta1: 0.5, beta2: 1, epsilon: 0.001, every: 1, graft: adagrad, root: iteration)",
        within: 1e-9),
      OptimizerRow(
        "shampoo-alone", "shampoo(learningRate: 0.01, beta2: 0.9, epsilon: 0.001, every: 3, graft: none)",
        within: 1e-9),
      OptimizerRow(
        "shampoo-sgd", "shampoo(learningRate: 0.01, beta1: 0, beta2: 0.9, epsilon: 0.001, every: 1, graft: sgd)",
        within: 1e-9),
      OptimizerRow("lbfgs", "lbfgs(learningRate: 0.1)", within: 1e-9),
      OptimizerRow("lbfgs-short", "lbfgs(learningRate: 0.1, history: 2)", within: 1e-9),
      OptimizerRow("centralize", "preceded(by: centralize, optimizer: sgd)"),
      // A partition is what its parts are.
      OptimizerRow("adam", "groups([group(match: [nothing], optimizer: sgd)], adam(learningRate: 0.01))"),
    ]

  private static let moments: [OptimizerRow] = [
    OptimizerRow("adEMAMix-optax", "adEMAMix(learningRate: 0.01)"),
    OptimizerRow(
      "mars-lion",
      "preceded(by: varianceReduction, optimizer: lion(learningRate: 0.01, beta1: 0.95, beta2: 0.95))"),
    OptimizerRow("adaBound", "adaBound(learningRate: 0.01)"),
    OptimizerRow(
      "adaBound-closing", "adaBound(learningRate: 0.01, finalLearningRate: 0.02, gamma: 0.5, l2: 0.01)"),
    OptimizerRow("yogi", "yogi(learningRate: 0.01)"),
    OptimizerRow("qhm", "qhm(learningRate: 0.1, momentum: 0.95)"),
    // pytorch_optimizer computes the bias correction in single precision.
    OptimizerRow("qhAdam", "qhAdam(learningRate: 0.01, nu2: 0.9)", within: 1e-8),
    OptimizerRow(
      "qhAdam-decay", "qhAdam(learningRate: 0.01, beta1: 0.9, beta2: 0.99, nu1: 0.9, weightDecay: 0.1)",
      within: 1e-8),
    OptimizerRow("normalize", "preceded(by: normalize(epsilon: 1e-6), optimizer: sgd(learningRate: 0.1))"),
    OptimizerRow("ftrl-keras", "ftrl(learningRate: 0.1)"),
    OptimizerRow(
      "ftrl-penalties-keras",
      "ftrl(learningRate: 0.1, power: -0.7, initialSum: 0.2, l1: 0.05, l2: 0.1, shrinkage: 0.01, beta: 0.3)"),
  ]

  /// - Parameter problem: the suffix of fixtures on another problem.
  private static func closeToOthers(_ problem: String = "") -> [OptimizerRow] {
    [
      OptimizerRow("lamb-limited\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01, trustLimit: 0.8)"),
      OptimizerRow("lars-clipped\(problem)", "lars(trustCoefficient: 0.05, l2: 0.01, clips: true)"),
    ]
  }

  private static let estimated: [OptimizerRow] = [
    OptimizerRow("prodigy", "prodigy"),
    OptimizerRow(
      "prodigy-settings",
      """
      prodigy(learningRate: 0.5, beta1: 0.8, beta2: 0.99, beta3: 0.9, weightDecay: 0.1, biasCorrection: true,
        safeguard: true, initialDistance: 0.001, coefficient: 2)
      """),
    OptimizerRow("prodigy-growth", "prodigy(initialDistance: 0.001, greatestGrowth: 1.5)"),
    OptimizerRow("prodigy-zeroBias", "prodigy(initialDistance: 0.001)"),
    OptimizerRow("dAdaptAdam", "dAdaptAdam"),
    OptimizerRow(
      "dAdaptAdam-settings",
      """
      dAdaptAdam(learningRate: 0.5, beta1: 0.8, beta2: 0.99, weightDecay: 0.1, biasCorrection: true,
        initialDistance: 0.001, greatestGrowth: 2)
      """),
    OptimizerRow("dAdaptSGD", "dAdaptSGD"),
    OptimizerRow(
      "dAdaptSGD-settings", "dAdaptSGD(learningRate: 0.5, momentum: 0, initialDistance: 0.001, greatestGrowth: 1.5)"),
  ]
}
