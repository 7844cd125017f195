import Tanren

/// What a run writes. Configuration and logs are there from the start, so that an interrupted run has them.
struct RunFiles {
  let logs: [any Callback]
  /// The paths of what is there already.
  let written: [String]
  private let folder: OutputFolder

  init(_ folder: OutputFolder, _ configuration: RunConfiguration) throws {
    self.folder = folder
    let resolved = try folder.write(configuration.yaml(), to: "configuration.yml")
    let (csv, lines) = (folder.file("history.csv"), folder.file("history.jsonl"))
    logs = [try CSVLog(path: csv), try JSONLinesLog(path: lines)]
    written = [resolved, csv, lines]
  }

  /// Draws what training showed.
  /// - Returns: the file's path.
  func writeCurves(_ history: History, of run: Run) throws -> String {
    let grid = HistoryCurves(history, title: "\(run.configuration.model) on \(run.data.name)").grid()
    return try folder.write(grid.svg(), to: "curves.svg")
  }
}
