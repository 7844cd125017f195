import ArgumentParser
import Tanren

/// `tanren report`: the report of a study, for people, papers and programs.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Report a study: verdicts, intervals, learning curves and costs.",
    discussion: """
      Unfinished runs are reported as missing, so you can report a study while it runs.

      Examples:
        tanren report --study activations-mnist --output report.html
        tanren report out/studies.sqlite --format latex --output tables.tex
        tanren report --margin 0.001
      """)

  @OptionGroup var store: StoreArgument

  @Option(help: ArgumentHelp("Name of the study. (default: the only one in the store)", valueName: "name"))
  var study: String?

  @Option(
    help: ArgumentHelp(
      "Format: \(Self.formats.joined(separator: ", ")). (default: by the extension of --output, or terminal)",
      valueName: "format"))
  var format: String?

  @Option(help: ArgumentHelp("File to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Significance level (false-positive rate).", valueName: "p"))
  var alpha = 0.05

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Equivalence margin: the largest irrelevant difference, such as 0.001 in accuracy.", valueName: "d"))
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
      throw UsageError("the extension of '\(path)' is unknown: choose the format with --format")
    }
    return format
  }
}
