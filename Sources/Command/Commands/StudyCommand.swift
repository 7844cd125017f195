import ArgumentParser

/// `tanren study`: comparisons over several seeds, kept in a store.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Compare methods over several seeds, with resumable runs.",
    discussion: """
      A plan defines a comparison: common settings, arms, a grid and seeds. The store, a single file, keeps its runs. \
      Finished runs never run twice, and interrupted runs resume from their last epoch. Several processes may work \
      on one store, and machines on stores that are merged.

      A plan is a YAML file, a recipe (see tanren reproduce --list) or a study in the store. key=value arguments \
      change it for all arms; separate values with commas for a sweep.

      Examples:
        tanren study plan rates.yml --store out/rates.sqlite
        tanren study run rates.yml seeds=0..9
        tanren study run activations-mnist epochs=5 optimizer.learningRate=0.1,0.5
        tanren study run rates.yml seeds='until decided (at most 40)'
        tanren study show rates
        tanren study export rates --format csv > rates.csv
      """,
    subcommands: [
      StudyPlanCommand.self, StudyRunCommand.self, StudyWorkerCommand.self, StudyListCommand.self,
      StudyShowCommand.self, StudyExportCommand.self, StudyDiffCommand.self, StudyTaskCommand.self,
      StudyMergeCommand.self, StudySlurmCommand.self, StudyCalibrateCommand.self, StudySoupCommand.self,
    ])
}
