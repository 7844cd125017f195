import Statistics
import TestSupport
import Testing
import Training

@testable import Plans

@Suite(.tags(.unit)) struct UntilDecidedTests {
  private static func yaml(_ seeds: String, margin: String? = nil, arms: Int = 3) -> String {
    """
    name: rates
    seeds: \(seeds)
    \(margin.map { "margin: \($0)" } ?? "metric: val_accuracy")
    base: {data: digits, epochs: 1}
    arms:
    \((0..<arms).map { "  arm\($0): {optimizer: 'sgd(learningRate: \(Double($0 + 1) / 10))'}" }.joined(separator: "\n"))
    """
  }

  private static func plan(_ seeds: String, margin: String? = nil, arms: Int = 3) throws -> StudyPlan {
    try StudyPlan(yaml: yaml(seeds, margin: margin, arms: arms), source: "plan.yml")
  }

  @Test func plansAndCommandLinesSayIt() throws {
    let plan = try Self.plan("until decided (at most 40)", margin: "0.002")
    #expect(plan.seeds == Array(0..<40) && plan.untilDecided == UntilDecided() && plan.margin == 0.002)
    #expect(try plan.sequentialDesign() == SequentialDesign(maximum: 40, first: 9))
    let chosen = try Self.plan("'until  decided ( first 12 , at most 10..49 )'")
    #expect(chosen.seeds == Array(10..<50) && chosen.untilDecided == UntilDecided(first: 12))
    #expect(try chosen.sequentialDesign()?.first == 12)
    #expect(try Self.plan("until decided (at most [1, 5, 9, 11, 13, 20, 22])").seeds == [1, 5, 9, 11, 13, 20, 22])
    for plan in [plan, chosen, try Self.plan("until decided (at most [1, 5, 9, 11, 13, 20, 22])")] {
      #expect(try StudyPlan(yaml: plan.yaml(), source: "again") == plan)
    }
    var typed = try Self.plan("0..9")
    #expect(typed.untilDecided == nil && typed.margin == nil)
    #expect(try !typed.yaml().contains("margin") && !typed.unfolds)
    try typed.override(assignment: "seeds=until decided (first 8, at most 20)")
    try typed.override(assignment: "margin=0.01")
    #expect(typed.seeds.count == 20 && typed.untilDecided?.first == 8 && typed.margin == 0.01 && typed.unfolds)
    try typed.override(assignment: "seeds=5")
    #expect(typed.seeds.count == 5 && typed.untilDecided == nil)
  }

  @Test(arguments: [
    (
      "until decided",
      "plan.yml:2: 'seeds' takes 'until decided (at most 40)' or 'until decided (first 10, at most 40)', not 'until decided'"
    ),
    (
      "until decided (40)",
      "plan.yml:2: 'seeds' takes 'until decided (at most 40)' or 'until decided (first 10, at most 40)', not 'until decided (40)'"
    ),
    ("until decided (first 50, at most 40)", "plan.yml:2: 'first' is 50, but must be in 1...40, the seeds of the plan"),
    (
      "until decided (at most 5)",
      "plan.yml:2: 'at most' is 5, but must be 7 or more to decide one of 2 comparisons at 0.05"
    ),
    ("until decided (at most 1001)", "plan.yml:2: 'at most' is 1001, but must be from 2 to 1000"),
    ("until decided (at most 0)", "plan.yml:2: there are no seeds: a number says how many, [0] is the seed 0"),
  ])
  func mistakesNameTheirLine(_ seeds: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { _ = try Self.plan(seeds).runs() }
    #expect(error?.description == message)
  }

  @Test func marginsAndSingleArmsAreChecked() throws {
    for margin in ["0", "-1"] {
      let error = #expect(throws: ConfigurationError.self) { _ = try Self.plan("5", margin: margin) }
      #expect(error?.description.hasPrefix("plan.yml:3: 'margin' is") == true, "\(error?.description ?? "")")
    }
    let single = #expect(throws: ConfigurationError.self) {
      _ = try Self.plan("until decided (at most 20)", arms: 1).runs()
    }
    #expect(
      single?.description
        == "plan.yml:2: there is nothing to decide: seeds until decided take two arms or more")
  }

  // MARK: - Unfolding

  private func history(_ value: Double) -> History {
    History(epochs: [
      EpochRecord(
        epoch: 1, step: 1, metrics: ["loss": 1, "val_loss": 1, "val_accuracy": value], trainingSeconds: 0)
    ])
  }

  /// What a run would give: arm 1 is better than arm 0, arm 2 neither.
  private func value(_ run: PlannedRun) -> Double {
    let noise = Double((run.seed * 37 + run.arm.count * 11) % 17) / 1000
    switch run.arm {
    case "arm1": return 0.9 + noise + 0.02 + Double(run.seed % 3) / 1000
    case "arm2": return 0.9 + noise + (run.seed % 2 == 0 ? 0.004 : -0.0035) * Double(1 + run.seed % 5)
    default: return 0.9 + noise
    }
  }

  /// Ends runs in a given order until none is left.
  private func unfold(
    _ plan: StudyPlan, failing: (PlannedRun) -> Bool = { _ in false }, choose: (Int) -> Int = { _ in 0 }
  ) throws -> [PlannedRun] {
    let unfolder = try PlanUnfolder(plan)
    var known = KnownResults()
    var count = 0
    while true {
      let unfolded = try unfolder.runs(given: known)
      // There are never fewer.
      #expect(unfolded.runs.count >= count)
      count = unfolded.runs.count
      let open = unfolded.runs.filter { known[$0.id] == nil }
      guard !open.isEmpty else {
        #expect(unfolded.more == 0)
        return unfolded.runs
      }
      let run = open[choose(open.count) % open.count]
      known[run.id] = failing(run) ? KnownRun(History(), state: .failed) : KnownRun(history(value(run)), state: .done)
    }
  }

  @Test func armsStopWhenTheyAreDecided() throws {
    let plan = try Self.plan("until decided (at most 24)")
    let first = try PlanUnfolder(plan).runs(given: KnownResults())
    #expect(first.runs.count == 3 * 8 && first.more == 3 * 16)
    let runs = try unfold(plan)
    func seeds(_ arm: String) -> [Int] { runs.filter { $0.arm == arm }.map(\.seed) }
    // Where arm 1 is decided it stops; arm 2 and the baseline go on to the end.
    #expect(seeds("arm1").count < 12 && seeds("arm1") == Array(0..<seeds("arm1").count))
    #expect(seeds("arm0") == Array(0..<24) && seeds("arm2") == Array(0..<24))
    // Whatever order runs end in, they are the same.
    var state = 1
    func choice(_ count: Int) -> Int {
      state = state &* 1_103_515_245 &+ 12_345
      return (state >> 16) & 0x7FFF
    }
    let shuffled = try unfold(plan, choose: choice)
    #expect(shuffled == runs)
    #expect(try unfold(plan, choose: { $0 - 1 }) == runs)
  }

  @Test func aMarginStopsTheOthersToo() throws {
    let runs = try unfold(Self.plan("until decided (at most 24)", margin: "0.03"))
    #expect(runs.filter { $0.arm == "arm2" }.count < 14)
    #expect(runs.filter { $0.arm == "arm0" }.count < 14)
  }

  @Test func failedRunsNeitherStopAStudyNorKeepItGoing() throws {
    let plan = try Self.plan("until decided (at most 24)")
    // A seed of one arm is missing: the arm needs one more.
    let one = try unfold(plan, failing: { $0.arm == "arm1" && $0.seed == 3 })
    let all = try unfold(plan)
    #expect(one.filter { $0.arm == "arm1" }.count >= all.filter { $0.arm == "arm1" }.count)
    // An arm that always fails is given up at the first look.
    let broken = try unfold(plan, failing: { $0.arm == "arm2" })
    #expect(broken.filter { $0.arm == "arm2" }.count == 8)
    #expect(broken.filter { $0.arm == "arm0" }.count == broken.filter { $0.arm == "arm1" }.count)
  }

  @Test func divergedRunsCountAsNaN() throws {
    let metric = PrimaryMetric()
    #expect(metric.outcome(of: history(0.9)) == 0.9)
    #expect(metric.outcome(of: history(.nan)).isNaN)
    #expect(metric.outcome(of: History()).isNaN)
    let lost = History(epochs: [
      EpochRecord(epoch: 1, step: 1, metrics: ["loss": .infinity, "val_accuracy": 0.1], trainingSeconds: 0)
    ])
    #expect(metric.outcome(of: lost).isNaN)
    let best = PrimaryMetric("val_loss", reading: .best)
    let falling = History(
      epochs: [3, 1, 2].enumerated().map { index, loss in
        EpochRecord(epoch: index + 1, step: index, metrics: ["loss": 1, "val_loss": loss], trainingSeconds: 0)
      })
    #expect(best.outcome(of: falling) == 1)
  }
}
