import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.process)) struct StudyRunnerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func runner(_ name: String = "store.sqlite") throws -> StudyRunner {
    StudyRunner(try StudyStore(folder(name)))
  }

  @Test func runsAreWhatTheyAreByThemselves() throws {
    let plan = TinyStudies.plan()
    let results = try runner().run(plan)
    #expect(results.study.counts.done == 4)
    for (run, spec) in zip(results.runs, try plan.runs()) {
      let alone = try Run(spec.configuration).train().history
      #expect(run.history.epochs.map(\.metrics) == alone.epochs.map(\.metrics))
      #expect(run.history.epochs.map(\.step) == [10, 20, 30, 40])
      #expect(run.steps == 40)
      #expect(run.gradientEvaluations == 40)
      #expect(run.isDiverged == false)
      #expect(run.attempts == 1)
    }
    // Nothing but the store is left.
    #expect(!FileManager.default.fileExists(atPath: folder("store.sqlite.files")))
    let environment = try #require(results.environments.first)
    #expect(environment.platform == "cpu")
    #expect(environment.cores > 0)
    #expect(environment.tanren == tanrenVersion)
  }

  @Test func doneRunsArentRunAgain() throws {
    var runner = try runner()
    try runner.run(TinyStudies.plan())
    var began: [String] = []
    runner.report = {
      if case .runBegan(let run) = $0 { began.append("\(run.arm) \(run.seed) \(run.number)/\(run.count)") }
    }
    try runner.run(TinyStudies.plan())
    #expect(began == [])
    try runner.run(TinyStudies.plan("more", seeds: 3))
    #expect(began == ["sgd 2 5/6", "adam 2 6/6"])
  }

  @Test func aFailedRunKeepsItsErrorAndTheOthersGoOn() throws {
    var plan = TinyStudies.plan(seeds: 1)
    plan.arms.append(Arm("broken", ["batchSize": "5000"]))
    plan.arms.append(Arm("last", ["optimizer": "momentum"]))
    var runner = try runner()
    var failures = 0
    runner.report = { if case .runFailed = $0 { failures += 1 } }
    let results = try runner.run(plan)
    #expect(results.runs.map(\.state) == [.done, .done, .failed, .done])
    #expect(try #require(results.runs[2].error).contains("the batch size is 5000, but the data set has 200 examples"))
    #expect(try results.armResults().map(\.runs.count) == [1, 1, 0, 1])
    // It is tried again by the next call, unless that isn't wanted.
    try runner.run(plan, retriesFailed: false)
    #expect(failures == 1)
    try runner.run(plan)
    #expect(failures == 2)
  }

  @Test func divergenceIsRecorded() throws {
    let plan = TinyStudies.plan(arms: ["wild": "sgd(learningRate: 1e30)"], seeds: 1)
    let results = try runner().run(plan)
    #expect(results.runs[0].state == .done)
    #expect(results.runs[0].isDiverged == true)
    #expect(results.runs[0].history.values("loss").last?.value.isNaN == true)
  }

  @Test func costsCountGradientEvaluations() throws {
    var plan = TinyStudies.plan(arms: ["sam": "sgd"], seeds: 1, epochs: 1)
    plan.base.append(Override("gradientRule", text: "sam"))
    let results = try runner().run(plan)
    #expect(results.runs[0].steps == 10)
    #expect(results.runs[0].gradientEvaluations == 20)
  }

  @Test func runsWithoutEpochsAreDoneAtOnce() throws {
    #expect(try runner().run(TinyStudies.plan(seeds: 1, epochs: 0)).study.counts.done == 2)
    var plan = TinyStudies.plan("untrained", seeds: 1, epochs: 0)
    plan.base.append(Override("evaluateBeforeTraining", .flag(true)))
    let results = try runner().run(plan)
    #expect(results.runs.allSatisfy { $0.state == .done && $0.history.epochs.map(\.epoch) == [0] })
  }

  /// What happens when a run's process is gone after `epochs` epochs: another worker goes on.
  @Test(
    arguments: [0, 1, 2, 5], [("adam(learningRate: 0.01)", false), ("sgd(learningRate: cosine(initial: 0.1))", true)])
  func anInterruptedRunEndsAsIfNothingHadHappened(_ epochs: Int, _ method: (optimizer: String, isNumPy: Bool)) throws {
    var plan = TinyStudies.plan(arms: ["arm": method.optimizer], seeds: 1, epochs: 6)
    plan.base += [
      Override("evaluateBeforeTraining", .flag(true)), Override("rng", .text(method.isNumPy ? "numPy" : "keyed")),
    ]
    let undisturbed = try runner("undisturbed.sqlite").run(plan)

    struct Interruption: Error {}
    let store = try StudyStore(folder("interrupted.sqlite"))
    try store.register(plan)
    let run = try #require(try store.claim(worker: WorkerIdentity(), lease: -1))
    let configuration = try RunConfiguration(canonicalText: run.configuration, source: "")
    let (trainer, options) = try Run(configuration).trainer()
    let checkpointer = try RunCheckpointer(
      run, configuration, in: store, heartbeat: LeaseHeartbeat(run, in: store, lease: 60), keepsCheckpoint: false,
      transaction: EpochTransaction(store) { _ in })
    let data = try Registry<any DataSource>.all.build(configuration.data).load(from: DataFolders(), progress: nil)
    let pair = try ResidentPair(data)
    #expect(throws: Interruption.self) {
      try trainer.fit(
        pair.train, epochs: 6, batchSize: 20, validation: pair.test, options: options,
        callbacks: [checkpointer, Stopper(epochs, Interruption())])
    }
    #expect(try store.results(of: store.study(nil)).runs[0].history.epochs.map(\.epoch) == Array(0...epochs))

    var resumed: [Int] = []
    var runner = StudyRunner(store)
    runner.report = { if case .runBegan(let run) = $0 { resumed.append(run.resumed) } }
    let results = try runner.run(plan)
    #expect(resumed == [epochs])
    #expect(StudyDiff(undisturbed, results).isEmpty)
    #expect(results.runs[0].history.epochs.map(\.metrics) == undisturbed.runs[0].history.epochs.map(\.metrics))
    #expect(results.runs[0].attempts == 2)
    #expect(!FileManager.default.fileExists(atPath: store.filesFolder))
  }

  /// Ends training in the middle of things.
  private final class Stopper: Callback {
    private let epoch: Int
    private let error: any Error

    init(_ epoch: Int, _ error: any Error) { (self.epoch, self.error) = (epoch, error) }

    func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
      if record.epoch == epoch { throw error }
      return .continue
    }
  }

  /// Damages checkpoints of a run that was interrupted.
  @Test(arguments: [false, true])
  func aDamagedCheckpointLosesEpochsButNotTheRun(_ hasDurable: Bool) throws {
    let plan = TinyStudies.plan(arms: ["arm": "adam(learningRate: 0.01)"], seeds: 1, epochs: 6)
    let undisturbed = try runner("undisturbed.sqlite").run(plan)
    let store = try StudyStore(folder("damaged.sqlite"))
    try store.register(plan)
    let run = try #require(try store.claim(worker: WorkerIdentity(), lease: -1))
    let configuration = try RunConfiguration(canonicalText: run.configuration, source: "")
    let trained = try Run(configuration)
    let (trainer, options) = try trained.trainer()
    let checkpointer = try RunCheckpointer(
      run, configuration, in: store, heartbeat: LeaseHeartbeat(run, in: store, lease: 60), keepsCheckpoint: false,
      transaction: EpochTransaction(store) { _ in })
    let pair = try ResidentPair(trained.data)
    let attempt = "\(store.filesFolder)/\(RunCheckpointer.folder(of: run))"
    _ = try trainer.fit(
      pair.train, epochs: 2, batchSize: 20, validation: pair.test, options: options, callbacks: [checkpointer])
    if hasDurable { try trainer.save(to: RunCheckpointer.durableFolder(in: attempt)) }
    _ = try trainer.fit(
      pair.train, epochs: 2, batchSize: 20, validation: pair.test, options: options, callbacks: [checkpointer])
    for name in try FileManager.default.contentsOfDirectory(atPath: attempt) where name.hasSuffix(".safetensors") {
      try Data("damaged".utf8).write(to: URL(fileURLWithPath: "\(attempt)/\(name)"))
    }
    var events: [String] = []
    var runner = StudyRunner(store)
    runner.report = { event in
      if case .runRestarted(let run, let reason) = event { events.append("\(run.resumed): \(reason)") }
    }
    let results = try runner.run(plan)
    #expect(events.count == 1)
    #expect(try #require(events.first).hasPrefix(hasDurable ? "2: " : "0: "))
    #expect(StudyDiff(undisturbed, results).isEmpty)
  }

  @Test func checkpointsStayIfAsked() throws {
    var runner = try runner()
    runner.keepsCheckpoints = true
    let results = try runner.run(TinyStudies.plan(seeds: 1))
    for run in results.runs {
      let artifact = try #require(run.artifacts.first)
      #expect(try CheckpointFolder(artifact.path).latest()?.epoch == 4)
    }
    // Another call leaves them alone.
    runner.keepsCheckpoints = false
    try runner.run(TinyStudies.plan(seeds: 1))
    #expect(try CheckpointFolder(try #require(results.runs[0].artifacts.first).path).latest() != nil)
  }

  @Test func aSlowEpochKeepsItsLease() throws {
    let store = try StudyStore(folder("store.sqlite"))
    try store.register(TinyStudies.plan(seeds: 1))
    let run = try #require(try store.claim(worker: WorkerIdentity(), lease: 0.4))
    let heartbeat = LeaseHeartbeat(run, in: store, lease: 0.4)
    Thread.sleep(forTimeInterval: 1)
    let other = try #require(try store.claim(worker: WorkerIdentity()))
    #expect(other.id != run.id)
    try heartbeat.check()
    heartbeat.stop()
    Thread.sleep(forTimeInterval: 0.6)
    #expect(try store.claim(worker: WorkerIdentity())?.id == run.id)
  }

  @Test func estimatesAndRemainingTimesComeFromWhatWasTimed() throws {
    var runner = try runner()
    var remaining: [Double?] = []
    runner.report = { if case .epochEnded(_, _, let seconds) = $0 { remaining.append(seconds) } }
    try runner.run(TinyStudies.plan())
    #expect(remaining.count == 16)
    #expect(remaining.allSatisfy { ($0 ?? -1) >= 0 })
    #expect(remaining.last == 0)
    var estimator = StudyEstimator()
    estimator.calibrates = true
    let estimate = try estimator.estimate(TinyStudies.plan())
    #expect(try #require(estimate.seconds) > 0)
    #expect(estimate.untimed == [])
  }
}
