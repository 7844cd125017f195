import ArgumentParser
import Tanren

/// `tanren study export`: a study as data for other programs.
struct StudyExportCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case csv, json, yaml
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a study for other programs.",
    discussion: """
      csv has one row per recorded value; json has everything in the store; yaml is the plan, for tanren study run.
      """)

  @Argument(help: ArgumentHelp("Name of the study. (default: the only one in the store)", valueName: "study"))
  var study: String?

  @OptionGroup var store: StoreOptions

  @Option(help: "Format.")
  var format = Format.csv

  @Option(help: ArgumentHelp("File to write. (default: standard output)", valueName: "file"))
  var output: String?

  func run() throws {
    let opened = try store.open(.read)
    let results = try opened.results(of: try opened.study(study))
    let text =
      switch format {
      case .csv: results.csv()
      case .json: try results.json()
      case .yaml: try results.study.plan.yaml()
      }
    if let output { try OutputFolder.write(text, to: output) } else { Terminal.current().write(text) }
  }
}
