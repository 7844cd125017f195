import Foundation
import Tanren
import TestSupport
import Testing

/// Studies and runs by files, names and paths as people have them.
@Suite(.tags(.process)) struct StudyCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ words: String...) throws -> TanrenProcess.Result { try TanrenProcess.run(words, in: folder) }

  private static let plan = """
    name: 1.10
    title: sgd(rate) of [two]
    baseline: no
    seeds: 2
    base:
      data: syntheticDigits(train: 200, test: 100)
      model: mlp(hidden: [8])
      epochs: 1
    arms:
      no: {optimizer: sgd}
      1e-3:
        optimizer: sgd(learningRate: 1e-3)

    """

  @Test func whatIsSaidToRunAgainDoesSo() throws {
    try folder.write(Self.plan.replacing("\n", with: "\r\n"), to: "my plan.yml")
    let first = try run("study", "run", "my plan.yml", "--store", "s.sqlite", "--workers", "2")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.hasPrefix("sgd(rate) of [two]\n"))
    #expect(first.output.contains("1e-3, seed 1: 1 epoch") && first.output.contains("no, seed 0: 1 epoch"))
    #expect(first.output.contains("Reproduce: tanren study run 'my plan.yml' --store s.sqlite\n"), "\(first.output)")
    // The one other worker is this command's own.
    #expect(!first.output.contains("of other workers"), "\(first.output)")
    let report = try run("report", "s.sqlite")
    #expect(report.output.contains("Reproduce: tanren study run 1.10 --store s.sqlite\n"), "\(report.output)")
    for words in [["my plan.yml"], ["1.10"]] {
      let again = try TanrenProcess.run(["study", "run"] + words + ["--store", "s.sqlite"], in: folder)
      #expect(
        again.status == 0 && again.output.contains("4 runs, 4 done already: nothing is left to do"), "\(again.error)")
    }
  }

  @Test func aNarrowerPlanIsRefusedUnlessItReplaces() throws {
    try folder.write(Self.plan, to: "plan.yml")
    let whole = try run("study", "run", "plan.yml", "--store", "s.sqlite", "--quiet")
    #expect(whole.status == 0, "\(whole.error)")
    let refused = try run("study", "run", "plan.yml", "seeds=1", "--store", "s.sqlite")
    #expect(refused.status == 2)
    #expect(
      refused.error.contains("lacks 2 of the 4 runs with results that study '1.10' has: no (seed 1), 1e-3 (seed 1)"),
      "\(refused.error)")
    #expect(refused.error.contains("name=…") && refused.error.contains("--replace"))
    #expect(try run("study", "show", "--store", "s.sqlite").output.contains("4 runs: 4 done"))
    let named = try run("study", "run", "plan.yml", "seeds=1", "name=one", "--store", "s.sqlite")
    #expect(named.status == 0 && named.output.contains("2 runs, 2 done already"), "\(named.error)")
    let wider = try run("study", "run", "plan.yml", "seeds=3", "--store", "s.sqlite", "--quiet")
    #expect(wider.status == 0, "\(wider.error)")
    let replaced = try run("study", "run", "plan.yml", "seeds=1", "--replace", "--store", "s.sqlite", "--quiet")
    #expect(replaced.status == 0, "\(replaced.error)")
    #expect(try run("study", "show", "1.10", "--store", "s.sqlite").output.contains("2 runs: 2 done"))
  }

  /// A soup is chosen on held-out data only, of weights that were kept.
  @Test func aSoupIsChosenOnHeldOutData() throws {
    let held = Self.plan.replacing(
      "data: syntheticDigits(train: 200, test: 100)",
      with: "data: heldOut(data: syntheticDigits(train: 200, test: 100), fraction: 0.2)")
    for (name, plan, words, problem) in [
      ("test", Self.plan, ["--keep-checkpoints"], "heldOut(data: …)"), ("none", held, [], "--keep-checkpoints"),
    ] {
      try folder.write(plan, to: "\(name).yml")
      let trained = try TanrenProcess.run(
        ["study", "run", "\(name).yml", "--store", "\(name).sqlite", "--quiet"] + words, in: folder)
      #expect(trained.status == 0, "\(trained.error)")
      let refused = try run("study", "soup", "--store", "\(name).sqlite")
      #expect(refused.status == 2 && refused.error.contains(problem), "\(refused.error)")
    }
    let again = try run(
      "study", "run", "none.yml", "epochs=2", "name=kept", "--store", "s.sqlite", "--keep-checkpoints")
    #expect(again.status == 0, "\(again.error)")
    let soup = try run("study", "soup", "--arm", "no", "--store", "s.sqlite", "--test", "--output", "soup.safetensors")
    #expect(soup.status == 0, "\(soup.error)")
    #expect(soup.output.contains("accuracy on 40 held-out training examples"), "\(soup.output)")
    #expect(soup.output.contains("On 100 test examples, which nothing was chosen on:"), "\(soup.output)")
    let evaluated = try run("evaluate", "soup.safetensors", "--quiet")
    #expect(evaluated.status == 0 && evaluated.output.contains("accuracy"), "\(evaluated.error)")
  }

  @Test func tasksAreMergedToTheStudy() throws {
    try folder.write(Self.plan, to: "plan.yml")
    let written = try run("study", "slurm", "plan.yml", "--tasks", "9", "--cores", "1", "--store", "merged.sqlite")
    // There are no more tasks than runs.
    #expect(written.status == 0 && written.output.hasPrefix("4 runs, 4 tasks."), "\(written.error)")
    #expect(written.output.contains("Submit: bash \(folder.path)/1.10-slurm/submit.sh\n"), "\(written.output)")
    #expect(try folder.text("1.10-slurm/tasks.sh").contains("#SBATCH --array=1-4\n"))
    func task(_ number: Int, of tasks: Int = 2) throws -> TanrenProcess.Result {
      try run(
        "study", "task", "1.10-slurm/plan.yml", "--task", "\(number)", "--tasks", "\(tasks)", "--folder", "stores",
        "--threads", "1")
    }
    let empty = try run("study", "merge", "1.10-slurm", "--store", "merged.sqlite")
    #expect(empty.status == 2 && empty.error.contains("there are no stores in 1.10-slurm"), "\(empty.error)")
    for number in [0, 3] {
      let refused = try task(number)
      #expect(refused.status == 2 && refused.error.contains("'task' is \(number), but must be in 1...2"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder("stores")))
    let first = try task(1)
    #expect(first.status == 0 && first.output.contains("2 runs: 2 done. Store: stores/task-0001.sqlite, share 1 of 2"))
    let other = try task(1, of: 3)
    #expect(other.status == 2 && other.error.contains("has share 1 of 2 of study '1.10', not share 1 of 3"))
    func merge(_ words: String...) throws -> TanrenProcess.Result {
      try TanrenProcess.run(["study", "merge", "stores", "--store", "merged.sqlite"] + words, in: folder)
    }
    let half = try merge("--complete")
    #expect(half.status == 1 && half.output.contains("No store yet of task 2 of study 1.10\n"), "\(half.output)")
    #expect(half.output.contains("Study 1.10: 4 runs: 2 done, 2 pending\n"), "\(half.output)")
    #expect(try task(2).status == 0)
    let whole = try merge("--study", "1.10", "--complete")
    #expect(
      whole.status == 0 && whole.output.hasPrefix("2 stores: 2 runs merged into merged.sqlite, 2 known already\n"))
    let single = try run("study", "run", "plan.yml", "--store", "single.sqlite", "--threads", "1", "--quiet")
    #expect(single.status == 0, "\(single.error)")
    #expect(try run("study", "diff", "single.sqlite", "merged.sqlite").status == 0)
  }

  @Test func pathsWithBlanksAndSignsAreRead() throws {
    let odd = "my set (1) ~x@y 50%"
    try FileManager.default.createDirectory(atPath: folder.path + "/" + odd, withIntermediateDirectories: true)
    let file = try DataFiles.writeNPZ(to: folder)
    try FileManager.default.moveItem(atPath: file, toPath: folder.path + "/\(odd)/2024.10")
    let data = "npz(path: '\(odd)/2024.10')"
    try folder.write(
      "data: \(data)   # mine (really)\r\nmodel: mlp(hidden: [8])\r\nepochs: 1\r\nbatch: 10\r\n", to: "c.yml")
    for words in [
      ["data=\(data)", "epochs=1", "batchSize=10"], ["--data", data, "epochs=1", "batchSize=10"], ["c.yml"],
    ] {
      let result = try TanrenProcess.run(["run"] + words + ["--quiet", "--output", "out"], in: folder)
      #expect(result.status == 0, "\(words): \(result.error)")
      #expect(try folder.text("out/configuration.yml").contains("path: \"\(odd)/2024.10\""))
      let again = try run("run", "out/configuration.yml", "--quiet", "--output", "again")
      #expect(again.status == 0, "\(again.error)")
      #expect(try folder.text("again/configuration.yml") == folder.text("out/configuration.yml"))
    }
  }

  @Test func aScheduleOrANumberIsAskedFor() throws {
    let result = try run("run", "optimizer.learningRate=fast")
    #expect(result.status == 2)
    #expect(
      result.error.contains(
        "command line: 'learningRate' takes a number or a schedule (batchScaled, constant, cosine, ")
        && result.error.contains("not 'fast'"), "\(result.error)")
    let none = try run(
      "run", "--augmentation", "none", "--examples", "all", "--data", DataFiles.tiny, "--epochs", "0", "--quiet")
    #expect(none.status == 0, "\(none.error)")
  }
}
