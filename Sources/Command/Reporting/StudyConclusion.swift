import Tanren

/// What a study ends with: the verdicts in the terminal, and the report as files for people, papers and programs.
struct StudyConclusion {
  /// What is written, each as `report` with its own ending.
  static let formats: [ReportFormat] = [.html, .markdown, .csv, .json, .latex]

  /// nil where no run is done, so that there is nothing to conclude from.
  private let report: StudyReport?

  /// - Parameter words: what was typed after `tanren study run`.
  /// - Throws: as `StudyReport` does.
  init(_ results: StudyResults, runBy words: [String]? = nil) throws {
    report = results.runs.contains { $0.state == .done } ? try StudyReport(results, runBy: words) : nil
  }

  /// Whether there are curves to draw.
  var isTraining: Bool { report?.facts.isTraining ?? false }

  func show(_ terminal: Terminal) {
    if let report { terminal.write("\n" + TerminalReport(report, terminal: terminal).text()) }
  }

  /// - Returns: the files' paths.
  func write(to folder: OutputFolder) throws -> [String] {
    guard let report else { return [] }
    return try Self.formats.map { try folder.write(try report.text($0), to: "report.\($0.fileExtension)") }
      + report.sweepCharts.map { try folder.write($0.chart.svg(), to: "\($0.name).svg") }
  }
}
