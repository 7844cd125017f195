import Configuration
import TestSupport
import Testing

@testable import Studies

@Suite(.tags(.unit)) struct RerunCommandTests {
  private func command(seeds: [Int] = [10, 11], budget: String = Recipe.published, _ overrides: String...) throws
    -> RerunCommand
  {
    try RerunCommand(
      try Recipe(named: "activations-mnist").plan(seeds: seeds, budget: budget, overrides: overrides))
  }

  @Test func aRecipeIsNamed() throws {
    let command = try command()
    #expect(command.text == "tanren reproduce activations-mnist --seeds 10..11")
    #expect(!command.needsPlan && command.notes.isEmpty)
    #expect(try self.command(seeds: [3, 8]).text.hasSuffix(" --seeds 3,8"))
    #expect(try self.command(seeds: [3]).text.hasSuffix(" --seeds 3..3"))
  }

  @Test func whatIsNotTheRecipesIsSaid() throws {
    let command = try command(
      "arms=relu,tanhExp", "epochs=3", "data=syntheticDigits(train: 50)", "optimizer.learningRate=0.1,0.5")
    #expect(
      command.text
        == "tanren reproduce activations-mnist --arms relu,tanhExp --seeds 10..11 epochs=3 "
        + "'data=syntheticDigits(train: 50)' optimizer.learningRate=0.1,0.5")
    #expect(
      command.notes == ["Not as published: epochs=3, data=syntheticDigits(train: 50), optimizer.learningRate=0.1,0.5."])
    #expect(try self.command("name=mine").notes.isEmpty)
    #expect(try self.command("name=mine").text.hasSuffix(" name=mine"))
  }

  @Test func changesOfWorkloadsAreSaid() throws {
    let plan = try Recipe(named: "standing").plan(
      seeds: [0, 1], overrides: ["workloads=table,mnist", "workloads.table.target=0.2", "workloads.mnist.epochs=3"])
    let command = try RerunCommand(plan)
    #expect(
      command.text
        == "tanren reproduce standing --seeds 0..1 workloads=mnist,table workloads.mnist.epochs=3 "
        + "workloads.table.target=0.2")
    #expect(command.notes.count == 1 && !command.needsPlan)
  }

  @Test func aBudgetIsNotAChange() throws {
    let command = try command(budget: "smoke")
    #expect(command.text == "tanren reproduce activations-mnist --seeds 10..11 --budget smoke")
    #expect(command.notes.count == 1)
    let changed = try self.command(budget: "smoke", "epochs=5")
    #expect(changed.text == "tanren reproduce activations-mnist --seeds 10..11 --budget smoke epochs=5")
    #expect(changed.notes.count == 2)
  }

  @Test func anotherPlanIsWhatWasTyped() throws {
    let plan = StudyPlan(
      name: "own", base: ["data": "syntheticDigits", "epochs": "1"], arms: [Arm("sgd", ["optimizer": "sgd"])],
      seeds: [0])
    let typed = try RerunCommand(plan, words: ["my plan.yml", "seeds=0..3", "--store", "x.sqlite"])
    #expect(typed.text == "tanren study run 'my plan.yml' seeds=0..3 --store x.sqlite")
    #expect(typed.needsPlan && typed.notes.isEmpty)
    // The store has the plan.
    #expect(try RerunCommand(plan).text == "tanren study run own")
  }
}
