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
    let study = try opened.study(study)
    func write(_ append: (String) throws -> Void) throws {
      switch format {
      case .csv: try StudyExport.csv(study, in: opened, to: append)
      case .json: try StudyExport.json(study, in: opened, to: append)
      case .yaml: try append(study.plan.yaml())
      }
    }
    if let output {
      return try OutputFolder.write(to: output) { append in try write { try append(Array($0.utf8)) } }
    }
    let terminal = Terminal.current()
    try write { terminal.write($0) }
  }
}
