import ArgumentParser
import Foundation
import Tanren

/// `tanren study slurm`: a script that works on a study on a cluster.
struct StudySlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Writes a job-array script for the Slurm scheduler, whose tasks work on one store.",
    discussion: """
      The plan is put into the store, and the script is written; nothing is run. The store must be on a disk that all \
      nodes share. Submit it with sbatch.

      Example:
        tanren study slurm rates.yml seeds=0..19 --store /shared/rates.sqlite --tasks 20 --output rates.sh
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @OptionGroup var store: StoreOptions
  @OptionGroup var replacing: ReplaceOption

  @Option(parsing: .unconditional, help: ArgumentHelp("Tasks of the array.", valueName: "n"))
  var tasks = 4

  @Option(parsing: .unconditional, help: ArgumentHelp("Cores of each task.", valueName: "n"))
  var cores = 2

  @Option(parsing: .unconditional, help: ArgumentHelp("GPUs of each task.", valueName: "n"))
  var gpus = 0

  @Option(help: ArgumentHelp("Time limit of each task, 4:00:00 or 2-12.", valueName: "time"))
  var time = "4:00:00"

  @Option(help: ArgumentHelp("Memory of each task, 8G.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("The partition to run in.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("The device that tasks run on. (default: cpu, or cuda with --gpus)", valueName: "device"))
  var device: String?

  @Option(help: ArgumentHelp("The tanren program on the nodes. (default: this one)", valueName: "file"))
  var program: String?

  @Option(help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"))
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
