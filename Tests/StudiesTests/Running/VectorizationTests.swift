import Foundation
import PJRT
import TestSupport
import Testing

@testable import Studies

/// Runs of a study that one program trains.
@Suite(.tags(.engine, .slow)) struct VectorizationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func runner(_ name: String, _ vectorization: Vectorization) throws -> StudyRunner {
    var runner = StudyRunner(try StudyStore(folder(name)))
    runner.vectorization = vectorization
    return runner
  }

  @Test(arguments: [("float64", 1e-12), ("float32", 1e-3)])
  func runsAreWhatTheyAreByThemselves(_ dtype: String, _ tolerance: Double) throws {
    var plan = TinyStudies.plan(seeds: 3)
    plan.base += [Override("dtype", .text(dtype)), Override("evaluateBeforeTraining", .flag(true))]
    let alone = try runner("alone.sqlite", .off).run(plan)
    var together = try runner("together.sqlite", .on)
    var began: [String] = []
    var ended: [Int] = []
    var epochs = 0
    together.report = { event in
      switch event {
      case .runBegan(let run): began.append("\(run.arm) \(run.number)/\(run.count): \(run.together)")
      case .epochEnded: epochs += 1
      case .runEnded(let run, _): ended.append(run.number)
      default: break
      }
    }
    let results = try together.run(plan)
    #expect(began == ["sgd 1/6: 3", "adam 4/6: 3"])
    #expect(ended == [1, 2, 3, 4, 5, 6])
    #expect(epochs == 10)
    #expect(results.runs.allSatisfy { $0.state == .done && $0.attempts == 1 && $0.steps == 40 })
    for (own, other) in zip(results.runs, alone.runs) {
      #expect(own.id == other.id)
      #expect(own.history.epochs.map(\.epoch) == other.history.epochs.map(\.epoch))
      for (record, expected) in zip(own.history.epochs, other.history.epochs) {
        #expect(record.metrics.keys == expected.metrics.keys)
        for (name, value) in record.metrics {
          #expect((value - (expected[name] ?? .nan)).magnitude <= tolerance, "\(own.arm) \(name)")
        }
      }
    }
    #expect(!FileManager.default.fileExists(atPath: together.store.filesFolder))
  }

  /// Runs that share their optimizer's state among devices have these for themselves, one run after the other.
  @Test func shardedRunsAreTrainedAlone() throws {
    var plan = TinyStudies.plan(arms: ["adam": "adam(learningRate: 0.01)"], seeds: 2, epochs: 2)
    let alone = try runner("alone.sqlite", .off).run(plan)
    plan.base += [Override("optimizerState", .text("sharded"))]
    var ended: [Int] = []
    var together = try runner("sharded.sqlite", .on)
    together.report = { if case .runEnded(let run, _) = $0 { ended.append(run.number) } }
    let results = try Engine(devices: 4).asShared { try together.run(plan) }
    #expect(ended == [1, 2] && results.runs.allSatisfy { $0.state == .done && $0.attempts == 1 })
    for (own, expected) in zip(results.runs, alone.runs) {
      let losses = [own, expected].map { $0.history.epochs.compactMap { $0["loss"] } }
      #expect(losses[0].count == 2 && scaledDistance(losses[0], losses[1]) < 1e-3)
    }
  }

  /// Runs whose losses need levels find them for themselves, and have the results of single runs.
  @Test func adaptivelyFloodedRunsAreTrainedAlone() throws {
    var plan = TinyStudies.plan(arms: ["adam": "adam(learningRate: 0.01)"], seeds: 2, epochs: 2)
    plan.base.append(Override("loss", text: "adaFlood(loss: softmaxCrossEntropy, gamma: 0.1, folds: 2)"))
    let alone = try runner("alone.sqlite", .off).run(plan)
    let together = try runner("flooded.sqlite", .on).run(plan)
    #expect(together.runs.allSatisfy { $0.state == .done && $0.attempts == 1 && $0.history.epochs.count == 2 })
    #expect(StudyDiff(alone, together).isEmpty)
    let seeds = together.runs.map { $0.history.epochs.compactMap { $0["loss"] } }
    #expect(seeds[0] != seeds[1])
  }

  @Test func onACPUTheyAreTrainedOneByOneUnlessAsked() {
    #expect(Vectorization.auto.groupLimit(platform: "cpu") == 1)
    #expect(Vectorization.auto.groupLimit(platform: "cuda") > 1)
    #expect(Vectorization.off.groupLimit(platform: "cuda") == 1)
    #expect(Vectorization.on.groupLimit(platform: "cpu") > 1)
  }

  /// An epoch is stored for all runs or for none, so that they go on together.
  @Test func aGroupGoesOnWhereItStood() throws {
    let plan = TinyStudies.plan(arms: ["arm": "adam(learningRate: 0.01)"], seeds: 3, epochs: 6)
    let undisturbed = try runner("undisturbed.sqlite", .on).run(plan)
    let store = try StudyStore(folder("interrupted.sqlite"))
    try store.register(plan)
    let runs = try store.claim(upTo: 8, worker: WorkerIdentity(), lease: -1)
    #expect(runs.map(\.seed) == [0, 1, 2])
    let transaction = EpochTransaction(store, members: 3) { _ in }
    let data = try Run(RunConfiguration(canonicalText: runs[0].configuration, source: "")).data
    var trainers: [Trainer] = []
    var (options, checkpointers): ([FitOptions], [RunCheckpointer]) = ([], [])
    for run in runs {
      let configuration = try RunConfiguration(canonicalText: run.configuration, source: "")
      let made = try Run(configuration, data: data).trainer()
      trainers.append(made.trainer)
      options.append(made.options)
      checkpointers.append(
        try RunCheckpointer(
          run, configuration, in: store, heartbeat: LeaseHeartbeat(run, in: store, lease: 60), keepsCheckpoint: false,
          transaction: transaction))
    }
    let pair = try ResidentPair(data)
    // The second's third epoch is the last that anybody hears of.
    struct Interruption: Error {}
    final class Stopper: Callback {
      func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
        if record.epoch == 3 { throw Interruption() }
        return .continue
      }
    }
    #expect(throws: Interruption.self) {
      try TrainerGroup(trainers).fit(
        pair.train, epochs: 6, batchSize: 20, validation: pair.test, options: options[0],
        orders: { options[$0].order },
        callbacks: { $0 == 1 ? [checkpointers[1], Stopper()] : [checkpointers[$0]] })
    }
    let stored = try store.results(of: store.study(nil))
    #expect(stored.runs.map { $0.history.epochs.count } == [2, 2, 2])
    var runner = StudyRunner(store)
    runner.vectorization = .on
    var resumed: [String] = []
    runner.report = { if case .runBegan(let run) = $0 { resumed.append("\(run.together) from \(run.resumed)") } }
    let results = try runner.run(plan)
    #expect(resumed == ["3 from 2"])
    #expect(StudyDiff(undisturbed, results).isEmpty)
  }

  @Test func aSweepOfNumbersIsTrainedTogether() throws {
    var plan = TinyStudies.plan(
      arms: [
        "slow": "momentum(learningRate: 0.01)", "fast": "momentum(learningRate: 0.1)",
        "nesterov": "nesterov(learningRate: 0.1)",
      ], seeds: 2
    )
    plan.base.append(Override("dtype", text: "float64"))
    let alone = try runner("alone.sqlite", .off).run(plan)
    var runner = try runner("together.sqlite", .on)
    var began: [String] = []
    runner.report = { if case .runBegan(let run) = $0 { began.append("\(run.arm): \(run.together)") } }
    let results = try runner.run(plan)
    #expect(began == ["slow: 4", "nesterov: 2"])
    for (own, other) in zip(results.runs, alone.runs) {
      #expect(own.state == .done)
      let (loss, expected) = (own.history.values("val_loss").last?.value, other.history.values("val_loss").last?.value)
      #expect(abs((loss ?? .nan) - (expected ?? .nan)) < 1e-12, "\(own.arm)")
    }
  }

  @Test func onlyRunsThatAreAlikeAreClaimedTogether() throws {
    var plan = TinyStudies.plan(seeds: 3)
    plan.arms.append(Arm("long", ["optimizer": "sgd(learningRate: 0.1)", "epochs": "9"]))
    let store = try StudyStore(folder("store.sqlite"))
    try store.register(plan)
    func claim(_ limit: Int) throws -> [String] {
      try store.claim(upTo: limit, worker: WorkerIdentity()).map { "\($0.arm) \($0.seed)" }
    }
    #expect(try claim(2) == ["sgd 0", "sgd 1"])
    #expect(try claim(8) == ["adam 0", "adam 1", "adam 2"])
    #expect(try claim(8) == ["long 0", "long 1", "long 2"])
    #expect(try claim(8) == ["sgd 2"])
    #expect(try claim(8) == [])
  }

  @Test func whatEndsOneRunEndsAllOfItsGroup() throws {
    var plan = TinyStudies.plan(arms: ["broken": "sgd"], seeds: 2)
    try plan.override(assignment: "batchSize=5000")
    let results = try runner("broken.sqlite", .on).run(plan)
    #expect(results.runs.map(\.state) == [.failed, .failed])
    #expect(results.runs.allSatisfy { $0.error?.contains("the batch size is 5000") == true })
  }

  /// Reservoirs that differ by seeds, penalties, and numbers that change no shape.
  struct Grid: Sendable, CustomTestStringConvertible {
    let experiment: String
    let readouts: [String]
    let data: String
    var tolerance = 1e-7
    var testDescription: String { "\(experiment) \(readouts)" }
  }

  private static let prediction = "reservoirPrediction(units: 30, inputScale: 0.2, washout: 50"
  private static let generation = "reservoirGeneration(units: 40, washout: 100"
  private static let sine = "sine(period: 40, train: 500, test: 300)"
  private static let narma = "narma(train: 400, test: 200)"

  @Test(arguments: [
    Grid(experiment: prediction, readouts: ["ridge(lambda: 1e-6)", "ridge(lambda: 1e-4)"], data: narma),
    Grid(experiment: prediction, readouts: ["cholesky(lambda: 1e-6)", "cholesky(lambda: 1e-4)"], data: narma),
    Grid(experiment: prediction, readouts: ["crossValidated(lambdas: [1e-8, 1e-6, 1e-4, 1e-2])"], data: narma),
    Grid(experiment: generation, readouts: ["qr(lambda: 1e-6)", "qr(lambda: 1e-4)"], data: sine),
    Grid(experiment: generation, readouts: ["pinv(lambda: 1e-5)", "pinv(lambda: 1e-3)"], data: sine),
    Grid(experiment: generation, readouts: ["recursiveLeastSquares(lambda: 1e-3)"], data: sine),
    Grid(
      experiment: "reservoirHorizon(units: 40, horizon: 12, trials: 3, warmup: 60, washout: 100",
      readouts: ["cholesky(lambda: 1e-6)", "cholesky(lambda: 1e-4)"], data: "mackeyGlass(train: 500, test: 300)"),
    Grid(
      experiment: "reservoirHorizon(units: 30, horizon: 1, trials: 1, warmup: 60, washout: 100",
      readouts: ["qr(lambda: 1e-6)"], data: "mackeyGlass(train: 500, test: 300)"),
    Grid(
      experiment: "reservoirClassification(units: 20, parts: 2",
      readouts: ["cholesky(lambda: 1e-2)", "cholesky(lambda: 1e2)"], data: "syntheticVowels(train: 45, test: 45)"),
    Grid(
      experiment: "reservoirClassification(units: 20, parts: 2",
      readouts: ["crossValidated(lambdas: [1e-4, 1e-2, 1])"], data: "syntheticVowels(train: 45, test: 45)"),
  ])
  func reservoirsAreDrivenTogether(_ grid: Grid) throws {
    let arms = [0.5, 0.9].flatMap { radius in
      grid.readouts.enumerated().map { place, readout in
        Arm(
          "\(radius) \(place)",
          ["experiment": "\(grid.experiment), readout: \(readout), connectivity: 0.2, radius: \(radius))"])
      }
    }
    let plan = StudyPlan(
      name: "reservoirs", base: ["data": grid.data, "dtype": "float64"], arms: arms, seeds: [0, 1, 2])
    let alone = try runner("alone.sqlite", .off).run(plan)
    var runner = try runner("together.sqlite", .on)
    var began: [String] = []
    runner.report = { if case .runBegan(let run) = $0 { began.append("\(run.arm): \(run.together)") } }
    let results = try runner.run(plan)
    #expect(began == ["\(arms[0].name): \(3 * arms.count)"])
    #expect(results.runs.allSatisfy { $0.state == .done && $0.attempts == 1 })
    let all = results.runs.compactMap { $0.history.epochs.last?.metrics.values.map(\.self) }
    #expect(Set(all).count > arms.count)
    for (own, other) in zip(results.runs, alone.runs) {
      #expect(own.id == other.id && own.history.epochs.count == 1)
      // What differs in the last digits of a readout grows while a network runs freely.
      for (name, value) in own.history.epochs[0].metrics {
        let expected = try #require(other.history.epochs[0][name])
        #expect(
          value == expected || (value - expected).magnitude <= grid.tolerance * expected.magnitude,
          "\(own.arm), seed \(own.seed): \(name)")
      }
    }
  }

  /// In single precision too, if the regression isn't the harder one.
  @Test func reservoirsInSinglePrecisionAreDrivenTogether() throws {
    let plan = StudyPlan(
      name: "reservoirs", base: ["data": "\(Self.narma)", "dtype": "float32"],
      arms: [1e-2, 1e-1].map {
        Arm("\($0)", ["experiment": "\(Self.prediction), connectivity: 0.2, readout: cholesky(lambda: \($0)))"])
      }, seeds: [0, 1, 2])
    let alone = try runner("alone.sqlite", .off).run(plan)
    let results = try runner("together.sqlite", .on).run(plan)
    for (own, other) in zip(results.runs, alone.runs) {
      #expect(own.state == .done)
      let value = try #require(own.history.epochs[0]["nrmse"])
      let expected = try #require(other.history.epochs[0]["nrmse"])
      #expect((value - expected).magnitude <= 1e-3 * expected.magnitude, "\(own.arm), seed \(own.seed)")
    }
  }

  /// A penalty too small for Cholesky's decomposition fails its runs, and no others.
  @Test func aPenaltyThatFailsFailsAlone() throws {
    let lambdas = ["0", "1e-6", "1e-4"]
    let plan = StudyPlan(
      name: "reservoirs", base: ["data": "sine(period: 40, train: 300, test: 50)", "dtype": "float64"],
      arms: lambdas.map {
        Arm($0, ["experiment": "\(Self.generation), connectivity: 0.2, readout: cholesky(lambda: \($0)))"])
      }, seeds: [0, 1])
    var runner = try runner("together.sqlite", .on)
    var ended: [String] = []
    runner.report = { event in
      switch event {
      case .runEnded(let run, _): ended.append("\(run.arm): \(run.together)")
      case .runFailed(let run, _): ended.append("\(run.arm) failed")
      default: break
      }
    }
    let results = try runner.run(plan)
    #expect(results.runs.count == 6 && results.runs.allSatisfy { ($0.state == .done) == ($0.arm != "0") })
    #expect(ended == ["0 failed", "0 failed", "1e-6: 2", "1e-6: 2", "1e-4: 2", "1e-4: 2"])
  }

  @Test func aReservoirThatCannotBeDrawnFailsAlone() throws {
    // Of 400 weights a thousandth is too few for a spectral radius.
    let experiment =
      "reservoirPrediction(units: 20, washout: 50, readout: ridge(lambda: 1e-6), radius: 0.9, connectivity: "
    let plan = StudyPlan(
      name: "reservoirs", base: ["data": "narma(train: 300, test: 100)", "dtype": "float64"],
      arms: [0.001, 0.5].map { Arm("\($0)", ["experiment": "\(experiment)\($0))"]) }, seeds: [0, 1])
    let results = try runner("drawn.sqlite", .on).run(plan)
    #expect(results.runs.count == 4)
    #expect(results.runs.allSatisfy { $0.state == ($0.arm == "0.5" ? .done : .failed) })
  }
}
