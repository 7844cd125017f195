import Foundation
import Search
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.engine, .slow)) struct SearchStudyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static func plan(_ budget: SearchBudget = .trials(4), seeds: Int = 2) -> StudyPlan {
    var plan = TinyStudies.plan("tuned", seeds: seeds, epochs: 3)
    plan.search = SettingSearch(budget, space: [SearchAxis("optimizer.learningRate", LogScale(1e-3, 1))])
    return plan
  }

  private func runner(_ name: String, _ vectorization: Vectorization = .off) throws -> StudyRunner {
    var runner = StudyRunner(try StudyStore(folder(name)))
    runner.vectorization = vectorization
    return runner
  }

  @Test func aSearchEndsWithTunedFinalRuns() throws {
    let plan = Self.plan()
    let runner = try runner("store.sqlite")
    let results = try runner.run(plan)
    #expect(results.runs.count == 2 * 5 + 2 * 2)
    #expect(results.runs.allSatisfy { $0.state == .done })
    #expect(results.study.counts.expected == 0 && results.study.counts.done == 14)
    #expect(results.finalRuns.map(\.arm) == ["sgd", "adam", "sgd", "adam"])
    #expect(try results.armResults().map(\.runs.count) == [2, 2])
    // Trials never see the test set, and final runs have all of the training data.
    #expect(results.runs.prefix(10).allSatisfy { $0.dataOrigin?.contains("40 training examples held out") == true })
    #expect(results.finalRuns.allSatisfy { $0.dataOrigin?.contains("held out") == false && $0.steps == 30 })
    let findings = try #require(try results.searchFindings())
    for (arm, result) in zip(findings.arms, try results.armResults()) {
      let best = try #require(arm.chosenTrials.first ?? nil)
      #expect(best.score == arm.trials.compactMap(\.score).max())
      let final = try #require(results.finalRuns.first { $0.arm == result.arm.name })
      #expect(
        try RunConfiguration(canonicalText: final.configuration, source: "").optimizer
          == best.runs[0].configuration.optimizer)
    }
    let report = try StudyReport(results)
    #expect(report.arms.map(\.runs.count) == [2, 2])
    #expect(report.facts.notes.contains { $0.contains("4 trials per arm") && $0.contains("20 % of the training data") })
    // Nothing is left to be done, and nothing is lost.
    let again = try runner.run(plan)
    #expect(StudyDiff(results, again).isEmpty && again.runs.allSatisfy { $0.attempts == 1 })
  }

  /// Trials that differ in numbers alone are one program, and lead to the same trials.
  @Test func trialsAreTrainedInOneProgram() throws {
    var runner = try runner("together.sqlite", .on)
    var began: [String] = []
    runner.report = { if case .runBegan(let run) = $0 { began.append("\(run.arm) \(run.together)") } }
    let results = try runner.run(Self.plan())
    #expect(
      began == ["sgd 1", "sgd 4", "adam 1", "adam 4", "sgd 2", "adam 2"]
        || began == ["sgd 5", "adam 5", "sgd 2", "adam 2"])
    let alone = try self.runner("alone.sqlite").run(Self.plan())
    #expect(results.runs.filter { $0.stage != .final }.map(\.id) == alone.runs.filter { $0.stage != .final }.map(\.id))
    for (own, other) in zip(results.runs, alone.runs) where own.id == other.id {
      let (value, expected) = (own.history.values("loss").last?.value, other.history.values("loss").last?.value)
      #expect(((value ?? .nan) - (expected ?? .nan)).magnitude < 1e-3)
    }
  }

  /// A trial is a run as any other: what one plan has trained, another finds done.
  @Test func trialsAreSharedBetweenPlans() throws {
    let runner = try runner("store.sqlite")
    let results = try runner.run(Self.plan())
    let trial = try #require(results.runs.first { $0.stage == .trial(2) && $0.arm == "sgd" })
    let settings = try RunConfiguration(canonicalText: trial.configuration, source: "")
    var plain = TinyStudies.plan("plain", arms: ["arm": settings.optimizer.description], epochs: 3)
    plain.base.removeAll { $0.path == "data" }
    plain.base.append(
      Override("data", text: "heldOut(data: syntheticDigits(train: 200, test: 100), fraction: 0.2, seed: 1000000)"))
    plain.seeds = [1_000_000]
    #expect(try plain.runs().map(\.id) == [trial.id])
    #expect(try runner.store.register(plain).counts.done == 1)
    // A search of more trials goes on where the shorter one ended, whatever its final runs were.
    let longer = try runner.store.register(Self.plan(.trials(6)))
    #expect(longer.counts.done == 10 && longer.counts.pending == 4 && longer.counts.expected == 4)
    let error = #expect(throws: StoreError.self) { try runner.store.register(Self.plan(.trials(3))) }
    #expect((try #require(error)).description.contains("lacks 2 of the 10 runs"))
    #expect(throws: StoreError.self) { try runner.store.register(TinyStudies.plan("tuned", epochs: 3)) }
  }

  @Test func prunedTrialsGoOnToTheSameBits() throws {
    var plan = Self.plan(.trials(9), seeds: 1)
    plan.base.removeAll { $0.path == "epochs" }
    plan.base.append(Override("epochs", .number(4)))
    plan.arms.removeLast()
    plan.search?.pruner = MethodSpec("halving")
    let undisturbed = try runner("alone.sqlite")
    let runner = try runner("store.sqlite")
    let results = try runner.run(plan)
    let trials = results.runs.filter { $0.stage != .final && $0.stage != .trial(0) }
    // Nine trials are compared after one epoch and after three.
    #expect(trials.map { $0.history.epochs.count }.sorted() == [1, 1, 1, 1, 1, 1, 3, 3, 4])
    #expect(trials.count { $0.state == .paused } == 8)
    #expect(results.study.counts.paused == 8 && results.study.counts.done == 3)
    #expect(trials.allSatisfy { $0.state != .paused || $0.isDiverged == nil })
    // Without pruning, the same trials are trained to the end.
    var whole = plan
    whole.search?.pruner = MethodSpec("none")
    let expected = try undisturbed.run(whole)
    let histories = Dictionary(expected.runs.map { ($0.id, $0.history.epochs) }) { one, _ in one }
    for trial in trials {
      let reference = try #require(histories[trial.id])
      #expect(zip(trial.history.epochs, reference).allSatisfy { $0.metrics == $1.metrics })
    }
    // A plan that wants them whole takes them up where they were stopped.
    let completed = try runner.run(whole)
    #expect(completed.study.counts.paused == 0)
    #expect(completed.runs.filter { $0.stage != .final }.allSatisfy { $0.state == .done })
    for run in completed.runs where run.stage != .final {
      #expect(run.history.epochs.map(\.metrics) == histories[run.id]?.map(\.metrics))
    }
    #expect(completed.runs.contains { $0.attempts > 1 })
  }

  /// With as many trials in one program as may be.
  @Test func prunedTrialsAreTrainedInOneProgram() throws {
    var plan = Self.plan(.trials(6), seeds: 1)
    plan.search?.pruner = MethodSpec("halving")
    let results = try runner("together.sqlite", .on).run(plan)
    #expect(results.study.counts.paused == 8 && results.study.counts.failed == 0)
    #expect(results.finalRuns.allSatisfy { $0.state == .done })
  }

  @Test func estimatesKnowThatMoreRunsCome() throws {
    let plan = Self.plan()
    var estimate = try StudyEstimator().estimate(plan)
    #expect(estimate.runs == 10 && estimate.expected == 4 && estimate.epochs == 42)
    let runner = try runner("store.sqlite")
    try runner.run(plan)
    estimate = try StudyEstimator(store: runner.store).estimate(plan)
    #expect(estimate.runs == 14 && estimate.done == 14 && estimate.expected == 0 && estimate.epochs == 0)
  }

  @Test func exportsTellTrialsFromFinalRuns() throws {
    let results = try runner("store.sqlite").run(Self.plan(.trials(1), seeds: 1))
    let lines = results.csv().split(separator: "\n")
    #expect(lines[0].hasSuffix(",value,trial"))
    #expect(lines[1].hasSuffix(",0") && lines.last?.hasSuffix(",") == true)
    #expect(try results.json().contains("\"trial\" : 1"))
  }

  /// Trials that can't be trained are the worst, and end nothing else.
  @Test func failedTrialsAreReportedAndNotChosen() throws {
    var plan = Self.plan(seeds: 1)
    plan.search = SettingSearch(
      .trials(4), space: [SearchAxis("batchSize", ChoiceScale([.number(20), .number(5000)]))])
    let results = try runner("store.sqlite").run(plan)
    #expect(results.study.counts.failed > 0)
    #expect(results.finalRuns.allSatisfy { $0.state == .done && $0.steps == 30 })
  }
}
