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

  static let all: [OptimizerRow] = [
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
}
