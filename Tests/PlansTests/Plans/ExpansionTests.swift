import TestSupport
import Testing

@testable import Plans

@Suite(.tags(.unit, .slow)) struct ExpansionTests {
  @Test func armsAreCrossedWithTheGridAndSeeds() throws {
    let plan = try PlanTexts.plan(PlanTexts.rates)
    let arms = try plan.plannedArms()
    #expect(
      arms.map(\.arm.name) == [
        "sgd learningRate=0.1", "sgd learningRate=0.5", "adam learningRate=0.1", "adam learningRate=0.5",
        "plain learningRate=0.1", "plain learningRate=0.5",
      ])
    #expect(
      arms.map(\.baseline) == [
        nil, nil, "sgd learningRate=0.1", "sgd learningRate=0.5", "sgd learningRate=0.1", "sgd learningRate=0.5",
      ])
    let runs = try plan.runs()
    #expect(runs.count == 18)
    // Seed after seed, so that an interrupted study has compared something.
    #expect(runs.prefix(6).allSatisfy { $0.seed == 0 })
    #expect(runs.prefix(6).map(\.arm) == arms.map(\.arm.name))
    #expect(runs[0].configuration.optimizer.description == "sgd(learningRate: 0.1)")
    #expect(runs[1].configuration.optimizer.description == "sgd(learningRate: 0.5)")
    #expect(runs[3].configuration.optimizer.description == "adam(learningRate: 0.5)")
    #expect(runs[17].configuration.seed == 2)
    // Two arms with one configuration share their runs.
    #expect(runs[0].id == runs[4].id)
    #expect(Set(runs.map(\.id)).count == 12)
  }

  @Test func aGridAloneMakesArms() throws {
    let plan = try PlanTexts.plan("seeds: 2\ngrid:\n  optimizer: [sgd, adam]\n  batchSize: [10, 20]\n  epochs: 1")
    let arms = try plan.plannedArms()
    #expect(
      arms.map(\.arm.name) == [
        "optimizer=sgd batchSize=10", "optimizer=sgd batchSize=20", "optimizer=adam batchSize=10",
        "optimizer=adam batchSize=20",
      ])
    // The first is what all are compared with.
    #expect(arms.map(\.baseline) == [nil] + Array(repeating: "optimizer=sgd batchSize=10", count: 3))
    #expect(try plan.runs().allSatisfy { $0.configuration.epochs == 1 })
  }

  @Test func axesOfOneNameShowTheirPaths() throws {
    let plan = try PlanTexts.plan(
      "seeds: 1\nbase: {gradientRule: sam}\ngrid:\n  optimizer.learningRate: [0.1, 0.2]\n  loss.learningRate: [1, 2]\n")
    #expect(try plan.plannedArms()[1].arm.name == "optimizer.learningRate=0.1 loss.learningRate=2")
  }

  @Test func methodsComeBeforeTheirOptionsHoweverTheyAreWritten() throws {
    let plan = try PlanTexts.plan("seeds: 1\narms:\n  a:\n    optimizer.learningRate: 0.3\n    optimizer: adam")
    #expect(try plan.runs()[0].configuration.optimizer.description == "adam(learningRate: 0.3)")
  }

  @Test func gridsThatAreTooLargeAreRefusedAtOnce() throws {
    let values = (1...1000).map { OptionValue.number(Double($0)) }
    let plan = StudyPlan(name: "huge", grid: (0..<12).map { GridAxis("model.x\($0)", values) }, seeds: [0])
    let error = #expect(throws: ConfigurationError.self) { try plan.runs() }
    #expect(try #require(error).description.contains("more than 100000 runs"))
  }

  /// Whatever the plan: as many runs as the product says, each arm and seed once, an id that follows from the
  /// configuration alone.
  @Test func randomPlansExpandToTheirProduct() throws {
    var generator = SplitMix(state: 11)
    for _ in 0..<40 {
      let optimizers = ["sgd", "adam", "momentum", "nesterov"].shuffled(using: &generator)
      let armCount = Int.random(in: 1...4, using: &generator)
      let rates = (0..<Int.random(in: 1...3, using: &generator)).map { Double($0 + 1) / 8 }
      let batches = (0..<Int.random(in: 1...3, using: &generator)).map { Double(16 << $0) }
      let seeds = Array((0..<20).shuffled(using: &generator).prefix(Int.random(in: 1...5, using: &generator)))
      var plan = StudyPlan(
        name: "random", base: ["epochs": "2"], arms: optimizers.prefix(armCount).map { Arm($0, ["optimizer": $0]) },
        seeds: seeds)
      plan.grid = [
        GridAxis("optimizer.learningRate", rates.map(OptionValue.number)),
        GridAxis("batchSize", batches.map(OptionValue.number)),
      ].shuffled(using: &generator)
      let runs = try plan.runs()
      #expect(runs.count == armCount * rates.count * batches.count * seeds.count)
      #expect(Set(runs.map { "\($0.arm)/\($0.seed)" }).count == runs.count)
      #expect(Set(runs.map(\.id)).count == runs.count)
      #expect(runs.allSatisfy { $0.id == $0.configuration.id && $0.configuration.seed == $0.seed })
      let reversed = StudyPlan(
        name: "other", base: plan.base, arms: plan.arms.reversed(), grid: plan.grid.reversed(), seeds: seeds.reversed())
      #expect(Set(try reversed.runs().map(\.id)) == Set(runs.map(\.id)))
      // And the plan can be written and read.
      let copy = try StudyPlan(yaml: plan.yaml(), source: "copy")
      #expect(copy == plan)
      #expect(try copy.yaml() == plan.yaml())
    }
  }

  @Test func nothingIsSetTwice() {
    let twice = [Override("batchSize", .number(10)), Override("batchSize", .number(20))]
    for plan in [
      StudyPlan(name: "twice", base: twice, arms: [Arm("sgd", ["optimizer": "sgd"])]),
      StudyPlan(name: "twice", arms: [Arm("sgd", settings: twice)]),
    ] {
      #expect(throws: ConfigurationError.duplicateKey(key: "batchSize", origin: "twice")) { try plan.runs() }
    }
  }

  @Test func printedNumbersStayWithWhatTheyWerePrintedFor() throws {
    var plan = try PlanTexts.plan(PlanTexts.rates)
    #expect(try plan.plannedArms().allSatisfy { $0.arm.published == nil })
    plan.grid = [GridAxis("batchSize", [.number(20)])]
    #expect(try plan.plannedArms()[1].arm.published?.test == 97.85)
  }
}
