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

  static let all: [OptimizerRow] = descent + adaptive + layerwise() + layerwise("-zeroBias")

  private static let descent: [OptimizerRow] = [
    OptimizerRow("sgd", "sgd(rate: 0.1)"),
    OptimizerRow("sgd-keras", "sgd(rate: 0.1, style: keras)"),
    OptimizerRow("sgd-decay", "sgd(rate: 0.1, coupledDecay: 0.01)"),
    OptimizerRow("momentum", "momentum(rate: 0.1)"),
    OptimizerRow("momentum", "sgd(rate: 0.1, momentum: 0.9)"),
    OptimizerRow("momentum-dampening", "momentum(rate: 0.1, dampening: 0.1)"),
    OptimizerRow("momentum-decay", "momentum(rate: 0.1, coupledDecay: 0.01)"),
    OptimizerRow("momentum-keras", "momentum(rate: 0.1, style: keras)"),
    OptimizerRow("momentum-changing-rate", "momentum(rate: \(halved))"),
    OptimizerRow("momentum-changing-rate-keras", "momentum(rate: \(halved), style: keras)"),
    OptimizerRow("nesterov", "nesterov(rate: 0.1, style: torch)"),
    OptimizerRow("nesterov", "sgd(rate: 0.1, momentum: 0.9, nesterov: true)"),
    OptimizerRow("nesterov", "nesterov(rate: 0.1, form: classical)"),
    OptimizerRow("nesterov-decay", "nesterov(rate: 0.1, coupledDecay: 0.01)"),
    OptimizerRow("nesterov-decay", "nesterov(rate: 0.1, coupledDecay: 0.01, form: classical)"),
    OptimizerRow("nesterov-keras", "nesterov(rate: 0.1)"),
    OptimizerRow("nesterov-changing-rate", "nesterov(rate: \(halved), style: torch)"),
    OptimizerRow("nesterov-changing-rate-keras", "nesterov(rate: \(halved))"),
    OptimizerRow("nesterov-changing-rate-keras", "nesterov(rate: \(halved), form: classical)"),
    OptimizerRow("adam", "adam(rate: 0.01)"),
    OptimizerRow("adam-optax", "adam(rate: 0.01)"),
    OptimizerRow("adam-amsgrad", "adam(rate: 0.01, amsgrad: true)"),
    OptimizerRow("adam-decay", "adam(rate: 0.01, coupledDecay: 0.01)"),
    OptimizerRow("adam-keras", "adam(rate: 0.01, style: keras)"),
    OptimizerRow("adam-large-epsilon", "adam(rate: 0.01, epsilon: 0.1)"),
    OptimizerRow("adam-large-epsilon-keras", "adam(rate: 0.01, epsilon: 0.1, style: keras)"),
    OptimizerRow("adamW", "adamW(rate: 0.01)"),
    OptimizerRow("adamW-optax", "adamW(rate: 0.01)"),
    OptimizerRow("adamW-keras", "adamW(rate: 0.01, style: keras)"),
    OptimizerRow("clipByValue", "preceded(by: clipByValue(limit: 0.5), optimizer: sgd)"),
    OptimizerRow("clipByNorm", "preceded(by: clipByNorm(limit: 0.7), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm", "preceded(by: clipByGlobalNorm(limit: 1.5), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm-optax", "preceded(by: clipByGlobalNorm(limit: 1.5), optimizer: sgd)"),
    OptimizerRow("clipByGlobalNorm-unreached", "preceded(by: [clipByGlobalNorm(limit: 100)], optimizer: sgd)"),
    OptimizerRow(
      "clipByGlobalNorm-pytorch", "preceded(by: clipByGlobalNorm(limit: 1.5, epsilon: 1e-6), optimizer: sgd)"),
    OptimizerRow("sgd-decay", "preceded(by: decay(rate: 0.01), optimizer: sgd)"),
  ]

  private static let adaptive: [OptimizerRow] = [
    // PyTorch multiplies the momenta in single precision.
    OptimizerRow("nadam", "nadam(rate: 0.01)", within: 1e-9),
    OptimizerRow("nadam-keras", "nadam(rate: 0.01, style: keras)"),
    OptimizerRow("nadam-optax", "nadam(rate: 0.01, style: optax)"),
    OptimizerRow("radam", "radam(rate: 0.01)"),
    OptimizerRow("radam-rectified", "radam(rate: 0.01, beta2: 0.9)"),
    OptimizerRow("adamax", "adamax(rate: 0.01)"),
    OptimizerRow("adamax-keras", "adamax(rate: 0.01, style: keras)"),
    OptimizerRow("adagrad", "adagrad(rate: 0.1)"),
    OptimizerRow("adagrad-keras", "adagrad(rate: 0.1, style: keras)"),
    OptimizerRow("adadelta", "adadelta"),
    OptimizerRow("adadelta-keras", "adadelta(style: keras)"),
    OptimizerRow("adadelta-rate1-keras", "adadelta(rate: 1, style: keras)"),
    OptimizerRow("rmsprop", "rmsprop"),
    OptimizerRow("rmsprop-centered", "rmsprop(centered: true)"),
    OptimizerRow("rmsprop-momentum", "rmsprop(momentum: 0.9)"),
    OptimizerRow("rmsprop-centered-momentum", "rmsprop(centered: true, momentum: 0.9)"),
    OptimizerRow("rmsprop-keras", "rmsprop(style: keras)"),
    OptimizerRow("rmsprop-centered-keras", "rmsprop(centered: true, style: keras)"),
    OptimizerRow("rmsprop-momentum-keras", "rmsprop(momentum: 0.9, style: keras)"),
    OptimizerRow("rmsprop-centered-momentum-keras", "rmsprop(centered: true, momentum: 0.9, style: keras)"),
    // Keras computes parts of it in single precision.
    OptimizerRow("adafactor-keras", "adafactor(rate: 0.5, style: keras)", within: 1e-7),
    OptimizerRow(
      "adafactor-absolute-keras", "adafactor(rate: 0.01, relativeStep: false, style: keras)", within: 1e-8),
    OptimizerRow("adafactor", "adafactor"),
    OptimizerRow("lion", "lion(rate: 0.01)"),
    OptimizerRow("lion-decay", "lion(rate: 0.01, decay: 0.1)"),
    OptimizerRow("lion-keras", "lion(rate: 0.01)"),
    OptimizerRow("adaBelief", "adaBelief(rate: 0.01)"),
    OptimizerRow("muon", "muon(otherRate: 0.01)"),
  ]

  /// - Parameter problem: the suffix of fixtures on another problem.
  private static func layerwise(_ problem: String = "") -> [OptimizerRow] {
    [
      OptimizerRow("lamb-tfa-decay0.0\(problem)", "lamb(rate: 0.01)"),
      OptimizerRow("lamb-tfa-decay0.01\(problem)", "lamb(rate: 0.01, decay: 0.01)"),
      OptimizerRow("lamb-tfa-excluded\(problem)", "lamb(rate: 0.01, decay: 0.01, excludeFromDecay: bias)"),
      OptimizerRow(
        "lamb-tfa-excluded\(problem)",
        "lamb(rate: 0.01, preset: paper, excludeFromDecay: [b.as], excludeFromAdaptation: [gamma, bias])"),
      OptimizerRow("lamb-paper\(problem)", "lamb(rate: 0.01, preset: paper)"),
      OptimizerRow("lamb-pytorch-lamb\(problem)", "lamb(rate: 0.01, decay: 0.01, preset: pytorch-lamb)"),
      OptimizerRow(
        "lamb-pytorch-lamb-clamped\(problem)",
        "lamb(rate: 0.01, decay: 0.01, weightNormLimit: 0.5, preset: pytorch-lamb)"),
      OptimizerRow("lamb-keras\(problem)", "lamb(rate: 0.01, preset: keras)"),
      OptimizerRow("lamb-keras-decay\(problem)", "lamb(rate: 0.01, decay: 0.01, preset: keras)"),
      OptimizerRow("lamb-optax\(problem)", "lamb(rate: 0.01, decay: 0.01)"),
      OptimizerRow("lars\(problem)", "lars(rate: 0.1, coupledDecay: 0.01)"),
      OptimizerRow("lars-nesterov\(problem)", "lars(coupledDecay: 0.01, trustCoefficient: 0.1, nesterov: true)"),
    ]
  }
}
