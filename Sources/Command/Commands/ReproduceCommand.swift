import ArgumentParser
import Tanren

/// `tanren reproduce`: a published comparison, run again.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs a published comparison again, and puts our numbers beside the printed ones.",
    discussion: """
      A recipe is a set of arms that differ by what is compared. Each arm runs once a seed; every run's epochs go \
      to a CSV file as they end. Fewer epochs or arms make a quicker and smaller comparison.

      Examples:
        tanren reproduce --list
        tanren reproduce activations-mnist --epochs 10 --arms relu,hSwish,tanhExp
        tanren reproduce flooding-mnist --seeds 0..4 --output out/flooding
        tanren reproduce article2-replay --arms hSwish
      """)

  @Argument(help: ArgumentHelp("The recipe, and settings for all its arms.", valueName: "name | key=value"))
  var words: [String] = []

  @Flag(help: "List the recipes and their arms.")
  var list = false

  @Option(help: ArgumentHelp("Which arms to run, with commas between. (default: the recipe's main ones)", valueName: "a,b"))
  var arms: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How often each arm goes through the data. (default: as published)", valueName: "n"))
  var epochs: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many seeds, or which: 3, 0..4, 10,11. (default: the published one)", valueName: "seeds"))
  var seeds: String?

  @Option(help: ArgumentHelp("Another data set for all arms.", valueName: "source"))
  var data: String?

  @Flag(help: "Take data from this machine only; download nothing.")
  var offline = false

  @Option(help: ArgumentHelp("The folder for what is written. (default: out/NAME)", valueName: "folder"))
  var output: String?

  @OptionGroup(title: "Where") var device: DeviceOptions

  func run() throws {
    let terminal = Terminal.current()
    let catalog = Catalog<any Recipe>.all
    if list {
      terminal.write(RecipeList(catalog.types).text(width: terminal.width))
      return
    }
    guard let name = words.first else {
      throw UsageError("name a recipe: \(catalog.names.joined(separator: ", "))")
    }
    let recipe = try catalog.make(Choice(name))
    var overrides: [String: String] = [:]
    for (key, value) in [("epochs", epochs), ("data", data)] { if let value { overrides[key] = value } }
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else {
        throw UsageError("'\(word)' is no setting: write key=value")
      }
      overrides[String(word[..<equals])] = String(word[word.index(after: equals)...])
    }
    let names = (arms ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let folder = try OutputFolder(output ?? "out/\(Swift.type(of: recipe).name)")
    let runner = try RecipeRunner(
      recipe, arms: names, seeds: try seeds.map { try SeedList($0, first: recipe.firstSeed).seeds } ?? [],
      overrides: overrides, output: folder.path)
    // A mistake in any arm is told before data is loaded or anything trained.
    for arm in runner.arms { _ = try arm.configuration(base: recipe.base, seed: 0, overrides: overrides) }
    try device.start()
    try ReproductionReport(runner, folder, terminal).run(
      folders: DataFolders(allowsDownload: !offline), progress: DownloadReport().progress)
  }
}
