import Tanren

/// The charts of experiments: the first seed of each arm is run once more to draw them.
struct ExperimentFigures {
  private let results: StudyResults

  init(_ results: StudyResults) { self.results = results }

  /// - Returns: the files.
  func write(to folder: OutputFolder) throws -> [String] {
    var written: [String] = []
    for arm in try results.study.plan.plannedArms().map(\.arm) {
      guard let seed = results.study.plan.seeds.first else { continue }
      let configuration = try arm.configuration(base: results.study.plan.base, seed: seed)
      guard configuration.experiment != nil else { continue }
      let data = try configuration.source().load(from: DataFolders(), progress: nil)
      // A failed run has no charts; the table shows its error.
      guard let charts = try? configuration.runExperiment(on: data).charts, !charts.isEmpty else { continue }
      let name = arm.name.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
      let title = "\(results.study.plan.title): \(arm.name), seed \(seed)"
      written.append(try Self.write(charts, title: title, to: "\(name).svg", in: folder))
    }
    return written
  }

  /// Draws charts below each other.
  /// - Returns: the file.
  static func write(_ charts: [Chart], title: String, to name: String, in folder: OutputFolder) throws -> String {
    let grid = ChartGrid(title, panels: charts, columns: 1)
    return try folder.write(grid.svg(size: FigureSize(width: 900, height: Double(300 * charts.count))), to: name)
  }
}
