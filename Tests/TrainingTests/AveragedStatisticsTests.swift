import TestSupport
import Testing

@testable import Training

/// Running statistics that belong to averaged parameters.
@Suite(.tags(.engine)) struct AveragedStatisticsTests {
  private static let model = Sequential {
    Dense(8); BatchNorm(.pyTorch); Tanh(); Dense(3)
  }

  private func trainer(_ data: LabeledArrays, _ averaging: any Averaging, seed: UInt64 = 1) throws -> Trainer {
    try Trainer(
      model: Self.model,
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.3)) {
        $0.averaging = averaging
      },
      inputs: data.inputs, seed: seed)
  }

  /// Mean and unbiased variance of what goes into the normalization, the mean over the batches.
  private func expected(_ trainer: Trainer, _ data: LabeledArrays, batch: Int) throws -> (
    mean: [Double], variance: [Double]
  ) {
    let parameters = trainer.variables.parameters
    let (kernel, bias) = (try #require(parameters["dense1/kernel"]), try #require(parameters["dense1/bias"]))
    let hidden = (Tensor(data.inputs).matmul(kernel) + bias).cast(to: .float64)
    let parts = stride(from: 0, to: data.count - batch + 1, by: batch).map { hidden.slice($0..<$0 + batch) }
    func mean(_ values: [Tensor]) throws -> [Double] { try Tensor.stack(values).mean([0]).values(as: Double.self) }
    return (
      try mean(parts.map { $0.mean([0]) }),
      try mean(parts.map { $0.variance([0]) * (Double(batch) / Double(batch - 1)) })
    )
  }

  @Test(
    arguments: [
      StochasticWeightAverage(after: .fraction(0.25), statistics: .estimated),
      ExponentialAverage(decay: 0.9, statistics: .estimated),
      Lookahead(every: 4, statistics: .estimated),
      ScheduleFree(beta: 0.5),
    ] as [any Averaging])
  func areThoseOfTheTrainingData(_ averaging: any Averaging) throws {
    let data = try Problems.classes(330, dtype: .float32)
    let trainer = try trainer(data, averaging)
    let options = FitOptions(order: SequentialOrder())
    let history = try trainer.fit(data, epochs: 4, batchSize: 50, validation: data, options: options)
    let (mean, variance) = try expected(trainer, data, batch: 50)
    let state = trainer.variables.state
    #expect(distance(try #require(state["batchNorm1/mean"]).doubles(), mean) < 1e-5)
    #expect(distance(try #require(state["batchNorm1/variance"]).doubles(), variance) < 1e-5)
    // Training keeps its own, which are others.
    #expect(distance(try #require(trainer.state.modelState["batchNorm1/mean"]).doubles(), mean) > 1e-3)
    #expect(distance([try trainer.evaluate(data)["loss"] ?? .nan], [history.epochs[3]["val_loss"] ?? .nan]) < 1e-6)
  }

  /// Training itself doesn't notice, and a group's members have their own.
  @Test func changeNothingElse() throws {
    let data = try Problems.classes(120, dtype: .float32)
    let averages = [AveragedStatistics.last, .estimated].map { ExponentialAverage(decay: 0.9, statistics: $0) }
    let trainers = try averages.map { try trainer(data, $0) }
    let histories = try trainers.map { try $0.fit(data, epochs: 2, batchSize: 40, validation: data) }
    #expect(try trainers[0].numbers() == trainers[1].numbers())
    #expect(histories[0].epochs.map { $0["loss"] } == histories[1].epochs.map { $0["loss"] })
    #expect(histories[0].epochs[1]["val_loss"] != histories[1].epochs[1]["val_loss"])
    let members = try [UInt64(1), 2].map { try trainer(data, averages[1], seed: $0) }
    try TrainerGroup(members).fit(data, epochs: 2, batchSize: 40)
    let (own, alone) = (members[0].variables.state, trainers[1].variables.state)
    for path in alone.paths {
      #expect(distance(try #require(own[path]).doubles(), try #require(alone[path]).doubles()) < 1e-5)
    }
    #expect(
      distance(
        try #require(members[1].variables.state[alone.paths[0]]).doubles(),
        try #require(alone[alone.paths[0]]).doubles()) > 1e-4)
  }

  @Test func areInCheckpoints() throws {
    let data = try Problems.classes(120, dtype: .float32)
    func fit(_ trainer: Trainer, _ epochs: Int) throws -> Double? {
      try trainer.fit(data, epochs: epochs, batchSize: 40, validation: data).epochs.last?["val_loss"]
    }
    let whole = try trainer(data, StochasticWeightAverage(after: .fraction(0), statistics: .estimated))
    _ = try fit(whole, 2)
    let kept = try whole.state.copy()
    let again = try trainer(data, StochasticWeightAverage(after: .fraction(0), statistics: .estimated))
    try again.restore(kept)
    #expect(try again.evaluate(data) == whole.evaluate(data))
  }
}

extension Tensor {
  fileprivate func doubles() throws -> [Double] { try cast(to: .float64).values(as: Double.self) }
}
