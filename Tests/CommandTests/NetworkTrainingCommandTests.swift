import TestSupport
import Testing

/// One network of nodes, by ridge regression and by backpropagation.
@Suite(.tags(.process)) struct NetworkTrainingCommandTests: CommandSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// As a run's model: trained, evaluated and predicted with.
  @Test func aNetworkIsAModel() throws {
    let run = try output(
      "run", "model=nodes([input, reservoir(units: 20), ridge])",
      "data=sequences(data: narma(train: 400, test: 200), length: 40)", "loss=meanSquaredError", "optimizer=adam(0.01)",
      "batchSize=5", "epochs=8", "--output", "model")
    #expect(run.contains("model/model.safetensors"))
    let evaluated = try output("evaluate", "model/model.safetensors")
    #expect(evaluated.contains("loss"))
    try expectError(
      ["run", "model=nodes([input, reservoir(units: 20, unit: spiking), ridge])", "data=sequences(data: narma)"],
      says: "the node 'reservoir'", "spiking")
  }

  /// Runs that share programs have the results that they have alone.
  @Test func aStudyOfNetworksSharesPrograms() throws {
    try folder.write(
      """
      seeds: 2
      metric: val_loss
      base:
        model: {name: nodes, network: [input, reservoir(units: 20), ridge]}
        data: "sequences(data: narma(train: 400, test: 200), length: 40)"
        loss: meanSquaredError
        batchSize: 5
        epochs: 3
      arms:
        fast: {optimizer: adam(0.01)}
        slow: {optimizer: adam(0.003)}
      """, to: "plan.yml")
    let losses = try ["on", "off"].map { vectorize in
      let text = try output(
        "study", "run", "plan.yml", "--store", "\(vectorize).sqlite", "--workers", "1", "--vectorize", vectorize,
        "--output", vectorize)
      return text.matches(of: /val_loss: ([0-9.]+)/).map { String($0.1) }.sorted()
    }
    #expect(losses[0].count == 4 && losses[0] == losses[1], "\(losses)")
  }

  /// In one study with the regression, by the same measure; and a grid over a node's number.
  @Test func oneStudyComparesRidgeAndBackpropagation() throws {
    try folder.write(
      """
      title: Ridge regression and backpropagation
      seeds: 2
      metric: nrmse(better: lower)
      base:
        experiment:
          name: reservoirPrediction
          network: [input, reservoir(units: 20, biasScale: 0.2), ridge(lambda: 1e-6)]
          washout: 50
        data: narma(train: 400, test: 200)
        dtype: float64
      arms:
        ridge: {}
        leaky: {experiment.network.reservoir.leak: 0.7}
        trained: {experiment.training: "backpropagation(optimizer: adam(learningRate: 3e-3), epochs: 30, length: 30)"}
      """, to: "plan.yml")
    let report = try output("study", "run", "plan.yml", "--store", "s.sqlite")
    #expect(["ridge", "leaky", "trained"].allSatisfy(report.contains), "\(report)")
    #expect(!report.contains("failed"), "\(report)")
    let run = try output(
      "run",
      "experiment=reservoirPrediction(washout: 50, network: [input, reservoir(units: 20), ridge(lambda: 1e-6)], training: backpropagation(epochs: 3))",
      "data=sine(period: 30, train: 400, test: 100)", "dtype=float64", "--output", "wave")
    #expect(run.contains("wave/model.safetensors"))
    let generated = try output("predict", "wave/model.safetensors", "--generate", "20").split(separator: "\r\n")
    #expect(generated.count == 21)
  }
}
