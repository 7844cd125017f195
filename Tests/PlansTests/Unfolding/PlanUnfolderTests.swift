import Search
import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct PlanUnfolderTests {
  private static func plan(_ search: SettingSearch, seeds: Int = 3, epochs: Int = 9) -> StudyPlan {
    var plan = StudyPlan(
      name: "tuned",
      base: [
        "data": "syntheticDigits(train: 200, test: 100)", "model": "mlp(hidden: [8])", "batchSize": "20",
        "epochs": "\(epochs)",
      ],
      arms: [
        Arm("sgd", ["optimizer": "sgd"]), Arm("momentum", ["optimizer": "momentum"]),
        Arm("sam", ["gradientRule": "sam"]),
      ], seeds: Array(0..<seeds))
    plan.search = search
    return plan
  }

  private static let space = [
    SearchAxis("optimizer.learningRate", LogScale(1e-3, 1)), SearchAxis("optimizer.momentum", LinearScale(0, 0.9)),
    SearchAxis("gradientRule.rho", LogScale(0.01, 1)),
  ]

  /// What training would record: a loss of the run's own, and an accuracy that falls with it.
  private static func history(
    _ run: PlannedRun, epochs: Int? = nil, loss: (PlannedRun, Int) -> Double = usualLoss
  ) -> History {
    let count = epochs ?? run.until ?? run.configuration.epochs
    return History(
      epochs: (0..<count).map { epoch in
        let value = loss(run, epoch + 1)
        return EpochRecord(
          epoch: epoch + 1, step: (epoch + 1) * 8,
          metrics: ["loss": value, "accuracy": 1 - value, "val_loss": value, "val_accuracy": 1 - value],
          trainingSeconds: 1)
      })
  }

  /// Some number below 1 that a run's id decides, falling from epoch to epoch.
  private static func usualLoss(_ run: PlannedRun, _ epoch: Int) -> Double {
    Double(run.id.utf8.prefix(8).reduce(0) { ($0 * 31 + Int($1)) % 1000 }) / 1000 / Double(epoch)
  }

  /// Ends runs in some order, several at once, until nothing is left to be done.
  /// - Parameter isStrict: whether what is known may only grow.
  private static func finish(
    _ plan: StudyPlan, order: (inout [PlannedRun]) -> Void = { _ in }, atOnce: Int = 1,
    loss: (PlannedRun, Int) -> Double = usualLoss
  ) throws -> (runs: [PlannedRun], results: KnownResults) {
    var known = KnownResults()
    var (before, steps): (Set<PlannedRun>, Int) = ([], 0)
    let unfolder = try PlanUnfolder(plan)
    while steps < 10_000 {
      steps += 1
      let unfolded = try unfolder.runs(given: known)
      // Runs become known and never unknown; where they stop may change.
      let all = Set(unfolded.runs.map(anyLength))
      #expect(all.isSuperset(of: before))
      before = all
      var open = unfolded.runs.filter { run in
        let epoch = known[run.id]?.history.epochs.last?.epoch ?? 0
        return known[run.id]?.hasEnded != true && epoch < run.until ?? run.configuration.epochs
      }
      if open.isEmpty {
        #expect(unfolded.more == 0)
        return (unfolded.runs, known)
      }
      order(&open)
      for run in open.prefix(atOnce) {
        let history = history(run, loss: loss)
        let isOver = history.epochs.count == run.configuration.epochs
        known[run.id] = KnownRun(history, state: isOver ? .done : .open)
      }
    }
    Issue.record("the plan never ends")
    return ([], known)
  }

  private static func anyLength(_ run: PlannedRun) -> PlannedRun {
    var run = run
    run.until = nil
    return run
  }

  private static func search(_ budget: SearchBudget = .trials(6)) -> SettingSearch {
    SettingSearch(budget, space: space)
  }

  @Test func aPlanWithoutASearchIsKnownAtOnce() throws {
    var plan = Self.plan(Self.search())
    plan.search = nil
    let unfolded = try PlanUnfolder(plan).runs(given: KnownResults())
    #expect(unfolded.runs.count == 9 && unfolded.more == 0 && !plan.unfolds)
    #expect(unfolded.runs.allSatisfy { $0.stage == .final && $0.until == nil })
  }

  /// Each arm varies what it has, every trial is trained on a part of the training data with seeds of its own, and the best
  /// settings are trained with the plan's.
  @Test func trialsComeFirstAndFinalRunsAreTuned() throws {
    let plan = Self.plan(Self.search())
    let start = try PlanUnfolder(plan).runs(given: KnownResults())
    #expect(start.runs.count == 21)
    #expect(start.expected.map(\.count) == [3, 3, 3])
    #expect(start.runs.prefix(4).map(\.stage) == [.trial(0), .trial(0), .trial(0), .trial(1)])
    for run in start.runs {
      #expect(run.seed == 1_000_000)
      let data = run.configuration.data
      #expect(data.name == "heldOut" && data.description.contains("fraction: 0.2, seed: 1000000"))
      let settings = run.configuration.optimizer.description + run.configuration.gradientRule.description
      guard let trial = run.stage.trial, trial > 0 else { continue }
      #expect(settings.contains("rho:") == (run.arm == "sam"))
      #expect(settings.contains("learningRate:"))
    }
    let (runs, results) = try Self.finish(plan)
    let final = runs.filter { $0.stage == .final }
    #expect(final.map(\.seed) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
    let findings = try #require(try PlanUnfolder(plan).findings(given: results))
    for arm in findings.arms {
      #expect(arm.trials.map(\.number) == Array(0...6))
      let best = try #require(arm.trials.max { ($0.score ?? 0, $1.number) < ($1.score ?? 0, $0.number) })
      #expect(arm.chosen == [best.number])
      for run in final where run.arm == arm.arm {
        #expect(run.configuration.data.name == "syntheticDigits")
        #expect(run.configuration.optimizer == best.runs[0].configuration.optimizer)
        #expect(run.configuration.gradientRule == best.runs[0].configuration.gradientRule)
      }
    }
    // Two gradients per step, for SAM.
    #expect(findings.arms.map { $0.trials[0].gradientEvaluations } == [72, 72, 144])
  }

  /// Whatever the order in which runs end, and however many at once, the runs are the same.
  @Test(arguments: [
    search(), search(.gradients(300)), search(.seconds(30)), adaptive(), pruned("halving"), pruned("hyperband"),
    studies(),
  ])
  func theOrderOfEndsDoesNotMatter(_ search: SettingSearch) throws {
    let plan = Self.plan(search)
    let expected = try Self.finish(plan).runs
    #expect(expected.contains { $0.stage == .final })
    for state in UInt64(1)...2 {
      var generator = SplitMix(state: state)
      let found = try Self.finish(plan, order: { $0.shuffle(using: &generator) }, atOnce: 1 + Int(state) % 3).runs
      #expect(found == expected)
    }
  }

  private static func adaptive() -> SettingSearch {
    var search = search(.trials(8))
    search.sampler = MethodSpec("tpe", Options(["startup": .number(3)]))
    return search
  }

  private static func pruned(_ pruner: String) -> SettingSearch {
    var search = search(.trials(9))
    search.pruner = MethodSpec(pruner)
    return search
  }

  private static func studies() -> SettingSearch {
    var search = SettingSearch.algoPerf(space: space)
    (search.studies, search.repeats, search.judge.target) = (3, 2, .value(0.97))
    return search
  }

  /// SAM's steps cost two gradients, so it gets half the trials.
  @Test func equalGradientsAreFewerTrialsForSAM() throws {
    let (runs, _) = try Self.finish(Self.plan(Self.search(.gradients(288))))
    func trials(_ arm: String) -> Int { runs.count { $0.arm == arm && $0.stage.trial ?? 0 > 0 } }
    // A run of 9 epochs of 8 updates costs 72 gradients, or 144.
    #expect([trials("sgd"), trials("momentum"), trials("sam")] == [4, 4, 2])
    let seconds = try Self.finish(Self.plan(Self.search(.seconds(20)))).runs
    #expect(seconds.count { $0.arm == "sam" && $0.stage.trial ?? 0 > 0 } == 3)
  }

  /// Once a run has told what one costs, trials can be trained side by side.
  @Test func gradientsTellTheTrialsAtOnce() throws {
    let plan = Self.plan(Self.search(.gradients(288)))
    let start = try PlanUnfolder(plan).runs(given: KnownResults())
    #expect(start.runs.count == 6)
    var known = KnownResults()
    for run in start.runs where run.stage == .trial(0) { known[run.id] = KnownRun(Self.history(run), state: .done) }
    let next = try PlanUnfolder(plan).runs(given: known).runs
    #expect(next.count { $0.arm == "sgd" } == 5 && next.count { $0.arm == "sam" } == 3)
  }

  @Test func divergedTrialsAreTheWorst() throws {
    var search = Self.search(.trials(3))
    search.triesWritten = false
    let plan = Self.plan(search)
    // An accuracy that is still finite doesn't help.
    let (runs, results) = try Self.finish(plan, loss: { run, _ in run.stage == .trial(2) ? 0.9 : .nan })
    let findings = try #require(try PlanUnfolder(plan).findings(given: results))
    #expect(findings.arms.allSatisfy { $0.chosen == [2] })
    #expect(findings.arms[0].trials[0].score?.isNaN == true)
    #expect(runs.count { $0.stage == .final } == 9)
    // Where all have diverged, and where all are equal, the first one is taken.
    for value in [Double.nan, 0.5] {
      let results = try Self.finish(plan, loss: { _, _ in value }).results
      #expect(try #require(try PlanUnfolder(plan).findings(given: results)).arms.allSatisfy { $0.chosen == [1] })
    }
  }

  @Test func failedTrialsAreTheWorst() throws {
    let plan = Self.plan(Self.search(.trials(1)))
    var known = KnownResults()
    for run in try plan.runs() {
      known[run.id] = KnownRun(Self.history(run) { _, _ in 0.5 }, state: run.stage == .trial(0) ? .failed : .done)
    }
    #expect(try #require(try PlanUnfolder(plan).findings(given: known)).arms.allSatisfy { $0.chosen == [1] })
  }

  @Test func theMedianOfRepeatsCounts() throws {
    var search = Self.search(.trials(2))
    (search.repeats, search.triesWritten) = (3, false)
    let plan = Self.plan(search, seeds: 2)
    // The first trial has the best run, and the second the better median.
    let losses: [RunStage: [Double]] = [.trial(1): [0.01, 0.5, 0.6], .trial(2): [0.3, 0.31, 0.9]]
    let (runs, results) = try Self.finish(plan, loss: { run, _ in losses[run.stage]?[run.seed - 1_000_000] ?? 0.5 })
    #expect(runs.count == 3 * (2 * 3 + 2))
    let arm = try #require(try PlanUnfolder(plan).findings(given: results)).arms[0]
    #expect(arm.chosen == [2])
    #expect(arm.trials.map(\.score) == [0.5, 1 - 0.31])
  }

  /// The third of nine trials goes on at each rung, and only those that end are chosen from.
  @Test func halvingStopsTrials() throws {
    var search = Self.pruned("halving")
    search.triesWritten = false
    let plan = Self.plan(search, seeds: 1)
    let start = try PlanUnfolder(plan).runs(given: KnownResults()).runs
    #expect(start.allSatisfy { $0.until == 1 })
    let (runs, results) = try Self.finish(plan)
    let own = runs.filter { $0.arm == "sgd" && $0.stage != .final }
    #expect(own.count { $0.until == 1 } == 6)
    #expect(own.count { $0.until == 3 } == 2)
    #expect(own.count { $0.until == nil } == 1)
    #expect(own.allSatisfy { results[$0.id]?.history.epochs.count == $0.until ?? 9 })
    let arm = try #require(try PlanUnfolder(plan).findings(given: results)).arms[0]
    #expect(arm.trials.count { $0.state == .complete } == 1)
    #expect(arm.trials.count { $0.state == .pruned(epoch: 1) } == 6)
    // Without the others its curve would be the same: what is recorded up to a rung doesn't change later.
    let best = own.min { Self.usualLoss($0, 1) < Self.usualLoss($1, 1) }
    #expect(arm.chosen == [best?.stage.trial])
  }

  /// Seeds take turns with the results of the studies; trials are judged by the time to the target.
  @Test func studiesTakeTurns() throws {
    var search = Self.search(.trials(2))
    (search.studies, search.triesWritten, search.judge.target) = (2, false, .value(0.6))
    let plan = Self.plan(search, seeds: 4)
    // Trials 1 and 3 are the first study's: 3 gets to the target first, although 1 ends higher.
    func loss(_ run: PlannedRun, _ epoch: Int) -> Double {
      switch run.stage.trial {
      case 1: epoch < 5 ? 0.9 : 0.1
      case 3: epoch < 4 ? 0.9 : 0.39
      default: 0.8 - Double(run.stage.trial ?? 0) / 100
      }
    }
    let (runs, results) = try Self.finish(plan, loss: loss)
    let arm = try #require(try PlanUnfolder(plan).findings(given: results)).arms[0]
    #expect(arm.chosen == [3, 4])
    #expect(arm.trials.map(\.gradientsToTarget) == [40, .infinity, 32, .infinity])
    #expect(Set(arm.trials.map { $0.runs[0].seed }) == [1_000_000, 1_000_001])
    let final = runs.filter { $0.stage == .final && $0.arm == "sgd" }.map { $0.configuration.optimizer }
    #expect(final[0] == final[2] && final[1] == final[3] && final[0] != final[1])
  }

  /// Seeds of trials are none of the plan's, and the plan may get more seeds later.
  @Test func trialsHaveSeedsOfTheirOwn() throws {
    var plan = Self.plan(Self.search(.trials(1)))
    let ids = try plan.runs().map(\.id)
    plan.seeds = Array(0..<10)
    #expect(try plan.runs().map(\.id) == ids)
    plan.seeds = [1_000_000]
    #expect(try plan.runs().allSatisfy { $0.seed == 1_000_001 })
  }

  /// An arm without any of the settings is trained as it is written, and trials of a part hold out of that part.
  @Test func armsMayHaveNothingToSearch() throws {
    var plan = Self.plan(SettingSearch(.trials(2), space: [SearchAxis("gradientRule.rho", LogScale(0.01, 1))]))
    plan.base.append(Override("examples", .number(50)))
    let runs = try plan.runs()
    #expect(runs.count { $0.arm == "sgd" && $0.stage == .final } == 3)
    let trial = try #require(runs.first { $0.arm == "sam" }).configuration
    #expect(trial.examples == nil && trial.data.description.contains("subset(data:"))
    #expect(try trial.source().load(from: DataFolders(), progress: nil).train.count == 40)
  }
}
