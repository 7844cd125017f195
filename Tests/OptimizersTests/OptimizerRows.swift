/// Which optimizer, as a person writes it, gives which fixture's numbers.
struct OptimizerRow {
  let fixture: String
  let choice: String
  var tolerance = 1e-12

  init(_ fixture: String, _ choice: String, within tolerance: Double = 1e-12) {
    self.fixture = fixture
    self.choice = choice
    self.tolerance = tolerance
  }

  private static let halved = "piecewise(values: [0.1, 0.05], boundaries: [5])"

  static let all: [OptimizerRow] = descent + adaptive + layerwise() + layerwise("-zeroBias") + recent + authors

  private static let descent: [OptimizerRow] = [
    OptimizerRow("sgd", "sgd(learningRate: 0.1)"),
    OptimizerRow("sgd-keras", "sgd(learningRate: 0.1, style: keras)"),
    OptimizerRow("sgd-decay", "sgd(learningRate: 0.1, l2: 0.01)"),
    OptimizerRow("momentum", "momentum(learningRate: 0.1)"),
    OptimizerRow("momentum", "sgd(learningRate: 0.1, momentum: 0.9)"),
    OptimizerRow("momentum-dampening", "momentum(learningRate: 0.1, dampening: 0.1)"),
    OptimizerRow("momentum-decay", "momentum(learningRate: 0.1, l2: 0.01)"),
    OptimizerRow("momentum-keras", "momentum(learningRate: 0.1, style: keras)"),
    OptimizerRow("momentum-changing-rate", "momentum(learningRate: \(halved))"),
    OptimizerRow("momentum-changing-rate-keras", "momentum(learningRate: \(halved), style: keras)"),
    OptimizerRow("nesterov", "nesterov(learningRate: 0.1, style: torch)"),
    OptimizerRow("nesterov", "sgd(learningRate: 0.1, momentum: 0.9, nesterov: true)"),
    OptimizerRow("nesterov", "nesterov(learningRate: 0.1, form: classical)"),
    OptimizerRow("nesterov-decay", "nesterov(learningRate: 0.1, l2: 0.01)"),
    OptimizerRow("nesterov-decay", "nesterov(learningRate: 0.1, l2: 0.01, form: classical)"),
    OptimizerRow("nesterov-keras", "nesterov(learningRate: 0.1)"),
    OptimizerRow("nesterov-changing-rate", "nesterov(learningRate: \(halved), style: torch)"),
    OptimizerRow("nesterov-changing-rate-keras", "nesterov(learningRate: \(halved))"),
    OptimizerRow("nesterov-changing-rate-keras", "nesterov(learningRate: \(halved), form: classical)"),
    OptimizerRow("adam", "adam(learningRate: 0.01)"),
    OptimizerRow("adam-optax", "adam(learningRate: 0.01)"),
    OptimizerRow("adam-amsgrad", "adam(learningRate: 0.01, amsgrad: true)"),
    OptimizerRow("adam-decay", "adam(learningRate: 0.01, l2: 0.01)"),
    OptimizerRow("adam-keras", "adam(learningRate: 0.01, style: keras)"),
    OptimizerRow("adam-large-epsilon", "adam(learningRate: 0.01, epsilon: 0.1)"),
    OptimizerRow("adam-large-epsilon-keras", "adam(learningRate: 0.01, epsilon: 0.1, style: keras)"),
    OptimizerRow("adamW", "adamW(learningRate: 0.01)"),
    OptimizerRow("adamW-optax", "adamW(learningRate: 0.01)"),
    OptimizerRow("adamW-keras", "adamW(learningRate: 0.01, style: keras)"),
    OptimizerRow("clipByValue", "preceded(by: clipByValue(limit: 0.5), optimizer: sgd)"),
    OptimizerRow("clipByNorm", "preceded(by: clipByNorm(limit: 0.7), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm", "preceded(by: clipByGlobalNorm(limit: 1.5), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm-optax", "preceded(by: clipByGlobalNorm(limit: 1.5), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm-unreached", "preceded(by: [clipByGlobalNorm(limit: 100)], optimizer: sgd)"),
    OptimizerRow(
      "clipByGlobalNorm-pytorch", "preceded(by: clipByGlobalNorm(limit: 1.5, epsilon: 1e-6), optimizer: sgd)"),
    OptimizerRow("sgd-decay", "preceded(by: decay(weightDecay: 0.01), optimizer: sgd)"),
  ]

