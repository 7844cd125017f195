import ArgumentParser
import Tanren

/// `tanren reproduce`: a published comparison, run again.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs a published comparison again, and puts our numbers beside the published ones.",
    discussion: """
      A recipe is a study: arms that differ by what is compared, each run once per seed, kept in a store. What is \
      done isn't run again, and what was interrupted goes on: give the same command. A smaller budget, fewer \
      epochs or arms make a quicker and smaller comparison; commas make a sweep. To change more than that, edit a \
      copy: --show prints a recipe as the YAML that this command and 'tanren study run' read.

      Examples:
        tanren reproduce --list
        tanren reproduce activations-mnist --epochs 10 --arms relu,hSwish,tanhExp
        tanren reproduce flooding-mnist --seeds 5 --budget smoke
        tanren reproduce --all --budget smoke --offline
        tanren reproduce numpy-replay --arms hSwish
        tanren reproduce sam-cnn --show > mine.yml
        tanren reproduce mine.yml --budget smoke
      """)

  @Argument(help: ArgumentHelp("The recipe, and settings for all its arms.", valueName: "name | file.yml | key=value"))
  var words: [String] = []

  @Flag(help: "List the recipes and their arms.")
  var list = false

  @Flag(help: "Print the recipe's YAML, to be edited, and nothing else.")
  var show = false

  @Flag(help: "Run every recipe there is, one after the other. A recipe that fails doesn't end the others.")
  var all = false

  @Option(
    help: ArgumentHelp("Which arms to run, with commas between. (default: the recipe's main ones)", valueName: "a,b"))
  var arms: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often each arm goes through the data. (default: as published)", valueName: "n"))
  var epochs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many seeds, or which: 3, 0..4, 10,11. (default: the published one)", valueName: "seeds"))
  var seeds: String?

  @Option(
    help: ArgumentHelp(
      "How much is run: smoke, to see in seconds that every arm runs; cpu, what a few cores manage; published; or a "
        + "budget of the recipe's own.", valueName: "budget"))
  var budget = Recipe.published

  @Option(help: ArgumentHelp("Another data set for all arms.", valueName: "source"))
  var data: String?

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Option(help: ArgumentHelp("The folder for what is written. (default: out/NAME)", valueName: "folder"))
  var output: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption
  @OptionGroup(title: "Where") var device: DeviceOptions
  @OptionGroup var parallel: ParallelOptions

  func run() throws {
    let terminal = Terminal.current()
    if list {
      terminal.write(RecipeList(try Recipe.all).text(width: terminal.width))
      return
    }
    if all { return try reproduceAll(Recipe.names) }
    guard let name = words.first else {
      throw UsageError("name a recipe, or say --all: \(Recipe.names.joined(separator: ", "))")
    }
    if show {
      terminal.write(try Recipe.text(named: name))
      return
    }
    // What looks like a file's name was meant as one.
    let isPath = name.contains("/") || name.contains(".")
    let recipe = try PlanWords.recipe(named: name) ?? (isPath ? Recipe(file: name) : Recipe(named: name))
    let names = (arms ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    var plan = try recipe.plan(
      arms: names,
      seeds: try seeds.map {
        try SeedList(parsing: $0, first: recipe.plan.seeds.first ?? 0, origin: "--seeds").seeds
      } ?? [],
      budget: budget)
    for (key, value) in [("epochs", epochs), ("data", data)] {
      if let value { try plan.override(assignment: "\(key)=\(value)") }
    }
    for word in words.dropFirst() { try plan.override(assignment: word) }
    // A mistake in any arm is reported before data is loaded or anything trained.
    let pool = try parallel.workerPool(for: plan.runs().count, on: device)
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

  /// What `tanren study run` takes to run the same.
  private func runWords(_ name: String) -> [String] {
    let options = [("arms", arms), ("seeds", seeds), ("epochs", epochs), ("data", data)]
    return [name] + (budget == Recipe.published ? [] : ["budget=\(budget)"])
      + options.compactMap { key, value in value.map { "\(key)=\($0)" } } + words.dropFirst() + store.words
  }

  private func reproduceAll(_ names: [String]) throws {
    if let word = words.first(where: { !$0.contains("=") }) {
      throw UsageError("--all runs every recipe: leave out '\(word)', or --all")
    }
    guard arms == nil else { throw UsageError("--arms is of one recipe: leave it out, or --all") }
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
        // Runs that failed have been reported already.
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
