import Optimizers
import Testing

/// The three ways to write Nesterov's momentum are one, on gradients that depend on where they are taken.
@Suite struct NesterovTests {
  private static let start = TensorTree([("w", Tensor([1.0, -2.0, 0.5]))])
  private static let (rate, momentum, steps) = (0.01, 0.9, 20)

  /// Of `sum(c w^2 / 2 + w^4 / 4)`.
  private func gradient(_ w: Tensor) -> Tensor { w * Tensor([1.0, 10.0, 3.0]) + w * w * w }

  /// Parameters and state after each step, gradients taken at the stored parameters.
  private func trajectory(_ optimizer: some Optimizer) -> [(parameters: TensorTree, state: TensorTree)] {
    let transform = optimizer.transform
    var (parameters, state) = (Self.start, transform.initial(Self.start))
    return (0..<Self.steps).map { step in
      let context = UpdateContext(
        parameters: parameters,
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 1, epochs: 20),
        key: Key(seed: 0), loss: Tensor(0))
      let result = transform.update(parameters.mapValues(gradient), state: state, context: context)
      parameters = parameters.zip(result.updates, +)
      state = result.state
      return (parameters, state)
    }
  }

  @Test func formsAgreeAfterTheChangeOfVariables() throws {
    let (rate, momentum) = (Self.rate, Self.momentum)
    let reformulated = trajectory(Nesterov(learningRate: rate, momentum: momentum))
    let classical = trajectory(Nesterov(learningRate: rate, momentum: momentum, form: .classical))
    let torch = trajectory(Nesterov(learningRate: rate, momentum: momentum, style: .torch))

    // As the papers write it, without this library's transforms.
    var w = Tensor([1.0, -2.0, 0.5])
    var v = w.zerosLike()
    var compared: [(Tensor, Tensor)] = []
    for step in 0..<Self.steps {
      v = v * momentum - gradient(w + v * momentum) * rate
      w = w + v
      let stored = w + v * momentum
      let failed = Tensor.failed(Diagnostic(operation: "test", message: "no such slot"))
      for run in [reformulated, classical, torch] {
        compared.append((run[step].parameters["w"] ?? failed, stored))
      }
      compared.append((classical[step].state["1/position/w"] ?? failed, w))
      compared.append((reformulated[step].state["1/velocity/w"] ?? failed, v))
    }
    let values = try Tensor.evaluate(compared.flatMap { [$0.0, $0.1] }).map { try $0.values(as: Double.self) }
    for pair in stride(from: 0, to: values.count, by: 2) {
      #expect(distance(values[pair], values[pair + 1]) < 1e-14)
    }
    // It went somewhere: the comparison isn't of constants.
    #expect(abs(values[values.count - 3][1]) < 1.5)
  }

  @Test func firstStepMovesByOnePlusMomentum() throws {
    let after = try trajectory(Nesterov(learningRate: 0.01, momentum: 0.9))[0].parameters.evaluate().tensors[0]
      .values(as: Double.self)
    // g(1) = 1 + 1
    #expect(abs(after[0] - (1 - 1.9 * 0.01 * 2)) < 1e-15)
  }
}
