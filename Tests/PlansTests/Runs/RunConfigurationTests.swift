import Configuration
import Plans
import TestSupport
import Testing

@Suite(.tags(.unit)) struct RunConfigurationTests {
  private func configuration(_ texts: [String: String]) throws(ConfigurationError) -> RunConfiguration {
    var options = Options(origin: "test")
    for (key, text) in texts { try options.set(key, OptionValue(parsing: text, origin: "test")) }
    return try RunConfiguration(from: options)
  }

  /// Methods are built when a run is read; a spec that is changed afterwards builds another.
  @Test func methodsAreThoseOfTheSpecs() throws {
    var run = try configuration(["optimizer": "adam(learningRate: 0.25)", "model": "mlp(hidden: [7])"])
    #expect(try #require(run.method().optimizer as? Adam).learningRate as? Double == 0.25)
    #expect(try #require(run.architecture() as? MLPArchitecture).hidden == [7])
    let before = run
    run.optimizer = try MethodSpec(parsing: "adam(learningRate: 0.5)")
    run.model = try MethodSpec(parsing: "mlp(hidden: [9])")
    #expect(try #require(run.method().optimizer as? Adam).learningRate as? Double == 0.5)
    #expect(try #require(run.architecture() as? MLPArchitecture).hidden == [9])
    #expect(before != run)
    // Equal specs make equal runs, whether they were read or set.
    var set = RunConfiguration()
    set.optimizer = before.optimizer
    set.model = before.model
    #expect(set == before && set.id == before.id)
  }

  @Test func everyKeyIsRead() throws {
    let read = try configuration([
      "data": "syntheticDigits(train: 20, test: 10)", "model": "mlp(hidden: [7])", "loss": "flooded(at: 0.1)",
      "optimizer": "adam(learningRate: 0.01)", "gradientRule": "sam", "averaging": "ema", "penalties": "l1l2(l2: 0.5)",
      "metrics": "[accuracy, topKAccuracy(k: 3)]", "epochs": "3", "batchSize": "4", "seed": "5", "dtype": "float64",
      "partialBatch": "pad", "rng": "numPy", "evaluateBeforeTraining": "true", "examples": "12",
    ])
    #expect(read.data.description == "syntheticDigits(test: 10, train: 20)")
    #expect(read.model.description == "mlp(hidden: [7])")
    #expect(read.loss.name == "flooded")
    #expect(read.optimizer.name == "adam")
    #expect(read.gradientRule.name == "sam")
    #expect(read.averaging.name == "ema")
    #expect(read.penalties.map(\.description) == ["l1l2(l2: 0.5)"])
    #expect(read.metrics.map(\.description) == ["accuracy", "topKAccuracy(k: 3)"])
    #expect((read.epochs, read.batchSize, read.seed) == (3, 4, 5))
    #expect((read.dtype, read.partialBatch, read.rng) == (.float64, .pad, .numPy))
    #expect(read.evaluatesBeforeTraining)
    #expect(read.examples == 12)

    let method = try read.method()
    #expect((method.loss as? Flooded)?.level as? Double == 0.1)
    #expect(method.gradientRule is SAM)
    #expect(method.averaging is ExponentialAverage)
    #expect((method.penalties.first as? L1L2)?.l2.constant == 0.5)
    #expect(method.metrics.count == 2)
  }

  @Test func nothingGivenIsTheDefault() throws {
    #expect(try configuration([:]) == RunConfiguration())
    #expect(try configuration(["examples": "0"]).examples == nil)
    #expect(try configuration(["metrics": "[]"]).method().metrics.isEmpty)
    for (name, dtype) in [("bfloat16", DType.bfloat16), ("float16", .float16), ("float32", .float32)] {
      #expect(try configuration(["dtype": name]).dtype == dtype)
    }
  }

  @Test(arguments: [
    ("optimiser", "sgd", "test: a run has no setting 'optimiser': did you mean 'optimizer'?"),
    ("optimizer", "sdg", "test: there is no optimizer 'sdg': did you mean 'sgd'?"),
    ("optimizer", "sgd(rat: 1)", "test: sgd has no setting 'rat': did you mean 'learningRate'?"),
    ("optimizer", "3", "test: 'optimizer' takes the name of a method, not a number (3)"),
    ("model", "mlp(activation: rely)", "test: there is no activation 'rely': did you mean 'relu'?"),
    ("model", "mlp(hidden: [0])", "test: 'hidden' is 0, but must be in 1...1000000"),
    ("data", "mnits", "test: there is no data source 'mnits': did you mean 'mnist'?"),
    ("loss", "flooded(loss: huber(delta: -1), at: 1)", "test: 'delta' is -1, but must be in"),
    ("gradientRule", "sam(rho: -1)", "test: 'rho' is -1, but must be"),
    ("averaging", "ema(decay: 1)", "test: 'decay' is 1, but must be"),
    ("penalties", "[l1l2(l2: -1)]", "test: 'l2' is -1, but must be a finite number, 0 or more"),
    ("penalties", "[2]", "test: 'penalties' takes a list of methods, not a list ([2])"),
    ("metrics", "topKAccuracy(k: 0)", "test: 'k' is 0, but must be in 1...1000000"),
    ("epochs", "-1", "test: 'epochs' is -1, but must be in 0...1000000"),
    ("epochs", "1.5", "test: 'epochs' takes a whole number, not a number (1.5)"),
    ("epochs", "1e300", "test: 'epochs' takes a whole number"),
    ("batchSize", "0", "test: 'batchSize' is 0, but must be in 1...10000000"),
    ("seed", "-1", "test: 'seed' is -1, but must be in 0...4294967295"),
    ("seed", "4294967296", "test: 'seed' is 4294967296, but must be in 0...4294967295"),
    ("dtype", "int32", "test: 'dtype' is int32, but must be one of float32, float64, bfloat16, float16"),
    ("partialBatch", "kept", "test: 'partialBatch' is kept, but must be one of drop, pad"),
    ("rng", "torch", "test: 'rng' is torch, but must be one of keyed, numPy"),
    ("evaluateBeforeTraining", "1", "test: 'evaluateBeforeTraining' takes true or false, not a number (1)"),
    ("examples", "-5", "test: 'examples' is -5, but must be in 0...2147483647"),
  ])
  func mistakesAreNamed(_ key: String, _ text: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try configuration([key: text]) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "nothing thrown")")
  }
}
