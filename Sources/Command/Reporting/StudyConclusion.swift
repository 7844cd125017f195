import Tanren

/// The conclusion of a study: the verdicts in the terminal, and the report as files for people, papers and programs.
struct StudyConclusion {
  /// The formats of the report files, which differ in their extension.
  static let formats: [ReportFormat] = [.html, .markdown, .csv, .json, .latex]

  private let results: StudyResults
  private let recipe: Recipe?
  /// `nil` if no run is finished.
  private let report: StudyReport?

  /// - Parameters:
  ///   - recipe: the source of the plan, if known.
  ///   - words: the arguments of `tanren study run`.
  /// - Throws: the errors of `StudyReport`.
  init(_ results: StudyResults, of recipe: Recipe? = nil, runBy words: [String]? = nil) throws {
    (self.results, self.recipe) = (results, recipe)
    report = results.finalRuns.contains { $0.state == .done } ? try StudyReport(results, runBy: words) : nil
  }

  /// Whether there are learning curves.
  var isTraining: Bool { report?.facts.isTraining ?? false }

  /// The results of a study, with learning curves on an interactive terminal.
  func show(_ terminal: Terminal) throws {
    let arms = try results.armResults()
    if let listing = recipe?.progress {
      for result in arms {
        for run in result.runs {
          terminal.write(Self.epochs(of: run.history, listing, title: "\(result.arm.name), seed \(run.seed)"))
        }
      }
    }
    if let report {
      terminal.write("\n" + TerminalReport(report, terminal: terminal).text(chart: terminal.isInteractive))
    }
    for result in arms {
      guard let published = result.arm.published, let log = published.log else { continue }
      for run in result.runs where run.seed == published.seed ?? results.study.plan.seeds.first {
        terminal.write("\n\(result.arm.name): \(LogComparison(run.history, with: log).description)\n")
      }
    }
  }

  /// - Returns: the paths of the files.
  func write(to folder: OutputFolder) throws -> [String] {
    guard let report else { return [] }
    return try Self.formats.map { try folder.write(try report.text($0), to: "report.\($0.fileExtension)") }
      + report.sweepCharts.map { try folder.write($0.chart.svg(), to: "\($0.name).svg") }
  }

  /// The epochs of a run as lines of numbers, and their duration.
  private static func epochs(of history: History, _ listing: EpochListing, title: String) -> String {
    var format = LineFormat.numbers
    if let closing = listing.closing { format.closing = closing }
    let lines =
      [title] + history.epochs.map(format.line) + [format.closing(seconds: history.seconds)].compactMap(\.self)
    return "\n" + lines.map { $0 + "\n" }.joined()
  }
}
