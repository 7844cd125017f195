import ArgumentParser
import Tanren

/// `tanren study merge`: the runs of several stores in one.
struct StudyMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the runs of several stores together in one.",
    discussion: """
      A folder stands for all its .sqlite files. Merging again changes nothing and adds what has been finished since. \
      Stores that contradict each other, in a plan or in a number of a run, are refused, and nothing is merged.

      Examples:
        tanren study merge rates-tasks/stores --store out/rates.sqlite
        tanren study merge monday.sqlite tuesday.sqlite --store week.sqlite
      """)

  @Argument(help: ArgumentHelp("Stores, and folders of stores.", valueName: "store | folder"))
  var sources: [String]

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Study to merge. (default: all in the stores)", valueName: "name"))
  var study: String?

  @OptionGroup var replacing: ReplaceOption

  @Flag(help: "End with status 1 unless all runs of the merged studies are done.")
  var complete = false

  func run() throws {
    let paths = try StudyMerge.paths(sources, besides: store.path)
    let merged = try StudyMerge(into: store.open(.create)).merge(paths, study: study, replaces: replacing.replace)
    let terminal = Terminal.current()
    terminal.write(
      "\(NumberText.count(merged.stores, "store")): \(NumberText.count(merged.merged, "run")) merged into \(store.path), "
        + "\(merged.known) known already\n")
    if merged.running > 0 {
      terminal.write(
        "\(NumberText.count(merged.running, "run")) being trained now: merge again once the tasks have ended\n")
    }
    for study in merged.studies {
      terminal.write("Study \(study.name): \(StudyTables.summary(of: study.counts))\n")
      if let missing = merged.missing[study.name], !missing.isEmpty {
        terminal.write(
          "No store yet of \(missing.count == 1 ? "task" : "tasks") \(SeedList.ranges(missing)) of study \(study.name)\n"
        )
      }
    }
    if complete, merged.studies.isEmpty || merged.studies.contains(where: { !$0.counts.isComplete }) {
      throw ExitCode(Outcome.failure)
    }
  }
}
