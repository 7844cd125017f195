import ArgumentParser
import Tanren

/// `tanren study show`: one study's results, runs or plan.
struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a study's results, and with options its runs or its plan.")

  @Argument(help: ArgumentHelp("The study. (default: the store's only one)", valueName: "study"))
  var study: String?

  @OptionGroup var store: StoreOptions

  @Flag(help: "List each run.")
  var runs = false

  @Flag(help: "Write the plan as YAML, and nothing else.")
  var plan = false

  @Option(
    help: ArgumentHelp(
      "Write the configuration of the run whose id begins so as YAML, and nothing else.", valueName: "id"))
  var configuration: String?

  func run() throws {
    let terminal = Terminal.current()
    let opened = try store.open(.read)
    let results = try opened.results(of: try opened.study(study))
    if plan {
      terminal.write(try results.study.plan.yaml())
      return
    }
    if let configuration {
      let found = results.runs.filter { $0.id.hasPrefix(configuration.lowercased()) }
      guard let run = found.first, found.allSatisfy({ $0.id == run.id }) else {
        throw UsageError("\(found.isEmpty ? "no run's id begins" : "several runs' ids begin") with '\(configuration)'")
      }
      terminal.write(run.configuration)
      return
    }
    let tables = StudyTables(results)
    terminal.write("\(results.study.title)\n")
    let table = runs ? tables.runs() : ResultTable(try results.armResults()).table()
    terminal.write(table.text(colors: terminal.colors))
    terminal.write("\(tables.summary)\n")
    for failure in tables.failures { terminal.write("Failed: \(failure)\n") }
    for environment in tables.environments { terminal.write("Computed on \(environment)\n") }
  }
}
