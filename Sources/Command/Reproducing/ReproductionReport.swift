import Tanren

/// Runs a recipe in front of a person: the runs as they go, then the table, the log's comparison, the curves.
struct ReproductionReport {
  private let runner: RecipeRunner
  private let folder: OutputFolder
  private let terminal: Terminal

  init(_ runner: RecipeRunner, _ folder: OutputFolder, _ terminal: Terminal) {
    (self.runner, self.folder, self.terminal) = (runner, folder, terminal)
  }

  func run(folders: DataFolders, progress: @escaping DownloadProgress) throws {
    let recipe = runner.recipe
    terminal.write("\(recipe.title)\n")
    Interruption.endsProcess()
    var origins: Set<String> = []
    let results = try runner.run(
      folders: folders, progress: progress,
      callbacks: { announcement in
        if origins.insert(announcement.origin).inserted { terminal.write("Data: \(announcement.origin)\n") }
        let title = "[\(announcement.index + 1)/\(announcement.count)] \(announcement.arm.name), seed \(announcement.seed)"
        return [EpochBar(title, epochs: announcement.configuration.epochs, terminal)]
      })
    let table = ResultTable(results).table()
    terminal.write("\n" + table.text(colors: terminal.colors))
    for result in results {
      guard let log = recipe.log(of: result.arm.name) else { continue }
      for run in result.runs where run.seed == recipe.firstSeed {
        terminal.write("\n\(result.arm.name): \(LogComparison(run.history, with: log).description)\n")
      }
    }
    let markdown = try folder.write(table.markdown(), to: "table.md")
    let csv = try folder.write(table.csv(), to: "table.csv")
    let curves = try folder.write(ResultCurves(recipe.title, results).grid().svg(), to: "curves.svg")
    terminal.write("\nWritten: \(curves), \(markdown), \(csv), and a CSV file a run in \(folder.path)\n")
  }
}
