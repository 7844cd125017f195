import Configuration
import TestSupport
import Testing

@testable import Training

/// Batch normalization's running statistics through `fit`, gradient rules, evaluation and groups.
@Suite(.tags(.engine)) struct RunningStatisticsTests {
  private static let convention = BatchNormConvention(momentum: 0.9, epsilon: 1e-5)
  private static let model = Sequential {
    Dense(4); BatchNorm(convention); Tanh(); Dense(3)
  }

  /// One full-batch step from given parameters.
  private func step(_ rule: any GradientRule, _ data: LabeledArrays) throws -> (
    trainer: Trainer, before: ModelVariables
  ) {
    let trainer = try Problems.trainer(data, model: Self.model, optimizer: SGD(learningRate: 0.1), rule: rule)
    let before = trainer.variables
    let copy = ModelVariables(parameters: try before.parameters.copied(), state: try before.state.copied())
    _ = try trainer.fit(data, epochs: 1, batchSize: data.count, options: FitOptions(order: SequentialOrder()))
    return (trainer, copy)
  }

  /// The statistics after a pass in training mode, by the model itself.
  private func statistics(_ parameters: TensorTree, _ state: TensorTree, _ data: LabeledArrays) -> TensorTree {
    Self.model.apply(
      ModelVariables(parameters: parameters, state: state), to: Tensor(data.inputs), isTraining: true,
      precision: .float64
    ).state
  }

  @Test func aStepMovesThemTowardsTheBatchs() throws {
    let data = try Problems.classes(12)
    let (trainer, before) = try step(PlainGradient(), data)
    let (kernel, bias) = (
      try #require(before.parameters["dense1/kernel"]), try #require(before.parameters["dense1/bias"])
    )
    let hidden = Tensor(data.inputs).matmul(kernel) + bias
    let mean = try (hidden.mean([0]) * 0.1).values(as: Double.self)
    let variance = try (hidden.variance([0]) * 0.1 + 0.9).values(as: Double.self)
    let state = trainer.state.modelState
    #expect(state.paths == ["batchNorm1/mean", "batchNorm1/variance"])
    #expect(distance(try #require(state["batchNorm1/mean"]).values(as: Double.self), mean) < 1e-14)
    #expect(distance(try #require(state["batchNorm1/variance"]).values(as: Double.self), variance) < 1e-14)
  }

  /// The first pass, the second from the same old state, or both one after the other.
  @Test(arguments: ["sam", "asam", "gsam"], SAM.StatePass.allCases)
  func theirPassIsChosen(_ name: String, _ pass: SAM.StatePass) throws {
    let data = try Problems.classes(12)
    let text = "\(name)(rho: 0.3, state: \(pass.rawValue))"
    let rule = try Registry<any GradientRule>.all.build(MethodSpec(parsing: text))
    let (trainer, before) = try step(rule, data)

    let point = before.parameters
    let gradients = point.with(
      valueAndGradient(at: point.tensors) { parameters in
        let variables = ModelVariables(parameters: point.with(parameters), state: before.state)
        let outputs = Self.model.apply(variables, to: Tensor(data.inputs), isTraining: true, precision: .float64).output
        let total = SoftmaxCrossEntropy().total(outputs, Tensor(data.targets), weights: nil)
        return total.sum / total.count
      }.gradients)
    let sizes = point.mapValues { name == "asam" ? $0.abs() + 0.01 : $0.onesLike() }
    let scaled = gradients.zip(sizes, *)
    let norm = scaled.globalNorm() + 1e-12
    let perturbed = point.zip(scaled.zip(sizes, *)) { $0 + $1 * 0.3 / norm }

    let first = statistics(point, before.state, data)
    let expected =
      switch pass {
      case .first: first
      case .second: statistics(perturbed, before.state, data)
      case .both: statistics(perturbed, first, data)
      }
    #expect(distance(try trainer.state.modelState.doubles(), try expected.doubles()) < 1e-12)
    if pass != .first { #expect(distance(try expected.doubles(), try first.doubles()) > 1e-3) }
  }

  @Test func partsOfABatchMoveThemInTurn() throws {
    let data = try Problems.classes(12)
    let (trainer, before) = try step(Accumulation(parts: 2), data)
    let half = statistics(before.parameters, before.state, try data.part(0..<6))
    let whole = statistics(before.parameters, half, try data.part(6..<12))
    #expect(distance(try trainer.state.modelState.doubles(), try whole.doubles()) < 1e-14)
  }

  @Test func evaluationUsesThemAndLeavesThemAlone() throws {
    let data = try Problems.classes(24)
    let trainer = try Problems.trainer(data, model: Self.model)
    _ = try trainer.fit(data, epochs: 5, batchSize: 6)
    let before = try trainer.state.bytes()
    let results = try [1, 5, 24].map { try trainer.evaluate(data, batchSize: $0)["loss"] ?? .nan }
    #expect(distance(results, Array(repeating: results[0], count: 3)) < 1e-13)
    let outputs = Self.model.apply(trainer.variables, to: Tensor(data.inputs), precision: .float64).output
    let total = SoftmaxCrossEntropy().total(outputs, Tensor(data.targets), weights: nil)
    #expect(distance([results[0]], [try (total.sum / total.count).scalar()]) < 1e-13)
    // By the batch's own statistics it is another loss.
    let own = Self.model.apply(trainer.variables, to: Tensor(data.inputs), isTraining: true, precision: .float64).output
    let other = SoftmaxCrossEntropy().total(own, Tensor(data.targets), weights: nil)
    #expect(distance([results[0]], [try (other.sum / other.count).scalar()]) > 1e-4)
    #expect(try trainer.predict(data.inputs, batchSize: 5).values(as: Double.self) == outputs.values(as: Double.self))
    #expect(try trainer.state.bytes() == before)
  }

  @Test func groupsKeepEachMembersOwn() throws {
    let data = try SyntheticDigits.generate(trainCount: 60, testCount: 20)
    let (train, test) = (try ResidentData(data.train), try ResidentData(data.test))
    let model = NineConvArchitecture(filters: [3, 4], repeats: 1, normalization: .pyTorch).model(outputs: 10)
    let seeds: [UInt64] = [3, 4]
    func trainers() throws -> [Trainer] {
      try seeds.map {
        try Trainer(
          model: model,
          method: Method(loss: SoftmaxCrossEntropy(), optimizer: Momentum(learningRate: 0.05)) {
            $0.preprocessing = Rescaling(dividingBy: 255)
            $0.gradientRule = SAM(statePass: .both)
          },
          inputs: data.train.inputs, precision: .float64, seed: $0)
      }
    }
    let (alone, together) = (try trainers(), try trainers())
    let histories = try alone.map { try $0.fit(train, epochs: 2, batchSize: 20, validation: test) }
    let found = try TrainerGroup(together).fit(
      train, epochs: 2, batchSize: 20, validation: test)
    for index in seeds.indices {
      for (path, tensor) in alone[index].state.tree.pairs {
        let other = try #require(together[index].state.tree[path])
        #expect(
          distance(
            try other.cast(to: .float64).values(as: Double.self), try tensor.cast(to: .float64).values(as: Double.self))
            < 1e-11, "\(path)")
      }
      #expect(
        distance([found[index].metrics[1]["val_loss"] ?? .nan], [histories[index].metrics[1]["val_loss"] ?? .nan])
          < 1e-11)
    }
    let means = try together.map { try #require($0.state.modelState["batchNorm1/mean"]).values(as: Double.self) }
    #expect(distance(means[0], means[1]) > 1e-4)
  }
}
