import ArgumentParser
import Tanren

/// `tanren study task`: one machine's part of a study.
struct StudyTaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task",
    abstract: "Run one task's share of a plan in a store of its own.",
    discussion: """
      The runs of a plan are divided among tasks by their index, so that machines need nothing in common but the \
      plan. Repeat a task that was interrupted: it goes on from its last epoch. Put the stores together with \
      tanren study merge. tanren study slurm writes a job array of tasks.

      Example:
        tanren study task rates.yml --task 3 --tasks 20 --folder stores
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of this task, from 1.", valueName: "n"))
  var task: Int

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of tasks.", valueName: "n"))
  var tasks: Int

  @Option(help: ArgumentHelp("Folder of the tasks' stores.", valueName: "folder"))
  var folder: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption
  @OptionGroup(title: "Device options") var device: DeviceOptions
  @OptionGroup var options: WorkerOptions

  func run() throws {
    let plan = try PlanWords(words).plan(store: store)
    // A wrong number is reported before anything is made or loaded.
    var share = try StudyShare(task: task, of: tasks)
    share.vectorizes = try options.vectorize.vectorizes(on: device.start().client.platformName)
    let path = "\(try OutputFolder(folder).path)/\(share.storeName)"
    var runner = options.runner(on: try StudyStore(path, isShared: true))
    runner.share = share
    Interruption.endsProcess()
    let tables = StudyTables(try runner.run(plan, replaces: replacing.replace))
    if !options.quiet {
      Terminal.current().write("\(tables.summary). Store: \(path), share \(share) of study \(plan.name)\n")
    }
    try StudyFailures(tables.failures).check()
  }
}
