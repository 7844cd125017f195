import Search
import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit)) struct WorkloadTests {
  private static let text = """
    seeds: 0..2
    baseline: momentum
    base: {batchSize: 20, epochs: 9}
    workloads:
      digits:
        metric: val_accuracy
        target: 0.8
        data: syntheticDigits(train: 200, test: 100)
        model: mlp(hidden: [8])
      sine:
        metric: val_loss
        target: 0.01
        data: reconstruction(data: syntheticDigits(train: 100, test: 50))
        loss: meanSquaredError
        epochs: 4
    arms:
      sgd: {optimizer: sgd}
      momentum: {optimizer: momentum}
      sam: {gradientRule: sam}

    """
  private static let search = """
    search:
      trials: 3
      asWritten: false
      judgedBy: heldOut(target: first)
      space: {optimizer.learningRate: 'log(1e-3, 1)'}

    """
  private static let smoke = """
    budgets:
      smoke:
        workloads:
          sine: {epochs: 1, target: 0.5, metric: loss}

    """

  private func plan(_ change: (String) -> String = { $0 }) throws -> StudyPlan { try PlanTexts.plan(change(Self.text)) }

  @Test func armsAreCrossedWithWorkloads() throws {
    let plan = try plan()
    #expect(plan.workloads.map(\.name) == ["digits", "sine"])
    #expect(plan.workloads[1].metric == PrimaryMetric("val_loss") && plan.workloads[1].target == 0.01)
    #expect(plan.workloads[1].settings.map(\.path) == ["data", "epochs", "loss"])
    let planned = try plan.plannedArms()
    #expect(
      planned.map(\.arm.name) == ["digits", "sine"].flatMap { w in ["sgd", "momentum", "sam"].map { "\($0) \(w)" } })
    #expect(planned.map(\.label) == ["sgd", "momentum", "sam", "sgd", "momentum", "sam"])
    #expect(
      planned.map(\.baseline)
        == ["momentum digits", nil, "momentum digits", "momentum sine", nil, "momentum sine"])
    #expect(planned.compactMap(\.workload?.metric.name).uniqued == ["val_accuracy", "val_loss"])
    let runs = try plan.runs()
    #expect(runs.count == 18)
    #expect(Set(runs.filter { $0.arm == "sam sine" }.map(\.configuration.epochs)) == [4])
    #expect(Set(runs.filter { $0.arm == "sam digits" }.map(\.configuration.epochs)) == [9])
  }

  /// A run is its configuration, whichever plan it belongs to.
  @Test func runsAreThoseOfPlansWithoutWorkloads() throws {
    let own = try plan().runs().filter { $0.arm.hasSuffix("digits") }
    let other = try PlanTexts.plan(
      """
      seeds: 0..2
      base: {batchSize: 20, epochs: 9, data: 'syntheticDigits(train: 200, test: 100)', model: 'mlp(hidden: [8])'}
      arms:
        sgd: {optimizer: sgd}
        momentum: {optimizer: momentum}
        sam: {gradientRule: sam}
      """
    ).runs()
    #expect(own.map(\.id) == other.map(\.id))
    #expect(own.map(\.configuration.canonicalText) == other.map(\.configuration.canonicalText))
  }

  @Test func textsReadBackToTheSamePlan() throws {
    let plan = try PlanTexts.plan(Self.text + Self.search)
    let text = try plan.yaml()
    #expect(!text.contains("targets:") && text.contains("workloads:\n  digits:\n    metric: "))
    let again = try StudyPlan(yaml: text, source: "again", name: "plan")
    #expect(again == plan)
    #expect(try again.yaml() == text)
    var other = plan
    try other.override(assignment: "workloads.sine.target=0.02")
    #expect(other != plan)
  }

  @Test func overridesChangeOneWorkloadOrAll() throws {
    var plan = try plan()
    for assignment in ["workloads.sine.epochs=3", "workloads.sine.target=0.5", "workloads.sine.metric=loss"] {
      try plan.override(assignment: assignment)
    }
    #expect(plan.workloads[1].target == 0.5 && plan.workloads[1].metric == PrimaryMetric("loss"))
    func epochs() throws -> [Int] {
      try plan.runs().filter { $0.seed == 0 && $0.arm.hasPrefix("sgd") }.map(\.configuration.epochs)
    }
    #expect(try epochs() == [9, 3])
    try plan.override(assignment: "epochs=2")
    #expect(try epochs() == [2, 2])
    try plan.override(assignment: "workloads=sine")
    #expect(try epochs() == [2])
  }

  @Test func budgetsChangeWorkloads() throws {
    let recipe = try Recipe(yaml: Self.text + Self.smoke, source: "plan.yml")
    let plan = try recipe.plan(budget: "smoke")
    #expect(plan.workloads[1].target == 0.5 && plan.workloads[1].metric.name == "loss")
    #expect(plan.workloads[1].settings.map(\.path) == ["data", "epochs", "loss"])
    #expect(try recipe.departure(of: "smoke")?.contains("workloads.sine.epochs=1") == true)
    #expect(throws: ConfigurationError.self) {
      try Recipe(yaml: (Self.text + Self.smoke).replacing("sine: {", with: "sign: {"), source: "plan.yml")
        .plan(budget: "smoke")
    }
  }

  /// Each workload is searched by its own metric and target, with the same draws for an arm.
  @Test func eachWorkloadIsSearchedApart() throws {
    let plan = try PlanTexts.plan(Self.text + Self.search)
    let unfolder = try PlanUnfolder(plan)
    var known = KnownResults()
    let trials = try unfolder.runs(given: known).runs
    #expect(trials.count == 18 && trials.allSatisfy { $0.stage != .final })
    // The first draw is the best on the digits, the last one on the sine.
    for run in trials {
      guard let trial = run.stage.trial else { continue }
      let isDigits = run.arm.hasSuffix("digits")
      let epoch = isDigits ? trial : 4 - trial
      let records = (1...4).map { number in
        EpochRecord(
          epoch: number, step: number * 10,
          metrics: [
            "loss": 1, "val_accuracy": isDigits && number >= epoch ? 0.9 : 0.1,
            "val_loss": !isDigits && number >= epoch ? 0.005 : 0.5,
          ], trainingSeconds: 1)
      }
      known[run.id] = KnownRun(History(epochs: records), state: .done)
    }
    let findings = try #require(try unfolder.findings(given: known))
    #expect(findings.arms.map(\.chosen) == Array(repeating: [1], count: 3) + Array(repeating: [3], count: 3))
    #expect(findings.arms.map(\.target) == [0.8, 0.8, 0.8, 0.01, 0.01, 0.01])
    #expect(findings.arms.map(\.metric.name).uniqued == ["val_accuracy", "val_loss"])
    // A step of SAM evaluates two gradients.
    #expect(findings.arms[2].trials[0].gradientsToTarget == 20 && findings.arms[0].trials[0].gradientsToTarget == 10)
    #expect(try unfolder.runs(given: known).runs.count { $0.stage == .final } == 18)
    let part = findings.ofArms(["sam sine": "sam"])
    #expect(part.arms.map(\.arm) == ["sam"])
  }

  @Test(
    arguments: [
      ("    target: 0.8\n", "", "plan.yml:5", "the workload 'digits' has no target"),
      ("    metric: val_loss\n", "", "plan.yml:10", "the workload 'sine' has no metric"),
      ("target: 0.8", "target: soon", "plan.yml:7", "'target'"),
      ("metric: val_accuracy", "metric: val_acuracy", "plan.yml:5", "did you mean 'val_accuracy'?"),
      ("    epochs: 4", "    epoch: 4", "plan.yml:15", "'epoch'"),
      ("    epochs: 4", "    optimizer: adam", "plan.yml:15", "set by the workload 'sine' and by the arm 'sgd'"),
      (
        "    epochs: 4", "    optimizer.learningRate: 1", "plan.yml:15",
        "set by the workload 'sine' and by the arm 'sgd'"
      ),
      ("    epochs: 4", "    seed: 4", "plan.yml:15", "'seed' isn't an arm's"),
      ("  sine:", "  digits:", "plan.yml:10", "digits"),
      ("  sine:", "  a sine:", "plan.yml:10", "a workload's name is made of"),
      ("baseline: momentum", "metric: val_loss", "plan.yml:2", "each has its own 'metric'"),
      ("baseline: momentum", "targets: [0.9]", "plan.yml:2", "each has its own 'target'"),
      ("baseline: momentum", "margin: 0.01", "plan.yml:2", "a margin is a difference of one metric"),
      ("baseline: momentum", "baseline: momentum sine", "plan: baseline", "there is no arm 'momentum sine'"),
      ("seeds: 0..2", "seeds: until decided (at most 20)", "plan.yml:1", "a fixed number of seeds"),
    ])
  func mistakesHaveTheirLine(_ old: String, _ new: String, _ place: String, _ part: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try plan { $0.replacing(old, with: new, maxReplacements: 1) }.runs()
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix(place + ":") && text.contains(part), "\(text)")
  }

  @Test(
    arguments: [
      ("workloads.sin.epochs=3", "there is no workload 'sin': did you mean 'sine'?"),
      ("workloads.sine=3", "write workloads.NAME.KEY=value"), ("workloads=sin", "there is no workload 'sin'"),
      ("metric=val_loss", "each has its own 'metric'"), ("workloads.sine.target=inf", "'target' is inf"),
    ])
  func badOverridesAreErrors(_ assignment: String, _ part: String) throws {
    var plan = try plan()
    let error = #expect(throws: ConfigurationError.self) { try plan.override(assignment: assignment) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test func plansInSwiftAreCheckedToo() throws {
    var plan = StudyPlan(name: "swift", arms: [Arm("sgd", ["optimizer": "sgd"])])
    let workload = Workload(
      "digits", ["data": "syntheticDigits"], metric: PrimaryMetric("val_accuracy"), target: 0.9)
    plan.workloads = [workload, workload]
    let twice = #expect(throws: ConfigurationError.self) { try plan.runs() }
    #expect(twice?.description.contains("there are two workloads 'digits'") == true)
    plan.workloads = [workload]
    (plan.arms, plan.grid) = ([], [GridAxis("batchSize", [.number(1), .number(2)])])
    let none = #expect(throws: ConfigurationError.self) { try plan.runs() }
    #expect(none?.description.contains("workloads need arms") == true)
  }

  @Test func aGridIsCrossedWithWorkloadsToo() throws {
    let plan = try plan { $0 + "grid: {optimizer.learningRate: [0.1, 0.2]}\n" }
    let planned = try plan.plannedArms()
    #expect(planned.count == 12)
    #expect(planned[1].arm.name == "sgd digits learningRate=0.2" && planned[1].label == "sgd learningRate=0.2")
    #expect(planned[7].baseline == "momentum sine learningRate=0.2")
  }
}
