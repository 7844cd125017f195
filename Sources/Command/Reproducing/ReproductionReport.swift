import Tanren

/// What a recipe's runs gave: the verdicts with the printed numbers beside ours, the comparison with a printed log, and
/// files.
struct ReproductionReport {
  private let recipe: any Recipe
  private let results: StudyResults
  private let terminal: Terminal

  init(_ recipe: any Recipe, _ results: StudyResults, _ terminal: Terminal) {
    (self.recipe, self.results, self.terminal) = (recipe, results, terminal)
  }

  func write(to folder: OutputFolder) throws {
    let arms = try results.armResults()
    if recipe.printsEpochs {
      for result in arms {
        for run in result.runs {
          terminal.write(Self.epochs(of: run.history, title: "\(result.arm.name), seed \(run.seed)"))
        }
      }
    }
    let conclusion = try StudyConclusion(results)
    conclusion.show(terminal)
    for result in arms {
      guard let log = recipe.log(of: result.arm.name) else { continue }
      for run in result.runs where run.seed == recipe.firstSeed {
        terminal.write("\n\(result.arm.name): \(LogComparison(run.history, with: log).description)\n")
      }
    }
    let experiments = try ExperimentFigures(results).write(to: folder)
    var written = try conclusion.write(to: folder)
    if conclusion.isTraining {
      written.append(try folder.write(ResultCurves(results.study.title, arms).grid().svg(), to: "curves.svg"))
    }
    written += [
      try folder.write(results.csv(), to: "runs.csv"), try folder.write(results.study.plan.yaml(), to: "plan.yml"),
    ]
    terminal.write("\nWritten: \((written + experiments).joined(separator: ", "))\n")
  }

  /// A run's epochs as article 2 prints them, and the time they took.
  private static func epochs(of history: History, title: String) -> String {
    let lines = [title] + history.epochs.map(EpochLines.line) + [EpochLines.closing(seconds: history.seconds)]
    return "\n" + lines.map { $0 + "\n" }.joined()
  }
}
