import ArgumentParser
import Tanren

/// `tanren report`: what a study found, for people, papers and programs.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes what a study found: verdicts, intervals, curves, costs.",
    discussion: """
      Runs that haven't ended are told as missing, so a study that is still running can be reported too.

      Examples:
        tanren report activations-mnist --output report.html
        tanren report --format latex --output tables.tex
        tanren report --margin 0.001
      """)

  @Argument(help: ArgumentHelp("The study. (default: the store's only one)", valueName: "study"))
  var study: String?

  @OptionGroup var store: StoreOptions

  @Option(help: "What is written: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")). (default: by the output's ending, else terminal)")
  var format: ReportFormat?

  @Option(help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How often equal arms may be called different.", valueName: "p"))
  var alpha = 0.05

  @Option(parsing: .unconditional, help: ArgumentHelp("Differences up to this don't matter, 0.001 of an accuracy say.", valueName: "d"))
  var margin: Double?

  func run() throws {
    let format = try self.format ?? output.map(Self.format) ?? .terminal
    let opened = try store.open(.read)
    let report = try StudyReport(try opened.results(of: try opened.study(study)), alpha: alpha, margin: margin)
    guard let output else {
      let terminal = Terminal.current()
      terminal.write(
        format == .terminal ? TerminalReport(report, terminal: terminal).text(chart: true) : try report.text(format))
      return
    }
    try OutputFolder.write(try report.text(format), to: output)
  }

  private static func format(of path: String) throws(UsageError) -> ReportFormat {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard let format = ReportFormat.allCases.first(where: { $0.fileExtension == ending }) else {
      throw UsageError("'\(path)' doesn't end in a known way: say what is written with --format")
    }
    return format
  }
}

extension ReportFormat: ExpressibleByArgument {}
