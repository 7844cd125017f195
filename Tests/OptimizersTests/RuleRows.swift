/// Which gradient rule, as a person writes it, gives which fixture's numbers.
struct RuleRow {
  let fixture: String
  let rule: String
  var optimizer = "sgd"
  let tolerance: Double

  init(_ fixture: String, _ rule: String, before optimizer: String = "sgd", within tolerance: Double = 1e-12) {
    (self.fixture, self.rule, self.optimizer, self.tolerance) = (fixture, rule, optimizer, tolerance)
  }

  /// pytorch_optimizer computes norms in single precision.
  private static let single = 1e-6

  static let all: [RuleRow] = [
    RuleRow("sam", "sam(rho: 0.1)"), RuleRow("sam-authors", "sam(rho: 0.1)"),
    RuleRow("sam-pytorch_optimizer", "sam(rho: 0.1)", within: single),
    RuleRow("sam-adaptive-authors", "sam(rho: 0.5, adaptive: true)"),
    RuleRow("sam-adaptive-pytorch_optimizer", "sam(rho: 0.5, adaptive: true)", within: single),
    RuleRow("asam", "asam"), RuleRow("asam-authors", "asam(excludeFromScaling: [bias])"),
    RuleRow("gsam", "gsam(rho: 0.1)"), RuleRow("gsam-authors", "gsam(rho: 0.1)"),
    RuleRow("gsam-library", "gsam(rho: 0.1)", within: single),
    RuleRow("friendlySAM", "friendlySAM(rho: 0.1)"), RuleRow("friendlySAM-authors", "friendlySAM(rho: 0.1)"),
    RuleRow("friendlySAM-pytorch_optimizer", "friendlySAM(rho: 0.1)", within: single),
    RuleRow("friendlySAM-adaptive", friendly), RuleRow("friendlySAM-adaptive-authors", friendly),
    RuleRow("wsam", "wsam(rho: 0.1)"), RuleRow("wsam-less", "wsam(rho: 0.2, gamma: 0.3)"),
    RuleRow("wsam-coupled", "wsam(rho: 0.2, gamma: 0.3)", within: single),
    RuleRow("wsam-decoupled", "wsam(rho: 0.2, gamma: 0.3)", within: single),
    RuleRow("msam", "msam", before: "momentum"), RuleRow("msam-authors", "msam", before: "momentum"),
    RuleRow("lookSAM-others", "lookSAM(rho: 0.1, every: 3)", within: 1e-10),
    // The authors' code adds 1e-7 to the norm, and leaves out the last selected example.
    RuleRow("esam-authors", "esam(rho: 0.1, beta: 1, gamma: 0.5)", within: 1e-6),
    RuleRow("sam-authors", "esam(rho: 0.1, beta: 1, gamma: 1)"),
    RuleRow("surgery-library", "surgery(count: 2)"),
    RuleRow("pugd", "pugd"),
    RuleRow("bsam", bayesian), RuleRow("bsam-authors", bayesian),
    RuleRow("bsam-settings", bayesianSettings), RuleRow("bsam-settings-authors", bayesianSettings),
  ]

  private static let friendly = "friendlySAM(rho: 0.2, sigma: 0.7, lambda: 0.6, adaptive: true)"
  // So many examples leave no noise.
  private static let bayesian = "bsam(rho: 0.05, examples: 1e60)"
  private static let bayesianSettings =
    "bsam(rho: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0.01, damping: 0.2, precision: 2, examples: 1e60)"
}

/// What `Fixtures/generate_gradient_rules.py` writes, and `generate_author_methods.py` adds.
struct RuleFixtures: Decodable {
  let parameters: [String: OptimizerFixtures.Array]
  let curvatures: [String: OptimizerFixtures.Array]
  let centers: [[String: OptimizerFixtures.Array]]
  private(set) var cases: [Case]
  private(set) var examples: Examples?

  struct Case: Decodable {
    let name: String
    let source: String
    let steps: [[String: [Double]]]
  }

  /// Examples whose losses are multiples of the two parts of the loss, in the mean 1.
  struct Examples: Decodable {
    let quadratic: [Double]
    let quartic: [Double]
  }

  private struct Authors: Decodable {
    let examples: Examples
    let cases: [Case]
  }

  static func read() throws -> RuleFixtures {
    var fixtures: RuleFixtures = try OptimizerFixtures.read("gradient_rules")
    let authors: Authors = try OptimizerFixtures.read("author_rules")
    fixtures.cases += authors.cases
    fixtures.examples = authors.examples
    return fixtures
  }
}