  private static let adaptive: [OptimizerRow] = [
    // PyTorch multiplies the momenta in single precision.
    OptimizerRow("nadam", "nadam(learningRate: 0.01)", within: 1e-9),
    OptimizerRow("nadam-keras", "nadam(learningRate: 0.01, style: keras)"),
    OptimizerRow("nadam-optax", "nadam(learningRate: 0.01, style: optax)"),
    OptimizerRow("radam", "radam(learningRate: 0.01)"),
    OptimizerRow("radam-rectified", "radam(learningRate: 0.01, beta2: 0.9)"),
    OptimizerRow("adamax", "adamax(learningRate: 0.01)"),
    OptimizerRow("adamax-keras", "adamax(learningRate: 0.01, style: keras)"),
    OptimizerRow("adagrad", "adagrad(learningRate: 0.1)"),
    OptimizerRow("adagrad-keras", "adagrad(learningRate: 0.1, style: keras)"),
    OptimizerRow("adadelta", "adadelta"),
    OptimizerRow("adadelta-keras", "adadelta(style: keras)"),
    OptimizerRow("adadelta-rate1-keras", "adadelta(learningRate: 1, style: keras)"),
    OptimizerRow("rmsprop", "rmsprop"),
    OptimizerRow("rmsprop-centered", "rmsprop(centered: true)"),
    OptimizerRow("rmsprop-momentum", "rmsprop(momentum: 0.9)"),
    OptimizerRow("rmsprop-centered-momentum", "rmsprop(centered: true, momentum: 0.9)"),
    OptimizerRow("rmsprop-keras", "rmsprop(style: keras)"),
    OptimizerRow("rmsprop-centered-keras", "rmsprop(centered: true, style: keras)"),
    OptimizerRow("rmsprop-momentum-keras", "rmsprop(momentum: 0.9, style: keras)"),
    OptimizerRow("rmsprop-centered-momentum-keras", "rmsprop(centered: true, momentum: 0.9, style: keras)"),
    // Keras computes parts of it in single precision.
    OptimizerRow("adafactor-keras", "adafactor(learningRate: 0.5, style: keras)", within: 1e-7),
    OptimizerRow(
      "adafactor-absolute-keras", "adafactor(learningRate: 0.01, relativeStep: false, style: keras)", within: 1e-8),
    OptimizerRow("adafactor", "adafactor"),
    OptimizerRow("lion", "lion(learningRate: 0.01)"),
    OptimizerRow("lion-decay", "lion(learningRate: 0.01, weightDecay: 0.1)"),
    OptimizerRow("lion-keras", "lion(learningRate: 0.01)"),
    OptimizerRow("adaBelief", "adaBelief(learningRate: 0.01)"),
    OptimizerRow("muon", "muon(otherLearningRate: 0.01)"),
  ]

  /// - Parameter problem: the suffix of fixtures on another problem.
  private static func layerwise(_ problem: String = "") -> [OptimizerRow] {
    [
      OptimizerRow("lamb-tfa-decay0.0\(problem)", "lamb(learningRate: 0.01)"),
      OptimizerRow("lamb-tfa-decay0.01\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01)"),
      OptimizerRow(
        "lamb-tfa-excluded\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01, excludeFromWeightDecay: bias)"),
      OptimizerRow(
        "lamb-tfa-excluded\(problem)",
        "lamb(learningRate: 0.01, preset: paper, excludeFromWeightDecay: [b.as], excludeFromLayerAdaptation: [gamma, bias])"
      ),
      OptimizerRow("lamb-paper\(problem)", "lamb(learningRate: 0.01, preset: paper)"),
      OptimizerRow("lamb-pytorch-lamb\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01, preset: pytorch-lamb)"),
      OptimizerRow(
        "lamb-pytorch-lamb-clamped\(problem)",
        "lamb(learningRate: 0.01, weightDecay: 0.01, weightNormLimit: 0.5, preset: pytorch-lamb)"),
      OptimizerRow("lamb-keras\(problem)", "lamb(learningRate: 0.01, preset: keras)"),
      OptimizerRow("lamb-keras-decay\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01, preset: keras)"),
      OptimizerRow("lamb-optax\(problem)", "lamb(learningRate: 0.01, weightDecay: 0.01)"),
      OptimizerRow("lars\(problem)", "lars(learningRate: 0.1, l2: 0.01)"),
      OptimizerRow("lars-nesterov\(problem)", "lars(l2: 0.01, trustCoefficient: 0.1, nesterov: true)"),
    ]
  }
}
