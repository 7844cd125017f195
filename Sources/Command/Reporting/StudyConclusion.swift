import Tanren

/// What a study ends with: the verdicts in the terminal, and the report as files for people, papers and programs.
struct StudyConclusion {
  /// What is written, each as `report` with its own ending.
  static let formats: [ReportFormat] = [.html, .markdown, .csv, .json, .latex]

  private let results: StudyResults
  private let recipe: Recipe?
  /// nil where no run is done, so that there is nothing to conclude from.
  private let report: StudyReport?

  /// - Parameters:
  ///   - recipe: what the study's plan was made of, where that is known.
  ///   - words: what was typed after `tanren study run`.
  /// - Throws: as `StudyReport` does.
  init(_ results: StudyResults, of recipe: Recipe? = nil, runBy words: [String]? = nil) throws {
    (self.results, self.recipe) = (results, recipe)
    report = results.runs.contains { $0.state == .done } ? try StudyReport(results, runBy: words) : nil
  }

  /// Whether there are curves to draw.
  var isTraining: Bool { report?.facts.isTraining ?? false }

  func show(_ terminal: Terminal) throws {
    let arms = try results.armResults()
    if let listing = recipe?.progress {
      for result in arms {
        for run in result.runs {
          terminal.write(Self.epochs(of: run.history, listing, title: "\(result.arm.name), seed \(run.seed)"))
        }
      }
    }
    if let report { terminal.write("\n" + TerminalReport(report, terminal: terminal).text()) }
    for result in arms {
      guard let published = result.arm.published, let log = published.log else { continue }
      for run in result.runs where run.seed == published.seed ?? results.study.plan.seeds.first {
        terminal.write("\n\(result.arm.name): \(LogComparison(run.history, with: log).description)\n")
      }
    }
  }

  /// - Returns: the files' paths.
  func write(to folder: OutputFolder) throws -> [String] {
    guard let report else { return [] }
    return try Self.formats.map { try folder.write(try report.text($0), to: "report.\($0.fileExtension)") }
      + report.sweepCharts.map { try folder.write($0.chart.svg(), to: "\($0.name).svg") }
  }

  /// A run's epochs as lines of numbers, and the time they took.
  private static func epochs(of history: History, _ listing: EpochListing, title: String) -> String {
    let closing =
      listing.closing.map { EpochLines.closing($0, seconds: history.seconds) }
      ?? EpochLines.closing(seconds: history.seconds)
    let lines = [title] + history.epochs.map(EpochLines.line) + [closing]
    return "\n" + lines.map { $0 + "\n" }.joined()
  }
}
