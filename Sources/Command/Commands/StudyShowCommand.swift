import ArgumentParser
import Tanren

/// `tanren study show`: the results, runs or plan of a study.
struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the results, runs or plan of a study.")

  @Argument(help: ArgumentHelp("Name of the study. (default: the only one in the store)", valueName: "study"))
  var study: String?

  @OptionGroup var store: StoreOptions

  @Flag(help: "List every run.")
  var runs = false

  @Flag(help: "Print the plan as YAML and exit.")
  var plan = false

  @Option(
    help: ArgumentHelp(
      "Print the configuration of the run whose id starts with <id> as YAML and exit.", valueName: "id"))
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
        throw UsageError(
          "\(found.isEmpty ? "no run has an id that starts" : "several runs have ids that start") with '\(configuration)'"
        )
      }
      terminal.write(run.configuration)
      return
    }
    let tables = StudyTables(results)
    terminal.write("\(results.study.title)\n")
    let table = runs ? tables.runs() : ResultTable(try results.armResults()).table()
    terminal.write(table.text(colors: terminal.colors))
    terminal.write("\(tables.summary)\n")
    if results.study.plan.untilDecided != nil, results.finalRuns.contains(where: { $0.state == .done }),
      let summary = try StudyReport(results).sequentialSummary
    {
      terminal.write("\(summary)\n")
    }
    for failure in tables.failures { terminal.write("Failed: \(failure)\n") }
    for environment in tables.environments { terminal.write("Computed on \(environment)\n") }
  }
}
