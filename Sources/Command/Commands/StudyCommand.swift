import ArgumentParser

/// `tanren study`: comparisons with several seeds, kept in a store.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Compares methods over several seeds, in a store that survives interruptions.",
    discussion: """
      A plan says what is compared: settings that all arms share, arms, a grid, and seeds. Its runs go to a store, \
      one file. Runs that are done are never run twice, and what was interrupted goes on from its last epoch; \
      several processes may work on one store.

      A plan is a YAML file, a recipe (see tanren reproduce --list), or a study that the store has; key=value after \
      it changes it for all arms, and commas make a sweep.

      Examples:
        tanren study plan rates.yml --store out/rates.sqlite
        tanren study run rates.yml seeds=0..9
        tanren study run activations-mnist epochs=5 optimizer.learningRate=0.1,0.5
        tanren study show rates
        tanren study export rates --format csv > rates.csv
      """,
    subcommands: [
      StudyPlanCommand.self, StudyRunCommand.self, StudyWorkerCommand.self, StudyListCommand.self,
      StudyShowCommand.self, StudyExportCommand.self, StudyDiffCommand.self, StudySlurmCommand.self,
    ])
}
