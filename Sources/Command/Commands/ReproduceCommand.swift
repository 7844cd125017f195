import ArgumentParser
import Tanren

/// `tanren reproduce`: a published comparison, rerun.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Rerun a published comparison and report our numbers next to the published ones.",
    discussion: """
      A recipe is a study whose arms differ in the method compared. Each arm runs once per seed, and the store keeps \
      the results: repeat the command to resume an interrupted comparison. For a quicker one, choose a smaller \
      budget, fewer epochs or fewer arms; separate values with commas for a sweep. To change anything else, edit a \
      copy: --show prints a recipe in the YAML that this command and 'tanren study run' read.

      Examples:
        tanren reproduce --list
        tanren reproduce activations-mnist --epochs 10 --arms relu,hSwish,tanhExp
        tanren reproduce flooding-mnist --seeds 5 --budget smoke
        tanren reproduce --all --budget smoke --offline
        tanren reproduce numpy-replay --arms hSwish
        tanren reproduce sam-cnn --show > mine.yml
        tanren reproduce mine.yml --budget smoke
      """)

  @Argument(help: ArgumentHelp("Recipe, and settings for all its arms.", valueName: "name | file.yml | key=value"))
  var words: [String] = []

  @Flag(help: "List the recipes and their arms.")
  var list = false

  @Flag(help: "Print the recipe as YAML and exit.")
  var show = false

  @Flag(help: "Run all recipes, continuing after failures.")
  var all = false

  @Option(
    help: ArgumentHelp("Arms to run, separated by commas. (default: the main arms of the recipe)", valueName: "a,b"))
  var arms: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of epochs. (default: as published)", valueName: "n"))
  var epochs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of seeds, or a list of seeds: 3, 0..4 or 10,11. (default: as published)", valueName: "seeds"))
  var seeds: String?

  @Option(
    help: ArgumentHelp(
      "Size of the comparison: smoke (seconds, to check that every arm runs), cpu (for a few cores), published, or a "
        + "budget that the recipe defines.", valueName: "budget"))
  var budget = Recipe.published

  @Option(help: ArgumentHelp("Data set for all arms. (default: as published)", valueName: "data-set"))
  var data: String?

  @Flag(help: "Never download data.")
  var offline = false

  @Option(help: ArgumentHelp("Output folder. (default: out/NAME)", valueName: "folder"))
  var output: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption
  @OptionGroup(title: "Device options") var device: DeviceOptions
  @OptionGroup var parallel: ParallelOptions

  func run() throws {
    let terminal = Terminal.current()
    if list {
      terminal.write(RecipeList(try Recipe.all).text(width: terminal.width))
      return
    }
    if all { return try reproduceAll(Recipe.names) }
    guard let name = words.first else {
      throw UsageError("name a recipe or pass --all: \(Recipe.names.joined(separator: ", "))")
    }
    if show {
      terminal.write(try Recipe.text(named: name))
      return
    }
    // An argument that looks like a path is one.
    let isPath = name.contains("/") || name.contains(".")
    let recipe = try PlanWords.recipe(named: name) ?? (isPath ? Recipe(file: name) : Recipe(named: name))
    let names = (arms ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    var plan = try recipe.plan(arms: names, budget: budget)
    if let seeds {
      plan.train(try SeedList(parsing: seeds, first: recipe.plan.seeds.first ?? 0, origin: "--seeds"))
    }
    for (key, value) in [("epochs", epochs), ("data", data)] {
      if let value { try plan.override(assignment: "\(key)=\(value)") }
    }
    for word in words.dropFirst() { try plan.override(assignment: word) }
    // A mistake in any arm is reported before data is loaded or anything trained.
    let pool = try parallel.workerPool(for: plan, on: device)
    let folder = try OutputFolder(output ?? "out/\(plan.name)")
    try device.start(threads: pool.threads)
    var runner = pool.runner(
      on: try store.open(.create), device: device, study: plan.name, offline: offline,
      progress: StudyProgress(terminal))
    runner.progress = DownloadReport().progress
    terminal.write("\(plan.title)\n")
    if let departure = try recipe.departure(of: budget) { terminal.write("\(departure)\n") }
    Interruption.endsProcess()
    let results = try runner.run(plan, replaces: replacing.replace)
    try ReproductionReport(recipe, results, runBy: runWords(name), terminal).write(to: folder)
    try StudyFailures(StudyTables(results).failures).check()
  }

  /// The arguments of `tanren study run` that repeat the comparison.
  private func runWords(_ name: String) -> [String] {
    let options = [("arms", arms), ("seeds", seeds), ("epochs", epochs), ("data", data)]
    return [name] + (budget == Recipe.published ? [] : ["budget=\(budget)"])
      + options.compactMap { key, value in value.map { "\(key)=\($0)" } } + words.dropFirst() + store.words
  }

  private func reproduceAll(_ names: [String]) throws {
    if let word = words.first(where: { !$0.contains("=") }) {
      throw UsageError("--all runs every recipe: omit '\(word)' or --all")
    }
    guard arms == nil else { throw UsageError("--arms selects arms of a single recipe: omit --arms or --all") }
    let terminal = Terminal.current(.standardError)
    var failed: [String] = []
    for name in names {
      var one = self
      (one.all, one.words) = (false, [name] + words)
      one.output = output.map { "\($0)/\(name)" }
      do {
        try one.run()
      } catch let error as EngineError {
        throw error
      } catch let error as StoreError {
        throw error
      } catch {
        // Failed runs have been reported already.
        if !(error is ExitCode) { terminal.write("\(name): \(Outcome.describe(error).message)\n") }
        failed.append(name)
      }
    }
    guard failed.isEmpty else {
      terminal.write("\(failed.count) of \(names.count) recipes failed: \(failed.joined(separator: ", "))\n")
      throw ExitCode(Outcome.failure)
    }
    Terminal.current().write("\nAll \(names.count) recipes ran: \(names.joined(separator: ", "))\n")
  }
}
