import ArgumentParser
import Tanren

/// `tanren report`: what a study found, for people, papers and programs.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes what a study found: verdicts, intervals, curves, costs.",
    discussion: """
      Unfinished runs are reported as missing, so a study that is still running can be reported too.

      Examples:
        tanren report --study activations-mnist --output report.html
        tanren report out/studies.sqlite --format latex --output tables.tex
        tanren report --margin 0.001
      """)

  @OptionGroup var store: StoreArgument

  @Option(help: ArgumentHelp("The study. (default: the store's only one)", valueName: "name"))
  var study: String?

  @Option(
    help: ArgumentHelp(
      "What is written: \(Self.formats.joined(separator: ", ")). (default: by the output's ending, else terminal)",
      valueName: "format"))
  var format: String?

  @Option(help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Significance level: how often equal arms may be called different.", valueName: "p"))
  var alpha = 0.05

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Differences up to this don't matter, 0.001 of an accuracy say.", valueName: "d"))
  var margin: Double?

  private static let formats = ReportFormat.allCases.map(\.rawValue)

  func run() throws {
    let format = try format.map(Self.format(named:)) ?? output.map(Self.format(endingOf:)) ?? .terminal
    let opened = try store.open()
    let results = try opened.results(of: try opened.study(study))
    let report = try StudyReport(results, runBy: [results.study.name] + store.words, alpha: alpha, margin: margin)
    if let output {
      try OutputFolder.write(try report.text(format), to: output)
      return
    }
    let terminal = Terminal.current()
    terminal.write(
      format == .terminal ? TerminalReport(report, terminal: terminal).text(chart: true) : try report.text(format))
  }

  private static func format(named name: String) throws(ConfigurationError) -> ReportFormat {
    guard let format = ReportFormat(rawValue: name.lowercased()) else {
      throw .unknownName(kind: "format", name: name, known: formats, origin: "--format")
    }
    return format
  }

  private static func format(endingOf path: String) throws(UsageError) -> ReportFormat {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard let format = ReportFormat.allCases.first(where: { $0.fileExtension == ending }) else {
      throw UsageError("'\(path)' doesn't end in a known way: say what is written with --format")
    }
    return format
  }
}
