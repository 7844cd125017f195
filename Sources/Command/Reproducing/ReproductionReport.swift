import Tanren

/// The results of a recipe: verdicts, our values next to published ones, the comparison with a published log, and
/// files.
struct ReproductionReport {
  private let recipe: Recipe
  private let results: StudyResults
  private let words: [String]
  private let terminal: Terminal

  /// - Parameter words: the arguments of `tanren study run` that repeat the comparison.
  init(_ recipe: Recipe, _ results: StudyResults, runBy words: [String], _ terminal: Terminal) {
    (self.recipe, self.results, self.words, self.terminal) = (recipe, results, words, terminal)
  }

  func write(to folder: OutputFolder) throws {
    let conclusion = try StudyConclusion(results, of: recipe, runBy: words)
    try conclusion.show(terminal)
    let experiments = try ExperimentFigures(results).write(to: folder)
    var written = try conclusion.write(to: folder)
    if conclusion.isTraining {
      let curves = ResultCurves(results.study.title, try results.armResults())
      written.append(try folder.write(curves.grid().svg(), to: "curves.svg"))
    }
    written += [
      try folder.write(results.csv(), to: "runs.csv"), try folder.write(results.study.plan.yaml(), to: "plan.yml"),
    ]
    terminal.write("\nWritten: \((written + experiments).joined(separator: ", "))\n")
  }
}
