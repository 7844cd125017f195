import Configuration
import Foundation
import Optimizers
import Testing

/// Optimizers whose beta1 changes at the third step, against their formulas by hand.
@Suite struct ScheduledBetaTests {
  private static let betas = [0.9, 0.9, 0.5, 0.5]
  private static let gradients = [1.0, -0.5, 2, 0.25]
  private static let schedule = "piecewise(values: [0.9, 0.5], boundaries: [2])"

  /// The parameter after each of four steps from 1 at the rate 0.1.
  private func run(_ choice: String) throws -> [Double] {
    let parameters = TensorTree([("w", Tensor([1.0], shape: [1, 1]))])
    let gradients = TensorTree([("w", Tensor(Self.gradients, shape: [4, 1, 1]))])
    return try OptimizersTests.run(optimizer(choice).transform, from: parameters, gradients: gradients).evaluate()
      .tensors[0].values(as: Double.self)
  }

  /// Sums of updates `-0.1 u`, where `u` follows from the step's number, its gradient and its beta1.
  private func parameter(_ update: (_ number: Double, _ gradient: Double, _ beta: Double) -> Double) -> [Double] {
    var w = 1.0
    return Self.gradients.indices.map { step in
      w -= 0.1 * update(Double(step + 1), Self.gradients[step], Self.betas[step])
      return w
    }
  }

  /// The running mean by the step's beta1, over `1 - beta1^t`.
  private func corrected(_ mean: inout Double, _ number: Double, _ gradient: Double, _ beta: Double) -> Double {
    mean = beta * mean + (1 - beta) * gradient
    return mean / (1 - pow(beta, number))
  }

  @Test(arguments: ["adam", "adamW(weightDecay: 0)"])
  func adam(_ name: String) throws {
    var (mean, square) = (0.0, 0.0)
    let expected = parameter { number, gradient, beta in
      square = 0.999 * square + 0.001 * gradient * gradient
      return corrected(&mean, number, gradient, beta) / ((square / (1 - pow(0.999, number))).squareRoot() + 1e-8)
    }
    let settings = "rate: 0.1, beta1: \(Self.schedule)"
    let choice = name == "adam" ? "adam(\(settings))" : "adamW(weightDecay: 0, \(settings))"
    #expect(distance(try run(choice), expected) < 1e-12)
    // With a constant the numbers are others.
    #expect(distance(try run("adam(learningRate: 0.1)"), expected) > 1e-3)
  }

  @Test func adaMax() throws {
    var (mean, greatest) = (0.0, 0.0)
    let expected = parameter { number, gradient, beta in
      greatest = max(0.999 * greatest, abs(gradient) + 1e-8)
      return corrected(&mean, number, gradient, beta) / greatest
    }
    #expect(distance(try run("adamax(learningRate: 0.1, beta1: \(Self.schedule))"), expected) < 1e-12)
  }

  @Test func adaBelief() throws {
    var (mean, square) = (0.0, 0.0)
    let expected = parameter { number, gradient, beta in
      let scaled = corrected(&mean, number, gradient, beta)
      square = 0.999 * square + 0.001 * (gradient - mean) * (gradient - mean) + 1e-16
      return scaled / ((square / (1 - pow(0.999, number))).squareRoot() + 1e-16)
    }
    #expect(distance(try run("adaBelief(learningRate: 0.1, beta1: \(Self.schedule))"), expected) < 1e-12)
  }

  @Test func radamIsMomentumAtFirst() throws {
    var mean = 0.0
    let expected = parameter { corrected(&mean, $0, $1, $2) }
    #expect(distance(try run("radam(learningRate: 0.1, beta1: \(Self.schedule))"), expected) < 1e-12)
  }

  @Test func lion() throws {
    var mean = 0.0
    let expected = parameter { _, gradient, beta in
      let step = beta * mean + (1 - beta) * gradient
      mean = 0.99 * mean + 0.01 * gradient
      return step > 0 ? 1 : step < 0 ? -1 : 0
    }
    #expect(distance(try run("lion(learningRate: 0.1, beta1: \(Self.schedule))"), expected) < 1e-12)
  }

  /// NAdam knows the next step's momentum and the product of all before.
  @Test func nadam() throws {
    var (mean, square, product, step) = (0.0, 0.0, 1.0, 0)
    let expected = parameter { number, gradient, beta in
      mean = beta * mean + (1 - beta) * gradient
      square = 0.999 * square + 0.001 * gradient * gradient
      product *= beta
      let next = step + 1 < 4 ? Self.betas[step + 1] : 0.5
      step += 1
      let ahead = mean * next / (1 - product * next) + gradient * (1 - beta) / (1 - product)
      return ahead / ((square / (1 - pow(0.999, number))).squareRoot() + 1e-8)
    }
    #expect(distance(try run("nadam(learningRate: 0.1, style: optax, beta1: \(Self.schedule))"), expected) < 1e-12)
  }

  /// LAMB scales Adam's step to the parameter's length, Muon's of one number is a sign of the momentum times a constant.
  @Test func lambAndMuonTakeOne() throws {
    for choice in [
      "lamb(learningRate: 0.1, beta1: \(Self.schedule))", "muon(learningRate: 0.1, momentum: \(Self.schedule))",
    ] {
      #expect(try run(choice).allSatisfy(\.isFinite), "\(choice)")
    }
    var (mean, square, w) = (0.0, 0.0, 1.0)
    let lamb = Self.gradients.indices.map { step -> Double in
      let (number, gradient) = (Double(step + 1), Self.gradients[step])
      square = 0.999 * square + 0.001 * gradient * gradient
      let scaled =
        corrected(&mean, number, gradient, Self.betas[step]) / ((square / (1 - pow(0.999, number))).squareRoot() + 1e-6)
      w -= 0.1 * abs(w) * scaled / abs(scaled)
      return w
    }
    #expect(distance(try run("lamb(learningRate: 0.1, beta1: \(Self.schedule))"), lamb) < 1e-12)
    // A constant by the name of a schedule is the constant.
    let constants = ["muon(learningRate: 0.1)", "muon(learningRate: 0.1, momentum: constant(value: 0.95))"]
    let found = try constants.map(run)
    #expect(distance(found[1], found[0]) < 1e-12)
  }

  @Test func numbersStayBelowOne() {
    for choice in ["adam(beta1: 1)", "lamb(beta1: -0.1)", "muon(momentum: 1)", "adam(beta1: nothing)"] {
      #expect(throws: ConfigurationError.self) { try optimizer(choice) }
    }
  }
}
