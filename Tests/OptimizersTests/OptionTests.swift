import Configuration
import Optimizers
import TestSupport
import Testing

/// What people may write, and what they're told when it's wrong.
@Suite(.tags(.engine)) struct OptionTests {
  private static let types: [any Configurable.Type] =
    Registry<any Optimizer>.all.types + Registry<any NamedSchedule>.all.types + Registry<any GradientRule>.all.types
    + Registry<any Averaging>.all.types + Registry<any NamedTransform>.all.types

  @Test func parametersAreWhatIsTaken() throws {
    for type in Self.types {
      var options = Options(["surely not an option": .flag(true)])
      _ = try type.init(from: &options)
      let error = #expect(throws: ConfigurationError.self) { try options.finish(type.name) }
      guard case .unknownKey(_, _, let known, _) = error else {
        Issue.record("\(type.name): \(String(describing: error))")
        continue
      }
      // "steps" is asked for only where "epochs" isn't given, and here neither is.
      #expect(Set(known) == Set(type.parameters.map(\.name)), "\(type.name)")
    }
  }

  @Test func statedDefaultsCanBeWritten() throws {
    for type in Self.types {
      let written = type.parameters.map { "\($0.name): \($0.defaultValue)" }.joined(separator: ", ")
      var options = try MethodSpec(parsing: "\(type.name)(\(written))").options
      _ = try type.init(from: &options)
      try options.finish(type.name)
    }
  }

  @Test(arguments: [
    ("sgd(learningRate: -0.1)", "learningRate"), ("sgd(learningRate: nan)", "learningRate"),
    ("sgd(learningRate: inf)", "learningRate"),
    ("sgd(momentum: 1)", "momentum"), ("sgd(momentum: -0.5)", "momentum"), ("momentum(dampening: 2)", "dampening"),
    ("nesterov(momentum: 1)", "momentum"), ("nesterov(form: modern)", "form"), ("sgd(style: jax)", "style"),
    ("adam(beta1: 1)", "beta1"), ("adam(beta2: -0.1)", "beta2"), ("adam(epsilon: -1e-8)", "epsilon"),
    ("adamW(weightDecay: -1)", "weightDecay"), ("lamb(preset: apex)", "preset"), ("lamb(epsilon: -1)", "epsilon"),
    ("lamb(weightNormLimit: -1)", "weightNormLimit"), ("rmsprop(rho: 1)", "rho"),
    ("adagrad(initialSum: -1)", "initialSum"), ("adadelta(epsilon: -1)", "epsilon"), ("adamax(beta2: 1.5)", "beta2"),
    ("nadam(momentumDecay: -1)", "momentumDecay"), ("radam(beta1: 1)", "beta1"), ("lion(beta2: 1)", "beta2"),
    ("adaBelief(epsilonRoot: -1)", "epsilonRoot"), ("lars(trustCoefficient: -1)", "trustCoefficient"),
    ("adafactor(clipThreshold: 0)", "clipThreshold"), ("adafactor(decayPower: 1)", "decayPower"),
    ("muon(iterations: 0)", "iterations"), ("sgd(learningRate: cosine(initial: -1))", "learningRate"),
    ("sgd(learningRate: step(milestones: [-1]))", "milestones"), ("sgd(learningRate: cosine(epochs: 0))", "epochs"),
    ("sgd(learningRate: warmup(from: -1))", "learningRate"), ("sgd(learningRate: oneCycle(warmup: 2))", "warmup"),
    ("sgd(learningRate: cosineRestarts(periodFactor: 0.5))", "periodFactor"),
    ("sgd(learningRate: exponential(factor: 0))", "factor"),
    ("sgd(learningRate: batchScaled(reference: 0))", "reference"), ("sgd(learningRate: polynomial(power: 0))", "power"),
    ("sgd(learningRate: piecewise(values: [1, 2], boundaries: [-1]))", "boundaries"),
    ("preceded(by: clipByNorm(limit: -1))", "limit"), ("adan(beta3: 1)", "beta3"), ("adopt(epsilon: -1)", "epsilon"),
    ("adEMAMix(warmup: -1)", "warmup"), ("mars(gamma: -1)", "gamma"), ("adaBound(gamma: 0)", "gamma"),
    ("ftrl(power: 1)", "power"), ("prodigy(greatestGrowth: 0.5)", "greatestGrowth"),
    ("prodigy(beta3: 1)", "beta3"), ("dAdaptAdam(initialDistance: 0)", "initialDistance"),
    ("dAdaptSGD(momentum: 1)", "momentum"), ("cautious(floor: 2)", "floor"), ("lamb(trustLimit: -1)", "trustLimit"),
    ("muon(coefficients: [1, 2])", "coefficients"), ("muon(scale: wide)", "scale"), ("shampoo(beta2: 2)", "beta2"),
    ("shampoo(graft: lion)", "graft"), ("soap(every: 0)", "every"), ("lbfgs(history: 0)", "history"),
    ("groups(groups: [group(optimizer: sgd(momentum: 1))])", "momentum"),
    ("preceded(by: noise(eta: -1))", "eta"),
  ])
  func outOfRange(choice: String, key: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try optimizer(choice) }
    guard case .outOfRange(key, _, _, _) = error else {
      Issue.record("\(choice): \(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    "nesterov(form: classical, style: torch)", "sgd(learningRate: cosine(epochs: 1, steps: 2))",
    "sgd(learningRate: cosin)",
    "sgd(learningRate: [1])", "sgd(learningRate: true)", "sgd(nesterov: 1)", "adam(epsilon: small)",
    "preceded(by: clip)",
    "preceded(by: 3)", "preceded(optimizer: sdg)", "lamb(excludeFromWeightDecay: [[a]])",
    "sgd(learningRate: piecewise(values: [1, 2]))", "sgd(learningRate: piecewise(values: []))", "sgd(lr: 0.1)",
    "sgd(learningRate: piecewise(values: [1, 2, 3], boundaries: [2, 1]))", "muon(iterations: 2.5)",
    "groups(groups: [sgd])", "groups(groups: [group(match: \"(\")])", "groups(others: nothing)",
    "cautious(optimizer: [sgd])",
  ])
  func otherwiseWrong(choice: String) {
    #expect(throws: ConfigurationError.self) { try optimizer(choice) }
  }

  @Test func badExpressionsAreNamed() throws {
    let options = Options(["excludeFromWeightDecay": .text("(bias")], origin: "plan.yml:3")
    let error = #expect(throws: ConfigurationError.self) {
      try Registry<any Optimizer>.all.build(MethodSpec("adamW", options))
    }
    #expect(error?.description.hasPrefix("plan.yml:3: '(bias' is not a regular expression") == true)
  }

  @Test func rulesAndAveragesCheckToo() {
    for rule in [
      "sam(rho: -1)", "asam(rho: -0.1)", "gsam(rho: -1)", "lookSAM(rho: -1)", "lookSAM(every: 0)", "lookSAM(alpha: -1)",
      "accumulation(rule: sam(rho: -1))", "sam(eta: -1)", "gsam(alpha: -1)", "accumulation(parts: 0)",
      "sam(state: third)", "friendlySAM(lambda: 1)", "wsam(gamma: 1)", "msam(momentum: -1)", "bsam(precision: 0)",
      "bsam(examples: 0)",
    ] {
      #expect(throws: ConfigurationError.self) { try Registry<any GradientRule>.all.build(MethodSpec(parsing: rule)) }
    }
    for averaging in [
      "ema(decay: 1)", "lookahead(alpha: 2)", "lookahead(every: 0)", "swa(start: 2)", "scheduleFree(beta: 2)",
    ] {
      #expect(throws: ConfigurationError.self) { try Registry<any Averaging>.all.build(MethodSpec(parsing: averaging)) }
    }
  }
}
