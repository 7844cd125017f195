import ArgumentParser
import Tanren

/// `tanren study export`: a study for other programs.
struct StudyExportCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case csv, json, yaml
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a study for other programs.",
    discussion: """
      csv has every recorded number in a row of its own; json has everything the store knows; yaml is the plan, which \
      tanren study run takes.
      """)

  @Argument(help: ArgumentHelp("The study. (default: the store's only one)", valueName: "study"))
  var study: String?

  @OptionGroup var store: StoreOptions

  @Option(help: "What is written: csv, json or yaml.")
  var format = Format.csv

  @Option(help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"))
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
