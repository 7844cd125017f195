import ArgumentParser
import Foundation
import Tanren

/// `tanren study slurm`: a script that runs a study on a cluster.
struct StudySlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write a Slurm job-array script whose tasks work on one store.",
    discussion: """
      The command adds the plan to the store and writes the script; it runs nothing. The store must be on a file \
      system that all nodes share. Submit the script with sbatch.

      Example:
        tanren study slurm rates.yml --store /shared/s.sqlite --output rates.sh
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of array tasks.", valueName: "n"))
  var tasks = 4

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of CPU cores per task.", valueName: "n"))
  var cores = 2

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of GPUs per task.", valueName: "n"))
  var gpus = 0

  @Option(help: ArgumentHelp("Time limit per task, such as 4:00:00 or 2-12.", valueName: "time"))
  var time = "4:00:00"

  @Option(help: ArgumentHelp("Memory per task, such as 8G.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("Partition to submit to.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Device. (default: cpu, or cuda with --gpus)", valueName: "device"))
  var device: String?

  @Option(help: ArgumentHelp("Path of tanren on the nodes. (default: this program)", valueName: "file"))
  var program: String?

  @Option(help: ArgumentHelp("File to write. (default: standard output)", valueName: "file"))
  var output: String?

  func run() throws {
    let plan = try PlanWords(words).plan(store: store)
    _ = try plan.runs()
    var script = SlurmScript(
      study: plan.name, store: URL(fileURLWithPath: store.path).standardizedFileURL.path,
      folder: FileManager.default.currentDirectoryPath)
    (script.tasks, script.cores, script.gpus) = (tasks, cores, gpus)
    (script.time, script.memory, script.partition) = (time, memory, partition)
    script.device = device ?? (gpus > 0 ? "cuda" : nil)
    script.program = program ?? Bundle.main.executablePath ?? "tanren"
    let text = try script.text()
    try store.open(.create).register(plan, replaces: replacing.replace)
    if let output { try OutputFolder.write(text, to: output) } else { Terminal.current().write(text) }
  }
}
